/**
 * Programs out of Debian packages that tests run for real. A missing one is installed with apt-get where that is
 * possible; where it is not, a CI run fails and everybody else is told what was skipped.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The path of a program, installed first if need be; `undefined` when it cannot be had outside of CI.
 *
 * @throws Error on CI (the variable `CI` is set) when it cannot be had.
 *
 * @example
 * ```ts
 * const aws = await debianProgram('aws', 'awscli');
 * describe.skipIf(aws === undefined)('the AWS CLI', () => {});
 * ```
 */
export function debianProgram(program: string, packageName: string): Promise<string | undefined> {
  const debian = [join('/usr/bin', program), join('/usr/sbin', program)];
  const elsewhere = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, program));
  return findOrInstall(packageName, debian, { elsewhere, mode: constants.X_OK });
}

/**
 * As {@link debianProgram}, for a package that is wanted for one of its files: a library, for one.
 *
 * @throws Error on CI (the variable `CI` is set) when it cannot be had.
 */
export function debianFile(path: string, packageName: string): Promise<string | undefined> {
  return findOrInstall(packageName, [path], { mode: constants.R_OK });
}

/** Looks for files, `elsewhere` only where the package has none and cannot be installed. */
async function findOrInstall(
  packageName: string,
  paths: readonly string[],
  { elsewhere = [], mode }: { readonly elsewhere?: readonly string[]; readonly mode: number },
): Promise<string | undefined> {
  const isThere = (path: string) => allows(path, mode);
  const there = paths.find(isThere);
  if (there !== undefined) return there;
  const failure = await install(packageName);
  const found = [...paths, ...elsewhere].find(isThere);
  if (found !== undefined) return found;
  const message = `${paths[0]} is missing and the Debian package ${packageName} could not be installed: ${failure || 'it has no such file.'}`;
  if (process.env.CI) throw new Error(message);
  console.warn(`Skipped: ${message}`);
  return undefined;
}

/** Says why it did not work, if it did not. Without root it tries sudo, on CI only, and never asks for a password. */
async function install(packageName: string): Promise<string> {
  const root = process.getuid?.() === 0;
  if (!root && !process.env.CI) return 'this takes root.';
  const [command = '', ...prefix] = root ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-y', '-q', '--no-install-recommends'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run(command, [...prefix, 'update', '-q'], { env });
    await run(command, [...prefix, 'install', ...options, packageName], { env });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
