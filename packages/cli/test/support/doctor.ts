/** Plants faults, and lets `brs doctor` look for them: in this process, which is quick, or as the built program. */
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalAws } from '@brs/testkit';
import { expect } from 'vitest';
import { checks } from '../../src/doctor/checks/index.js';
import { examine, firstCause, type Result } from '../../src/doctor/examine.js';
import { Patient } from '../../src/doctor/patient.js';
import { splitArguments } from '../../src/flags.js';
import { askNobody } from '../../src/session/terminal.js';
import { type Ended, homeWith, runBrs } from './brs.js';

/** The account of every test. */
export const account = '123456789012';
export const arnOf = (role: string): string => `arn:aws:iam::${account}:role/${role}`;

/** A setup. `~` is its home, in arguments, variables and files. */
export interface Case {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly files?: Readonly<Record<string, string>>;
  /** Of files that are not their owner's alone. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Packages of this workspace that are found from there. */
  readonly packages?: readonly string[];
}

/** What was found, and the first cause of it. */
export interface Examined {
  readonly results: readonly Result[];
  readonly cause: Result | undefined;
}

/** What is wrong, and what must be said of it: which check, what, what to do, and the code where programs go by it. */
export type Fault = readonly [
  name: string,
  plant: () => Case | Promise<Case>,
  check: string,
  found: RegExp,
  advice: RegExp,
  code?: string,
];

/** Makes the setup, and gives what a process in it is started with. */
async function settle(aws: LocalAws, { args = [], env = {}, files = {}, modes = {}, packages = [] }: Case) {
  const { home, env: outer } = await homeWith(aws);
  const at = (text: string): string => text.replaceAll('~', home);
  for (const [name, text] of Object.entries(files)) {
    const path = join(home, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, at(text), { mode: 0o600 });
    if (modes[name] !== undefined) await chmod(path, modes[name]);
  }
  for (const name of packages) {
    const path = join(home, 'node_modules/@brs', name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), path);
  }
  const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value && at(value)]));
  return { home, args: args.map(at), env: { ...outer, ...own } };
}

/** Examines a setup in this process. One at a time: the environment and the folder are the process's. */
export async function examineHere(aws: LocalAws, planted: Case): Promise<Examined> {
  const { home, args, env } = await settle(aws, planted);
  const before = { env: process.env, folder: process.cwd() };
  const split = splitArguments(args, new Map([['--profile', true]]));
  const [, profile] = split.own;
  process.env = { ...env };
  process.chdir(home);
  askNobody('brs doctor --ask');
  const patient = new Patient({
    flags: { profile },
    context: { flags: split.session, env, commands: () => [] },
    limitSeconds: 60,
    deadline: new AbortController().signal,
    mayRiskPin: false,
  });
  try {
    const results = await examine(checks, patient);
    expectNoSecret(JSON.stringify(results), env);
    return { results, cause: firstCause(results) };
  } finally {
    await patient.close();
    process.env = before.env;
    process.chdir(before.folder);
  }
}

/** Runs the program in a setup. */
export async function runDoctor(aws: LocalAws, planted: Case): Promise<Ended> {
  const { home, args, env } = await settle(aws, planted);
  const run = await runBrs(['doctor', ...args], { env: { COLUMNS: '100', ...env }, cwd: home });
  expectNoSecret(run.stdout + run.stderr, env);
  return { ...run, stdout: run.stdout.replaceAll(home, '~') };
}

/** The same with `--json`, read. */
export async function runDoctorJson(
  aws: LocalAws,
  planted: Case,
): Promise<Examined & { readonly code: unknown; readonly report: Record<string, unknown> }> {
  const { stdout, code } = await runDoctor(aws, { ...planted, args: [...(planted.args ?? []), '--json'] });
  const report = JSON.parse(stdout) as { checks: Result[]; firstCause: string | null };
  const { checks: results, firstCause: first } = report;
  return { results, cause: results.find(({ name }) => name === first), code, report: { ...report } };
}

/** Expects that a fault is the first cause, and told as it has to be. */
export function expectFault({ cause }: Examined, [, , check, found, advice, code]: Fault): void {
  expect(cause?.name).toBe(check);
  expect(cause?.found).toMatch(found);
  expect(cause?.advice ?? '').toMatch(advice);
  if (code !== undefined) expect(cause?.code).toBe(code);
}

/** Expects that there is nothing to say. */
export function expectHealthy({ results }: Examined): void {
  expect(results.filter(({ state }) => state !== 'ok' && state !== 'not applicable')).toEqual([]);
}

/** What no setup may show. */
export const planted = { secret: 'planted-secret', wrongPin: '0000000001' };

function expectNoSecret(text: string, env: NodeJS.ProcessEnv): void {
  const secrets = [...Object.values(planted), env.AWS_SECRET_ACCESS_KEY, '8473625190', '-----BEGIN'];
  for (const secret of secrets) if (secret) expect(text).not.toContain(secret);
}

/** Starts a server on a free port of this machine. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Nobody waits for its connections when the tests are over.
  server.unref();
  return (server.address() as AddressInfo).port;
}
