import { expect, it } from 'vitest';
import { checkRequest } from './request-checks.js';

const request = { host: 'localhost', path: '/', timeoutMs: 1000, maxBodyBytes: 1000 };

it.each(['proxy.example.com:3128', 'https://proxy.example.com', 'http://user:50%off@proxy.example.com', ''])(
  'takes %j for no proxy, and does not repeat it',
  (proxy) => {
    const check = (): void => checkRequest({ ...request, proxy });
    expect(check).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS', option: 'proxy' }));
    expect(check).not.toThrow('50%off');
  },
);

it('takes a proxy with a password that is escaped', () => {
  expect(() => checkRequest({ ...request, proxy: 'http://user:50%25off@proxy.example.com:3128' })).not.toThrow();
});
