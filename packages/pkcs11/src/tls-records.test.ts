import { describe, expect, it } from 'vitest';
import { alertOf, dataBytes, recordReader, recordType, suiteOf } from './tls-records.js';

const record = (type: number, ...content: number[]): Buffer =>
  Buffer.from([type, 3, 3, content.length >> 8, content.length & 255, ...content]);

const first = (bytes: Buffer) => recordReader()(bytes)[0]!;

describe('recordReader', () => {
  const sent = [record(22, 1, 2, 3), record(23), record(21, 2, 40)];

  it.each([1, 2, 3, 5, 7, 100])('cuts what comes in pieces of %i bytes into whole records', (size) => {
    const read = recordReader();
    const stream = Buffer.concat(sent);
    const records = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
      read(stream.subarray(i * size, (i + 1) * size)),
    ).flat();
    expect(records.map(({ bytes }) => bytes)).toEqual(sent);
    expect(records.map(({ type }) => type)).toEqual([22, 23, 21]);
  });

  it.each([
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['another version', Buffer.from([22, 2, 0, 0, 1, 0])],
    ['a record that is too long', Buffer.from([23, 3, 3, 0x48, 1])],
  ])('refuses %s', (_, bytes) => {
    expect(() => recordReader()(bytes)).toThrow('not TLS');
  });
});

describe('alertOf', () => {
  it('reads an alert in the clear, and no other record', () => {
    expect(alertOf(first(record(21, 2, 48)))).toBe(48);
    expect(alertOf(first(record(21, ...Buffer.alloc(26))))).toBeUndefined();
    expect(alertOf(first(record(22, 2, 48)))).toBeUndefined();
  });
});

describe('suiteOf', () => {
  it.each([0, 32])('reads the suite of a hello with a session id of %i bytes', (length) => {
    const hello = [2, 0, 0, 0, 3, 3, ...Buffer.alloc(32), length, ...Buffer.alloc(length), 0xc0, 0x2f, 0];
    expect(suiteOf(first(record(22, ...hello)))).toBe(0xc02f);
    expect(suiteOf(first(record(22, ...hello.slice(0, -2))))).toBeUndefined();
    expect(suiteOf(first(record(22, 11, ...hello.slice(1))))).toBeUndefined();
  });
});

describe('dataBytes', () => {
  const encrypted = first(record(recordType.data, ...Buffer.alloc(100)));

  it.each([
    ['AES-GCM', 0xc02f, 76],
    ['ChaCha20-Poly1305', 0xcca8, 84],
    ['a suite that pads', 0xc027, NaN],
    ['a suite that is not known', undefined, NaN],
  ])('knows how much is in a record of %s', (_, suite, bytes) => {
    expect(dataBytes(encrypted, suite)).toBe(bytes);
  });
});
