/** Makes a strategy from its parts and checks that a value is one. */
import { CONTRACT_VERSION, type Strategy } from './contract.js';
import { InvalidStrategyError } from './errors.js';
import { describeType } from './options.js';

/** The parts of a strategy. Only a name and a way to ask the source are needed. */
export type StrategyDefinition = Pick<Strategy, 'name' | 'acquire'> & Partial<Omit<Strategy, 'contractVersion'>>;

/**
 * Makes a {@link Strategy}: gives the types, states the contract version and checks the shape. Without `classify`
 * every failure is recoverable; without `identity` the session says only which method it has.
 *
 * @throws {@link InvalidStrategyError} (`INVALID_STRATEGY`) naming the member that is missing or of the wrong type.
 *
 * @example
 * ```ts
 * import { defineStrategy, RefreshableSession } from '@brs/core';
 *
 * const strategy = defineStrategy({
 *   name: 'badge-reader',
 *   async acquire({ signal }) {
 *     const response = await fetch('https://badges.example.com/credentials', { signal });
 *     const { key, secret, token, expires } = (await response.json()) as Record<string, string>;
 *     return { accessKeyId: key!, secretAccessKey: secret!, sessionToken: token!, expiration: new Date(expires!) };
 *   },
 * });
 * const session = new RefreshableSession({ strategy });
 * ```
 */
export function defineStrategy(definition: StrategyDefinition): Strategy {
  const strategy: Strategy = {
    contractVersion: CONTRACT_VERSION,
    identity: async () => ({ method: definition.name }),
    classify: () => ({ kind: 'recoverable' }),
    ...definition,
  };
  checkStrategy(strategy);
  return strategy;
}

/** @throws {@link InvalidStrategyError} (`INVALID_STRATEGY`) when the value is no strategy of this contract version. */
export function checkStrategy(value: unknown): asserts value is Strategy {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidStrategyError(`A strategy must be an object, got ${describeType(value)}.`);
  }
  const { contractVersion, name, acquire, identity, classify, close, expiredCredentials } = value as Record<
    keyof Strategy,
    unknown
  >;
  const called = typeof name === 'string' && name !== '' ? `Strategy '${name}'` : 'The strategy';
  if (contractVersion !== CONTRACT_VERSION) {
    throw new InvalidStrategyError(
      `${called} was written for contract version ${describeType(contractVersion)}; this version of @brs/core needs ${CONTRACT_VERSION}.`,
      {
        hint: 'Install versions of the strategy and of @brs/core that fit, or make the strategy with `defineStrategy`.',
      },
    );
  }
  if (called === 'The strategy') {
    throw new InvalidStrategyError(`The strategy's \`name\` must be a non-empty string, got ${describeType(name)}.`);
  }
  const methods = { acquire, identity, classify, ...(close !== undefined && { close }) };
  for (const [member, given] of Object.entries(methods)) {
    if (typeof given !== 'function') {
      throw new InvalidStrategyError(`${called} must have a method \`${member}\`, got ${describeType(given)}.`);
    }
  }
  if (![undefined, 'throw', 'serve'].includes(expiredCredentials as undefined)) {
    throw new InvalidStrategyError(`${called}: \`expiredCredentials\` must be 'throw' or 'serve'.`);
  }
}
