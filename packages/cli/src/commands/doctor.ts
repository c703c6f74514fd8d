/** `brs doctor`: finds out why it does not work, and says what to do. */
import { CliError, exitCode } from '../cli-error.js';
import { checks } from '../doctor/checks/index.js';
import { examine, firstCause, type Result } from '../doctor/examine.js';
import { Patient } from '../doctor/patient.js';
import { reportText } from '../doctor/print-report.js';
import { progressOn } from '../doctor/progress.js';
import { print } from '../print.js';
import { askNobody } from '../session/terminal.js';
import type { CommandContext, SessionFlags } from './session-command.js';

interface DoctorFlags extends SessionFlags {
  readonly json?: true;
  readonly ask?: true;
  readonly riskPin?: true;
  readonly timeout?: string;
}

/** Seconds. A person who is asked needs some to type. */
const limits = { usual: 30, asking: 150, most: 3600 };

export async function run(flags: DoctorFlags, context: CommandContext): Promise<void> {
  const limitSeconds = limitOf(flags);
  if (!flags.ask) askNobody('To be asked on the terminal: brs doctor --ask');
  const started = performance.now();
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), limitSeconds * 1000);
  const patient = new Patient({
    flags,
    context,
    limitSeconds,
    deadline: end.signal,
    mayRiskPin: flags.riskPin ?? false,
  });
  const isWatched = process.stdout.isTTY && process.stderr.isTTY && !flags.json && !flags.ask;
  const results = await examine(checks, patient, isWatched ? progressOn(process.stderr) : undefined);
  clearTimeout(timer);
  const ms = Math.round(performance.now() - started);
  print(
    flags.json ? JSON.stringify(await asJson(patient, results, ms)) : reportText(results, lookFor(flags, context.env)),
  );
  process.exitCode = results.some(({ state }) => state === 'failed') ? exitCode.problem : 0;
  // Something may still wait for an answer that does not come: the process does not wait for it.
  setTimeout(() => process.exit(), 500).unref();
  await patient.close();
}

function limitOf({ timeout, ask }: DoctorFlags): number {
  if (timeout === undefined) return ask ? limits.asking : limits.usual;
  const seconds = Number(timeout);
  if (seconds > 0 && seconds <= limits.most) return seconds;
  throw new CliError('usage', `--timeout must be a number of seconds, at most ${limits.most}.`);
}

/** What `--json` prints. */
async function asJson(patient: Patient, results: readonly Result[], ms: number): Promise<object> {
  const cause = firstCause(results);
  const isRead = results.some(({ name, state }) => name === 'configuration' && state === 'ok');
  return {
    healthy: !results.some(({ state }) => state === 'failed'),
    profile: (isRead ? (await patient.resolved()).profile : patient.profile) ?? null,
    method: isRead ? await patient.method() : null,
    firstCause: cause?.name ?? null,
    checks: results,
    ms,
  };
}

function lookFor({ verbose }: DoctorFlags, env: NodeJS.ProcessEnv): Parameters<typeof reportText>[1] {
  const { isTTY, columns } = process.stdout;
  const hasColors = Boolean(isTTY) && !env.NO_COLOR && env.TERM !== 'dumb';
  return { width: columns || Number(env.COLUMNS) || Infinity, hasColors, isWhole: verbose ?? false };
}
