/** The time as the server sees it: the machine's, moved by an offset, so that a clock that is off can be tried out. */
export class ServerClock {
  constructor(public offsetMs: number) {}

  /** Epoch milliseconds. */
  now(): number {
    return Date.now() + this.offsetMs;
  }
}
