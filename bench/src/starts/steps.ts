/** Times the steps of a program that is started to get credentials, and prints them when it has some. */
import { subscribe } from 'node:diagnostics_channel';

/** Milliseconds by step. */
export type StepTimes = Readonly<Record<string, number>>;

export class Steps {
  readonly #times: Record<string, number> = { 'Node itself': performance.now() };
  #last: number = performance.now();

  done(step: string): void {
    const now = performance.now();
    this.#times[step] = now - this.#last;
    this.#last = now;
  }

  /** The step that ends when the first HTTP request is sent. */
  doneAtRequest(step: string): void {
    subscribe('http.client.request.start', () => this.done(step));
  }

  print(): void {
    process.stdout.write(`${JSON.stringify(this.#times)}\n`);
  }
}
