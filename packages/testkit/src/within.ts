/** An end for waits that might have none. */
import { AssertionError } from 'node:assert';

/** How long a strategy with a real transport may take for one step, in real milliseconds. */
export const patienceMs = 5000;

/** The outcome of a promise, or an AssertionError when it takes longer than any working strategy would. */
export async function within<Value>(promise: Promise<Value>, where: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AssertionError({ message: `${where}: still waiting` })), patienceMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
