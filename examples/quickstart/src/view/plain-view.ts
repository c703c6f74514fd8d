/** Tells the run in plain lines, for logs and pipes: one for everything that happens, and one for every second. */
import type { SideSnapshot } from '../snapshot.js';
import { count, stamp } from './text.js';
import type { View } from './view.js';

/** Writes a line at a time. */
export function openPlainView(write: (line: string) => void): View {
  let second = 0;
  return {
    update({ elapsedMs, totalMs, description, ours, sdk }) {
      if (second === 0) {
        write(description);
        second = 1;
      }
      if (elapsedMs < second * 1000 && elapsedMs < totalMs) return;
      if (elapsedMs >= second * 1000) write(`${stamp(elapsedMs)}  brs ${figures(ours)} | SDK ${figures(sdk)}`);
      second = Math.max(second, Math.floor(elapsedMs / 1000) + 1);
    },
    tell(elapsedMs, text) {
      write(`${stamp(elapsedMs)}  ${text}`);
    },
    close() {},
  };
}

function figures({ totals: { requests, failed, delayed, sourceCalls } }: SideSnapshot): string {
  const figure = (value: number, name: string): string => `${count(value).padStart(5)} ${name}`;
  return [
    figure(requests, 'sent'),
    figure(failed, 'failed'),
    figure(delayed, 'delayed'),
    figure(sourceCalls, sourceCalls === 1 ? 'call ' : 'calls'),
  ].join(' ');
}
