import { expect, it } from 'vitest';
import { reportText } from './doctor/print-report.js';
import { report } from './report.js';

const escape = '\u001B]0;owned\u0007\u009B2J';

it('is what a terminal is shown of the words of others', () => {
  const result = {
    name: 'tls',
    title: 'TLS',
    state: 'failed',
    ms: 1,
    found: `CN=${escape}x`,
    advice: `Ask ${escape}`,
  } as const;
  const shown = reportText([result], { width: 80, hasColors: false, isWhole: true });
  const said = report(new Error(`refused: ${escape}`, { cause: new Error(escape) }), true).text;
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  expect([shown, said].join('').match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g)).toBeNull();
  expect(shown).toContain('owned');
});
