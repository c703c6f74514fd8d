import { expect, it } from 'vitest';
import { toXml } from './xml.js';

it('escapes texts and attributes, repeats elements, leaves out what is undefined', () => {
  expect(toXml({ Root: { '@xmlns': 'a&b', Text: `<&>"'`, Item: ['x', { Y: 1 }], Flag: false, None: undefined } })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Root xmlns="a&amp;b"><Text>&lt;&amp;&gt;&quot;&apos;</Text><Item>x</Item><Item><Y>1</Y></Item><Flag>false</Flag></Root>',
  );
});
