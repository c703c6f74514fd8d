import { describe, expect, it } from 'vitest';
import { answerBytes } from './exchange.js';

describe('answerBytes', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 2],
    ['HTTP/1.1 404 Not Found\r\nServer: a b\r\nContent-Length: 0\r\n\r\n', 0],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\n0123456789012345678901234567890\r\n0\r\n\r\n', 31],
  ])('is the length of %j', (answer, bodyBytes) => {
    const [statusLine = '', ...lines] = answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n');
    const fields = lines.map((line) => line.split(': ') as [string, string]);
    expect(answerBytes({ status: Number(statusLine.split(' ')[1]), fields }, bodyBytes)).toBe(answer.length);
  });

  it('is no length that fits for an answer of several chunks', () => {
    const fields = [['transfer-encoding', 'chunked']] as const;
    const answer = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n';
    expect(answerBytes({ status: 200, fields }, 2)).toBeLessThan(answer.length);
  });
});
