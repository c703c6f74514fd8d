/** The generations of a scripted source, on which every proof of order stands. */
import { expect, it } from 'vitest';
import { generationOf, ManualClock, ScriptedSource } from '../src/index.js';

it('an answer that was held while others came does not turn the generations back', async () => {
  const source = new ScriptedSource({ clock: new ManualClock(), behaviour: 'waits' });
  const held = source.answer();
  source.behaviour = 'succeeds';
  expect(generationOf(await source.answer())).toBe(2);
  expect(generationOf(await source.answer())).toBe(3);
  source.behaviour = 'answers-undated';
  source.open();
  expect(generationOf(await held)).toBe(1);
  expect(generationOf(await source.answer())).toBe(4);
});
