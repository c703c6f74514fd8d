/** Makes a strategy from its parts and checks that a value is one. */
import { CONTRACT_VERSION, type Strategy } from './contract.js';
import { InvalidStrategyError } from './errors.js';
import { policyRule } from './session-options.js';
import { isText, must, type OptionRule, rule, timeoutRule, withMembers } from './options.js';

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

const optional =
  (memberRule: OptionRule): OptionRule =>
  (value, member) =>
    value === undefined ? undefined : memberRule(value, member);

const strategyRule = withMembers({
  contractVersion: must(`${CONTRACT_VERSION} for this @brs/core`, (value) => value === CONTRACT_VERSION),
  name: rule.string,
  acquire: rule.function,
  identity: rule.function,
  classify: rule.function,
  close: optional(rule.function),
  expiredCredentials: optional(policyRule),
  refreshTimeoutMs: optional(timeoutRule),
});

/** @throws {@link InvalidStrategyError} (`INVALID_STRATEGY`) when the value is no strategy of this contract version. */
export function checkStrategy(value: unknown): asserts value is Strategy {
  const problem = strategyRule(value, '');
  if (!problem) return;
  const { name, contractVersion } = Object(value) as Partial<Strategy>;
  throw new InvalidStrategyError(`${isText(name) ? `Strategy '${name}'` : 'A strategy'} ${problem}.`, {
    hint:
      contractVersion === CONTRACT_VERSION
        ? undefined
        : 'Install versions of the two that fit, or make the strategy with `defineStrategy`.',
  });
}
