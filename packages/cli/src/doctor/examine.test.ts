import { describe, expect, it } from 'vitest';
import { CliError } from '../cli-error.js';
import { NotAsked } from '../session/terminal.js';
import { type Check, failed, notApplicable, ok, warning } from './check.js';
import { checks } from './checks/index.js';
import { examine, firstCause } from './examine.js';
import type { Patient } from './patient.js';

const never = new AbortController().signal;
const patientWith = (deadline: AbortSignal = never): Patient => ({ deadline, limitSeconds: 7 }) as Patient;
const check = (name: string, run: Check['run'], ...needs: string[]): Check => ({
  name,
  title: `The ${name}`,
  needs,
  run,
});
const states = async (...list: Check[]) =>
  (await examine(list, patientWith())).map(({ name, state, because, found }) => [name, state, because ?? found]);

describe('checks', () => {
  it('have names of their own, and need only those that stand before them', () => {
    for (const [index, { needs = [] }] of checks.entries()) {
      expect(checks.slice(0, index).map(({ name }) => name)).toEqual(expect.arrayContaining([...needs]));
    }
    for (const what of ['name', 'title'] as const) {
      expect(new Set(checks.map((one) => one[what])).size).toBe(checks.length);
    }
  });

  it('are not reached behind a failure, and say which one; all else goes on', async () => {
    expect(
      await states(
        check('a', () => ok('good')),
        check('b', () => failed('bad'), 'a'),
        check('c', () => ok('not seen'), 'b'),
        check('d', () => ok('not seen'), 'a', 'c'),
        check('e', () => warning('so so'), 'a'),
        check('f', () => notApplicable('nothing'), 'e'),
        check('g', () => ok('good'), 'f'),
      ),
    ).toEqual([
      ['a', 'ok', 'good'],
      ['b', 'failed', 'bad'],
      ['c', 'not reached', 'b'],
      ['d', 'not reached', 'b'],
      ['e', 'warning', 'so so'],
      ['f', 'not applicable', 'nothing'],
      ['g', 'ok', 'good'],
    ]);
  });

  it('that do not need each other run at the same time', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const first = check('first', async () => {
      await gate;
      return ok('after the second');
    });
    const second = check('second', () => {
      go();
      return ok('at once');
    });
    expect((await examine([first, second], patientWith())).map(({ name }) => name)).toEqual(['first', 'second']);
  });

  it('fail with what they throw, and with what knows most in it', async () => {
    const strategy = Object.assign(new Error('AccessDenied: no.'), {
      code: 'AccessDenied',
      failure: { kind: 'terminal', hint: 'Look at the policy.' },
    });
    const [thrown, own, asked, nothing] = await examine(
      [
        check('thrown', () => Promise.reject(new Error('The source refused.', { cause: strategy }))),
        check('own', () => {
          throw new CliError('usage', 'x.yaml:3: no.', { hint: 'Correct it.', cause: strategy });
        }),
        check('asked', () => {
          throw new Error('outer', { cause: new NotAsked('missing', 'A code.', { hint: 'brs doctor --ask' }) });
        }),
        check('nothing', () => Promise.reject('planted')),
      ],
      patientWith(),
    );
    expect(thrown).toMatchObject({
      state: 'failed',
      found: 'AccessDenied: no.',
      advice: 'Look at the policy.',
      code: 'AccessDenied',
    });
    expect(own).toMatchObject({ state: 'failed', found: 'x.yaml:3: no.', advice: 'Correct it.' });
    expect(asked).toMatchObject({ state: 'not reached', found: 'A code.', advice: 'brs doctor --ask' });
    expect(nothing).toMatchObject({ state: 'failed', found: 'Something was thrown that is no error.' });
  });

  it('end when the time is up: what runs has failed, what waits was not reached', async () => {
    const end = new AbortController();
    const slow = check('slow', () => {
      end.abort();
      return new Promise(() => undefined);
    });
    const results = await examine([slow, check('after', () => ok('not seen'), 'slow')], patientWith(end.signal));
    expect(results).toMatchObject([
      { state: 'failed', code: 'TIME_LIMIT', found: 'It had no result within 7 s.' },
      { state: 'not reached', because: 'slow' },
    ]);
    const [late] = await examine([check('late', () => ok('not seen'))], patientWith(end.signal));
    expect(late).toMatchObject({ state: 'not reached', code: 'TIME_LIMIT' });
  });
});

it('the first cause is the first failure, else the first warning, else what could not be looked at', async () => {
  const of = async (...list: Check[]) => firstCause(await examine(list, patientWith()))?.name;
  const good = check('good', () => ok(''));
  const odd = check('odd', () => warning(''));
  const bad = check('bad', () => failed(''));
  const unseen = check('unseen', () => ({ state: 'not reached', found: '' }));
  expect(
    await of(
      unseen,
      odd,
      bad,
      check('worse', () => failed('')),
    ),
  ).toBe('bad');
  expect(await of(good, unseen, odd)).toBe('odd');
  expect(await of(good, unseen)).toBe('unseen');
  expect(await of(good)).toBeUndefined();
});
