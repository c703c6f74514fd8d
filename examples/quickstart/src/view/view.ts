/** What shows a run while it lasts. */
import type { Snapshot } from '../snapshot.js';

/** A way to show a run. */
export interface View {
  /** Shows how things stand. Called several times a second, and once at the end. */
  update(snapshot: Snapshot): void;
  /** Tells of something that happened at an instant of the run. */
  tell(elapsedMs: number, text: string): void;
  /** Leaves the terminal as it was found. Twice is fine. */
  close(): void;
}

/** Shows nothing. */
export const silentView: View = { update() {}, tell() {}, close() {} };
