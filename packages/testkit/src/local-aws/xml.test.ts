import { expect, it } from 'vitest';
import { parseXml, toXml } from './xml.js';

it('escapes texts and attributes, repeats elements, leaves out what is undefined', () => {
  expect(toXml({ Root: { '@xmlns': 'a&b', Text: `<&>"'`, Item: ['x', { Y: 1 }], Flag: false, None: undefined } })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Root xmlns="a&amp;b"><Text>&lt;&amp;&gt;&quot;&apos;</Text><Item>x</Item><Item><Y>1</Y></Item><Flag>false</Flag></Root>',
  );
});

it('reads what others write', () => {
  const document =
    '<?xml version="1.0"?>\n<Delete xmlns="a">\n<Object><Key> &lt;&#x41;&amp;&#xD; </Key></Object></Delete>';
  expect(parseXml(document, ['Object'])).toMatchObject({ Delete: { Object: [{ Key: ' <A&\r ' }] } });
  expect(parseXml('<Number>007</Number>', [])).toMatchObject({ Number: '007' });
  expect(parseXml('no document', [])).toEqual({});
});
