import { describeStrategy, ScriptedFailure } from '@brs/testkit';
import { describe, it } from 'vitest';
import { createCustomStrategy } from '../src/index.js';

describeStrategy(
  (source) =>
    createCustomStrategy({
      source: ({ signal }) => source.answer(signal),
      classify: (error) => {
        if (!(error instanceof ScriptedFailure)) return undefined;
        const { kind, retryAfterMs } = error;
        return kind === 'terminal' ? { kind, hint: 'The script says so.' } : { kind, retryAfterMs };
      },
    }),
  {
    name: 'custom',
    terminal: true,
    retryAfter: true,
    undated: true,
    badAnswers: true,
    sourceTime: true,
    gate: true,
    runner: { describe, it },
  },
);
