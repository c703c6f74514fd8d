/** The methods that packages have registered, shared by all copies of this module. */
import type { MethodDefinition } from './contract.js';
import { MethodConflictError, UnknownMethodError } from './errors.js';
import { shared } from './shared.js';

const methods = /* @__PURE__ */ shared('methods', () => new Map<string, MethodDefinition<never>>());

/** What `listMethods` says of a registered method. */
export interface RegisteredMethod {
  /** What `method` takes. */
  readonly method: string;
  /** The package that registered it. */
  readonly packageName: string;
}

/**
 * Makes a method known to every session of the process. Strategy packages call it when they are imported.
 *
 * Registering the same method from the same package again is nothing.
 *
 * @throws {@link MethodConflictError} (`METHOD_CONFLICT`) when another package has registered the method.
 *
 * @example
 * ```ts
 * registerMethod({ method: 'vault', packageName: '@acme/brs-vault', create: createVaultStrategy });
 * ```
 */
export function registerMethod<Options extends object>(definition: MethodDefinition<Options>): void {
  const { method, packageName } = definition;
  const known = methods.get(method);
  if (!known) methods.set(method, definition as MethodDefinition<never>);
  else if (known.packageName !== packageName) {
    throw new MethodConflictError(
      `Method '${method}' is already registered by ${known.packageName}; ${packageName} cannot register it too.`,
      { hint: 'Import only one of the two, or pass a strategy value of the other.' },
    );
  }
}

/** The methods that are registered now, by name. */
export function listMethods(): RegisteredMethod[] {
  return [...methods.values()].map(({ method, packageName }) => ({ method, packageName }));
}

const ours = ['sts', 'custom', 'iot-x509'];

/** The definition of a registered method, or an error that says what is registered and what to install. */
export function findMethod(method: string): MethodDefinition<never> {
  const found = methods.get(method);
  if (found) return found;
  const names = [...methods.keys()].map((name) => `'${name}'`).join(', ') || 'none';
  throw new UnknownMethodError(`Method '${method}' is not registered. Registered: ${names}.`, {
    hint: ours.includes(method)
      ? `Install @brs/${method} and import it once: import '@brs/${method}'.`
      : 'Import the package that provides it, or pass a strategy value.',
  });
}
