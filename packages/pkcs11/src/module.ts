/**
 * PKCS#11 modules: each is loaded and initialised once per process, whoever asks, and is never finalised, because that
 * would end the sessions of everybody else in the process.
 */
import { realpath } from 'node:fs/promises';
import type { PKCS11 } from 'pkcs11js';
import { isRv, Pkcs11Error } from './errors.js';
import { findModule, listModules } from './installed-modules.js';
import type { TokenLogin } from './login.js';
import { type Cryptoki, loadCryptoki } from './native.js';
import { processState } from './process-state.js';

/** A module that is loaded and initialised. */
export interface Module {
  /** Its real path. */
  readonly path: string;
  /** The functions of the module. */
  readonly calls: PKCS11;
  /** The constants of the standard. */
  readonly ck: Cryptoki;
  /** Who is logged in, by token. */
  readonly logins: Map<string, TokenLogin>;
}

/**
 * The module of a path, or of a name such as `softhsm2`.
 *
 * @throws Pkcs11Error `MODULE_NOT_LOADED` or `NATIVE_MISSING`.
 */
export async function loadModule(nameOrPath: string): Promise<Module> {
  const path = await resolve(nameOrPath);
  const { modules } = processState();
  let loading = modules.get(path);
  if (!loading) {
    loading = load(path);
    modules.set(path, loading);
    // A failure is not remembered: what was missing may be installed.
    loading.catch(() => modules.delete(path));
  }
  return loading;
}

async function resolve(nameOrPath: string): Promise<string> {
  const path = nameOrPath.includes('/') ? nameOrPath : ((await findModule(nameOrPath)) ?? nameOrPath);
  try {
    return await realpath(path);
  } catch (error) {
    const installed = (await listModules()).map((module) => `${module.name} (${module.path})`).join(', ');
    throw new Pkcs11Error(
      'MODULE_NOT_LOADED',
      `There is no PKCS#11 module \`${nameOrPath}\`. ${installed ? `Found on this machine: ${installed}.` : 'None was found on this machine.'}`,
      'Give the path of the module, a shared library that comes with the HSM, or the name of one that is installed.',
      error,
    );
  }
}

async function load(path: string): Promise<Module> {
  const ck = await loadCryptoki();
  const calls = new ck.PKCS11();
  try {
    calls.load(path);
  } catch (error) {
    throw new Pkcs11Error('MODULE_NOT_LOADED', loadProblem(path, error), loadHint(error), error);
  }
  const module = { path, calls, ck, logins: new Map<string, TokenLogin>() };
  initialize(module);
  return module;
}

/** Initialises a module unless somebody has, such as the CRT, or a program that uses the same HSM. */
export function initialize({ calls, ck, path }: Module): void {
  try {
    calls.C_Initialize({ flags: ck.CKF_OS_LOCKING_OK });
  } catch (error) {
    if (isRv(error, 'CKR_CRYPTOKI_ALREADY_INITIALIZED')) return;
    throw new Pkcs11Error(
      'MODULE_NOT_LOADED',
      `The PKCS#11 module ${path} could not be initialised: ${(error as Error).message}.`,
      isRv(error, 'CKR_CANT_LOCK')
        ? 'The module cannot be used by several threads, which TLS needs.'
        : 'The module itself says so: its configuration, or the service that it talks to, is missing.',
      error,
    );
  }
}

/** The text of the dynamic linker says it best. */
function loadProblem(path: string, error: unknown): string {
  const text = (error as Error).message;
  if (/C_GetFunctionList/.test(text)) return `${path} is a shared library, but no PKCS#11 module.`;
  return `The PKCS#11 module ${path} could not be loaded: ${text.replace(`${path}: `, '')}.`;
}

function loadHint(error: unknown): string {
  const text = (error as Error).message;
  if (/ELF|file too short/.test(text)) {
    return `The file is no shared library for this machine, which is ${process.arch}: take the one for its architecture.`;
  }
  if (/C_GetFunctionList/.test(text)) return 'A PKCS#11 module exports C_GetFunctionList. Give the path of the module.';
  return 'Install what the text names, and look at the rights of the file.';
}
