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
export async function debianProgram(program: string, packageName: string): Promise<string | undefined> {
  const debian = [join('/usr/bin', program), join('/usr/sbin', program)];
  const there = debian.find(isExecutable);
  if (there !== undefined) return there;
  const failure = await install(packageName);
  const installed = debian.find(isExecutable);
  if (installed !== undefined) return installed;
  const elsewhere = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, program));
  const found = elsewhere.find(isExecutable);
  if (found !== undefined) return found;
  const message = `${program} is missing and the Debian package ${packageName} could not be installed: ${failure}`;
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
