/** The program: reads the command line, opens the site, lets the devices work, prints what came of it. */
import { isSessionError } from '@brs/core';
import colours from 'picocolors';
import { MissingPrograms } from './debian.js';
import { openLocalSite } from './local-site.js';
import { help, readOptions, UsageError } from './options.js';
import { openOwnSite } from './own-site.js';
import { drawTable, hasWorked, toJson } from './report.js';
import { run } from './run.js';

const exitCodes = { failed: 1, usage: 2 };

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
    const outcome = await run(site, options.seconds, tell);
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
  const usage = error instanceof UsageError;
  if (!(usage || error instanceof MissingPrograms || isSessionError(error))) throw error;
  const hint = usage ? 'Try --help.' : isSessionError(error) ? error.hint : undefined;
  process.stderr.write(`${[error.message, hint].filter(Boolean).join('\n')}\n`);
  process.exitCode = usage ? exitCodes.usage : exitCodes.failed;
}
