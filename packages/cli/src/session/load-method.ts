/** Loads the package of a method when it is asked for, and no other. A missing one is an error that says what to install. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSessionError, listMethods } from '@brs/core';
import { CliError } from '../cli-error.js';

/** Methods and their packages. Others are named by their package. */
export const ownMethods: Readonly<Record<string, string>> = {
  sts: '@brs/sts',
  custom: '@brs/custom',
  'iot-x509': '@brs/iot-x509',
};

/**
 * Makes a method known, and gives its name.
 *
 * @param method - `sts`, or the name of a package such as `@acme/brs-vault`.
 * @param folders - where packages are looked for beside the program's own: the folder of the configuration, for one.
 * @throws CliError (missing) when the package is not installed; (usage) when it is no strategy package.
 */
export async function loadMethod(method: string, folders: readonly string[]): Promise<string> {
  const packageName = ownMethods[method] ?? method;
  // Packages have a scope or a name of their own; what only looks like a path is none.
  if (!/^(@[\w.-]+\/)?[\w][\w.-]*$/.test(packageName)) {
    throw new CliError('usage', `'${method}' is neither a method nor the name of a package.`);
  }
  await importPackage(packageName, `The method '${method}'`, folders);
  const registered = listMethods().filter((known) => known.packageName === packageName);
  const [found] = registered;
  if (!found) {
    throw new CliError('usage', `The package ${packageName} registers no method.`, {
      hint: 'A strategy package calls `registerMethod` of @brs/core when it is imported.',
    });
  }
  return found.method;
}

/**
 * Loads a package that is installed beside the program, or where the configuration is.
 *
 * @param who - what needs it, as the subject of the error: "The method 'iot-x509'".
 * @throws CliError (missing) when it is not installed.
 */
export async function importPackage(packageName: string, who: string, folders: readonly string[]): Promise<unknown> {
  const file = resolvePackage(packageName, folders);
  if (!file) {
    throw new CliError('missing', `${who} needs the package ${packageName}, which is not installed.`, {
      hint: `Run: npm install ${packageName} (with --global, if brs is installed that way).`,
    });
  }
  try {
    return await import(file);
  } catch (error) {
    if (isSessionError(error)) throw error;
    throw new CliError('missing', `The package ${packageName} cannot be loaded.`, { cause: error });
  }
}

/** The address of a package's entry, from the program's own place first; `undefined` where there is none. */
export function resolvePackage(packageName: string, folders: readonly string[]): string | undefined {
  try {
    return import.meta.resolve(packageName);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  for (const folder of folders) {
    try {
      return pathToFileURL(createRequire(join(folder, 'brs')).resolve(packageName)).href;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return undefined;
}

function isNotFound(error: unknown): boolean {
  return /_NOT_FOUND$|_NOT_EXPORTED$/.test((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}
