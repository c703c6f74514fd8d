/** Runs an exported function of a module in a process of its own: nothing that ran before is in its heap, its caches or its way. */
import { fork } from 'node:child_process';
import { cleanEnvironment } from './environment.js';

/** A function that can be run in a child: plain data in, plain data out. */
export interface ChildTask {
  /** The module's `import.meta.url`. */
  readonly module: string;
  /** The name of the exported function. */
  readonly name: string;
  /** Its one argument. */
  readonly argument: unknown;
  /** Options for Node, such as `--expose-gc`. */
  readonly nodeOptions?: readonly string[];
}

/** What the child is told and what it answers; it stands here so that both sides agree. */
export type ChildAnswer = { readonly result: unknown } | { readonly error: string };

/** Resolves with what the function gave. Rejects when it threw, or when its process ended without an answer. */
export function inChild<Result>({ module, name, argument, nodeOptions = [] }: ChildTask): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('child.js', import.meta.url), [], {
      env: cleanEnvironment(),
      execArgv: [...nodeOptions],
      serialization: 'advanced',
    });
    child.once('message', (answer: ChildAnswer) => {
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer.result as Result);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`The process of ${name} ended early (${signal ?? code}).`)));
    child.send({ module, name, argument });
  });
}
