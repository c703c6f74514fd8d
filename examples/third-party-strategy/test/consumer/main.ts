// A program outside of the workspace that uses a strategy by somebody else, through an expiry of its credentials.
import { setTimeout } from 'node:timers/promises';
import { RefreshableSession } from '@brs/core';
import '@acme/brs-vault';

const session = new RefreshableSession({
  method: 'vault',
  url: process.env.VAULT_URL ?? '',
  role: 'reader',
  token: () => process.env.VAULT_TOKEN ?? '',
});

const first = await session.getCredentials();
const again = await session.credentials();
await setTimeout(Number(first.expiration) - Date.now() + 50);
const second = await session.credentials();

console.log(
  JSON.stringify({
    first: first.accessKeyId,
    again: again.accessKeyId,
    second: second.accessKeyId,
    shown: JSON.stringify(first).includes('planted'),
    identity: await session.whoami(),
  }),
);
await session.close();
