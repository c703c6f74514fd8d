import { expect, it } from 'vitest';
import { environmentOf } from './environment.js';

const files = { config: false, credentials: false };
const credentials = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'ours' };

it('takes out what would win, and keeps the rest', () => {
  const outer = {
    PATH: '/bin',
    AWS_ACCESS_KEY_ID: 'outer',
    AWS_SESSION_TOKEN: 'outer',
    AWS_PROFILE: 'outer',
    AWS_WEB_IDENTITY_TOKEN_FILE: 'outer',
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'outer',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'outer',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://kept',
    BRS_OPTIONS: '{}',
  };
  expect(environmentOf({ outer, credentials, region: 'eu-west-1', files })).toEqual({
    PATH: '/bin',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'ours',
    AWS_ENDPOINT_URL: 'http://kept',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
  });
  expect(environmentOf({ outer, credentials, region: undefined, files }).AWS_REGION).toBe('us-east-1');
});

it('hides a shared file whose default profile an SDK would take first', () => {
  const hidden = environmentOf({
    outer: {},
    credentials,
    region: undefined,
    files: { config: true, credentials: true },
  });
  expect(hidden.AWS_CONFIG_FILE).toBe(hidden.AWS_SHARED_CREDENTIALS_FILE);
  expect(hidden.AWS_CONFIG_FILE).toMatch(/null|NUL/);
});
