/** The way from options to a token that is there and logged in to. */
import type { ModuleInfo } from 'pkcs11js';
import { isRv, Pkcs11Error, tokenFailure } from './errors.js';
import { findToken } from './find-token.js';
import { login } from './login.js';
import { initialize, loadModule, type Module } from './module.js';
import type { Location } from './options.js';
import type { TokenSlot } from './tokens.js';

/** A token, the module that it is reached by, and the PIN that it has accepted, where it wants one. */
export interface OpenToken {
  readonly module: Module;
  readonly slot: TokenSlot;
  readonly pin: () => string | undefined;
}

/** The module, if it is the one that the URI describes. */
export async function openModule({ module: nameOrPath, library }: Location): Promise<Module> {
  const module = await loadModule(nameOrPath);
  const { manufacturerID, libraryDescription, libraryVersion } = info(module);
  const is = {
    manufacturer: manufacturerID.trimEnd(),
    description: libraryDescription.trimEnd(),
    version: `${libraryVersion.major}.${libraryVersion.minor}`,
  };
  for (const name of ['manufacturer', 'description', 'version'] as const) {
    if (library[name] === undefined || library[name] === is[name]) continue;
    throw new Pkcs11Error(
      'MODULE_NOT_LOADED',
      `The module ${module.path} has library-${name} '${is[name]}', and not '${library[name]}'.`,
      'Correct the option `uri`, or the module.',
    );
  }
  return module;
}

/** The token of the options, with its user logged in, unless what is public is enough and there is no PIN. */
export async function openToken(
  location: Location,
  { publicIsEnough = false }: { publicIsEnough?: boolean } = {},
): Promise<OpenToken> {
  const module = await openModule(location);
  const slot = findToken(module, location.token);
  const pin = publicIsEnough && !location.hasPin ? undefined : await login(module, slot, location);
  return { module, slot, pin: () => pin };
}

function info(module: Module): ModuleInfo {
  try {
    return module.calls.C_GetInfo();
  } catch (error) {
    if (!isRv(error, 'CKR_CRYPTOKI_NOT_INITIALIZED'))
      throw tokenFailure(`Asking the module ${module.path} who it is`, error);
    // Somebody else in the process has finalised it.
    initialize(module);
    return module.calls.C_GetInfo();
  }
}
