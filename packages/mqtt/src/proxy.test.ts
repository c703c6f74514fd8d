import { describe, expect, it } from 'vitest';
import { proxyOptions, proxyRule } from './proxy.js';
import { loadSdk } from './sdk.js';

describe('proxyRule', () => {
  it.each(['http://proxy.example.com:3128', 'http://proxy.example.com', 'http://me:pass%40word%25@[::1]:3128/'])(
    'accepts %s',
    (url) => {
      expect(proxyRule(url)).toBeUndefined();
    },
  );

  it.each([
    'proxy.example.com:3128',
    'https://proxy.example.com',
    'http://me:planted@proxy/path',
    'http://me:planted%@proxy',
    'http://',
    '',
    3128,
  ])('refuses %s without showing it', (url) => {
    expect(proxyRule(url)).toMatch(/^must be the URL of an HTTP proxy/);
    expect(proxyRule(url)).not.toContain('planted');
  });
});

describe('proxyOptions', () => {
  it('reads user and password', async () => {
    expect(proxyOptions(await loadSdk(), 'http://me:pass%40word@[::1]:3128')).toMatchObject({
      host_name: '::1',
      port: 3128,
      auth_method: 1,
      auth_username: 'me',
      auth_password: 'pass@word',
      connection_type: 2,
    });
  });

  it('has a port and no authentication by default', async () => {
    expect(proxyOptions(await loadSdk(), 'http://proxy')).toMatchObject({
      host_name: 'proxy',
      port: 80,
      auth_method: 0,
    });
  });
});
