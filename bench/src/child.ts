/** The process that `inChild` starts: runs one function, answers, and ends. */
import type { ChildAnswer, ChildTask } from './in-child.js';

process.once('message', (task: ChildTask) => {
  void run(task).then((answer) => process.send?.(answer, () => process.exit()));
});

// Whoever waited for the answer is gone.
process.once('disconnect', () => process.exit());

async function run({ module, name, argument }: ChildTask): Promise<ChildAnswer> {
  try {
    const exported = (await import(module)) as Record<string, (argument: unknown) => Promise<unknown>>;
    const task = exported[name];
    if (!task) throw new Error(`${module} exports no ${name}.`);
    return { result: await task(argument) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
