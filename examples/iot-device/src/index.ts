/** The program: reads the command line, opens the site, lets the devices work, prints what came of it. */
import { constants } from 'node:os';
import colours from 'picocolors';
import { explain } from './explain.js';
import { openLocalSite } from './local-site.js';
import { help, readOptions, UsageError } from './options.js';
import { openOwnSite } from './own-site.js';
import { drawTable, hasWorked, toJson } from './report.js';
import { run } from './run.js';

const exitCodes = { failed: 1, usage: 2 };

/** Somebody wants it to end. */
class Interrupted extends Error {
  constructor(readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGPIPE') {
    super(`Stopped by ${signal}.`);
  }
}

/** The work is broken off, and everything is cleaned up. A second signal ends the process at once. */
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort(new Interrupted(signal)));
}
// Whoever read the account, such as `head`, has gone.
process.stdout.on('error', () => interruption.abort(new Interrupted('SIGPIPE')));

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  // The SDK's advice on Node versions would stand in the middle of the account.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const startedAt = performance.now();
  const tell = (text: string): void => {
    const elapsed = `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
    if (!options.json) process.stdout.write(`${colours.dim(elapsed)}  ${text}\n`);
  };
  const site = options.own ? openOwnSite(options.own) : await openLocalSite(tell);
  try {
    const outcome = await run(site, options.seconds, tell, interruption.signal);
    if (options.json) process.stdout.write(`${JSON.stringify(toJson(outcome))}\n`);
    else {
      const problems = outcome.devices.flatMap(({ name, problems }) =>
        problems.map((problem) => `${name}: ${problem}`),
      );
      const verdict = hasWorked(outcome) ? colours.green('All of it worked.') : colours.red(problems.join('\n'));
      process.stdout.write(`\n${drawTable(outcome).join('\n')}\n\n${verdict}\n`);
    }
    return hasWorked(outcome) ? 0 : exitCodes.failed;
  } finally {
    await site.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const lines = explain(error);
  if (!lines) throw error;
  if (error instanceof UsageError) lines.push('Try --help.');
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode =
    error instanceof UsageError
      ? exitCodes.usage
      : error instanceof Interrupted
        ? 128 + constants.signals[error.signal]
        : exitCodes.failed;
}
