import { describe, expect, it } from 'vitest';
import { decodeAwsChunked } from './aws-chunked.js';

const decode = (text: string, length: number) => {
  const { bytes, trailers } = decodeAwsChunked(Buffer.from(text), String(length));
  return { text: bytes.toString(), trailers };
};

describe('decodeAwsChunked', () => {
  it.each([
    ['nothing', '0\r\n\r\n', '', {}],
    ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello', {}],
    ['lengths in hexadecimal', 'A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n', '0123456789x', {}],
    ['line ends among the data', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n', {}],
    ['chunk extensions', '5;chunk-signature=ab\r\nhello\r\n0;chunk-signature=cd\r\n\r\n', 'hello', {}],
    ['a trailer', '1\r\nx\r\n0\r\nX-Amz-Checksum-CRC32: AAA=\r\n\r\n', 'x', { 'x-amz-checksum-crc32': 'AAA=' }],
  ])('takes %s', (_, body, text, trailers) => {
    expect(decode(body, text.length)).toEqual({ text, trailers });
  });

  it.each([
    ['an empty body', '', 0],
    ['no length', 'hello', 5],
    ['a chunk that is shorter than announced', '6\r\nhello\r\n0\r\n\r\n', 6],
    ['a chunk that is longer than announced', '4\r\nhello\r\n0\r\n\r\n', 4],
    ['no end', '5\r\nhello\r\n', 5],
    ['another length than was announced for the whole', '5\r\nhello\r\n0\r\n\r\n', 6],
  ])('refuses %s', (_, body, length) => {
    expect(() => decode(body, length)).toThrow(expect.objectContaining({ code: 'InvalidRequest', status: 400 }));
  });
});
