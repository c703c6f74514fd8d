/** Notes how long the steps of a start took, for the programs that are started in steps. */

/** Milliseconds by step. */
export type Marks = Record<string, number>;

export class Steps {
  readonly #marks: Marks = { 'Node itself': performance.now() };
  #last: number = performance.now();

  done(step: string): void {
    const now = performance.now();
    this.#marks[step] = now - this.#last;
    this.#last = now;
  }

  print(): void {
    process.stdout.write(`${JSON.stringify(this.#marks)}\n`);
  }
}
