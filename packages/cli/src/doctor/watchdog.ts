/**
 * Ends the process when native code holds up its thread, as the module of an HSM can that nobody answers: no timer of the
 * thread itself would ever fire.
 */
import { Worker } from 'node:worker_threads';

const program = `
const { workerData: { afterMs, text } } = require('node:worker_threads');
setTimeout(() => {
  require('node:fs').writeSync(2, text);
  process.kill(process.pid, 'SIGKILL');
}, afterMs);
`;

/** Says the text on standard error after a while, and ends the process. The function that comes back calls it off. */
export function startWatchdog(afterMs: number, text: string): () => void {
  const worker = new Worker(program, { eval: true, workerData: { afterMs, text } });
  worker.unref();
  return () => void worker.terminate();
}
