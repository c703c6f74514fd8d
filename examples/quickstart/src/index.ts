/** The program: reads the command line, runs, prints what it came to, and says it once more with the exit code. */
import colours from 'picocolors';
import { help, type Options, readOptions, UsageError } from './options.js';
import { run, StartError } from './run.js';
import { drawSummary, toJson } from './summary.js';
import { openLiveView } from './view/live-view.js';
import { openPlainView } from './view/plain-view.js';
import { drawTimeAxis } from './view/time-axis.js';
import { paletteFor } from './view/text.js';
import { silentView, type View } from './view/view.js';

const exitCodes = { failedRequests: 1, usage: 2, interrupted: 130, terminated: 143 };

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  // The SDK's advice on Node versions would be written across the screen.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const interruption = new AbortController();
  let interruptedWith = 0;
  const interruptOn = (signal: NodeJS.Signals, code: number): void => {
    process.on(signal, () => {
      // The second time somebody is in a hurry.
      if (interruption.signal.aborted) process.exit(code);
      interruptedWith = code;
      interruption.abort();
    });
  };
  interruptOn('SIGINT', exitCodes.interrupted);
  interruptOn('SIGTERM', exitCodes.terminated);

  const palette = paletteFor(colours.isColorSupported);
  if (!options.json)
    process.stdout.write(`${palette.faint('Making the clients of both sides and sending the first requests.')}\n`);
  const { ours, sdk, last, brokenOff } = await run(options, () => openView(options), interruption.signal);
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(ours, sdk))}\n`);
  else {
    const axis = drawTimeAxis(last, Math.min(process.stdout.columns ?? 80, 120), 6, palette);
    const lines = ['', ...axis, '', ...drawSummary(ours, sdk, { brokenOff }, palette)];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  if (interruptedWith) return interruptedWith;
  return ours.stats.totals.failed > 0 ? exitCodes.failedRequests : 0;

  function openView({ json }: Options): View {
    if (json) return silentView;
    const { stdout } = process;
    if (stdout.isTTY && process.env.TERM !== 'dumb') return openLiveView(stdout, palette);
    return openPlainView((line) => stdout.write(`${line}\n`));
  }
}

// Whoever reads the output may have read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.failedRequests);
  throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  if (error instanceof UsageError) process.stderr.write('Try --help.\n');
  process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failedRequests;
}
