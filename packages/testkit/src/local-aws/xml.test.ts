import { expect, it } from 'vitest';
import { listOf, parseXml, toXml } from './xml.js';

it('escapes texts and attributes, repeats elements, leaves out what is undefined', () => {
  expect(toXml({ Root: { '@xmlns': 'a&b', Text: `<&>"'`, Item: ['x', { Y: 1 }], Flag: false, None: undefined } })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Root xmlns="a&amp;b"><Text>&lt;&amp;&gt;&quot;&apos;</Text><Item>x</Item><Item><Y>1</Y></Item><Flag>false</Flag></Root>',
  );
});

it('reads what others write', () => {
  const document =
    '<?xml version="1.0"?>\n<Delete>\n<Object><Key> &lt;&#x41;&amp;&#xD; </Key></Object><Quiet>007</Quiet></Delete>';
  expect(parseXml(document)).toEqual({ Delete: { Object: { Key: ' <A&\r ' }, Quiet: '007' } });
  expect(parseXml('<Delete><Object></Delete>')).toBeUndefined();
  expect(parseXml('')).toBeUndefined();
});

it('takes one for a list of one', () => {
  const lists = [undefined, 'x', ['x', 'y']].map((found) => listOf(found));
  expect(lists).toEqual([[], ['x'], ['x', 'y']]);
});
