/** What the compiler knows of `method: 'custom'` where the package is imported. Checked by `typecheck`; never run. */
import { RefreshableSession, type SessionMethods } from '@brs/core';
import { expectTypeOf } from 'vitest';
import type { CustomOptions } from '../src/index.js';
import '../src/index.js';

/** The SDK's own `AwsCredentialIdentity`. */
declare const sdkSet: Awaited<ReturnType<RefreshableSession['credentials']>>;
declare const stsSet: {
  AccessKeyId: string | undefined;
  SecretAccessKey: string | undefined;
  SessionToken: string | undefined;
  Expiration: Date | undefined;
};
const command = ['vault-aws', '--role', 'reader'] as const;

expectTypeOf<SessionMethods['custom']>().toEqualTypeOf<CustomOptions>();

// What providers of the SDK, STS and other formats give fits as it is.
new RefreshableSession({ method: 'custom', source: () => sdkSet });
new RefreshableSession({ method: 'custom', source: async () => stsSet, region: 'us-east-1' });
new RefreshableSession({
  method: 'custom',
  source: () => ({ AccessKeyId: 'a', SecretAccessKey: 'b', Token: 'c', Expiration: 'd' }),
});
new RefreshableSession({
  method: 'custom',
  source: () => ({ access_key: 'a', secret_key: 'b', token: 'c', expiry_time: 'd' }),
});
new RefreshableSession({ method: 'custom', command, commandOptions: { cwd: '/', env: process.env, timeoutMs: 1000 } });

// The context is typed without a word from the caller, and arguments are the caller's own.
new RefreshableSession({
  method: 'custom',
  source: ({ reason, signal }, role: string) => {
    expectTypeOf(reason).toEqualTypeOf<'initial' | 'advisory' | 'mandatory' | 'forced'>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(role).toEqualTypeOf<string>();
    return sdkSet;
  },
  args: ['reader'],
});
new RefreshableSession({
  method: 'custom',
  command,
  identity: async ({ credentials }) => ({ account: (await credentials()).accountId }),
  classify: () => ({ kind: 'terminal', hint: 'Log in again.' }),
});

// @ts-expect-error -- neither a source nor a command
new RefreshableSession({ method: 'custom' });
// @ts-expect-error -- both
new RefreshableSession({ method: 'custom', source: () => sdkSet, command });
// @ts-expect-error -- misspelt
new RefreshableSession({ method: 'custom', sourse: () => sdkSet });
// @ts-expect-error -- arguments of a command are in `command`
new RefreshableSession({ method: 'custom', command, args: ['--role'] });
// @ts-expect-error -- a command string would need a shell
new RefreshableSession({ method: 'custom', command: 'vault-aws --role reader' });
// @ts-expect-error -- no such spawn option
new RefreshableSession({ method: 'custom', command, commandOptions: { shell: true } });
// @ts-expect-error -- nothing is no answer
new RefreshableSession({ method: 'custom', source: () => undefined });
// @ts-expect-error -- half a set
new RefreshableSession({ method: 'custom', source: () => ({ accessKeyId: 'a' }) });
// @ts-expect-error -- GetCallerIdentity's spelling is not the identity's
new RefreshableSession({ method: 'custom', command, identity: () => ({ Account: '012345678901' }) });
// @ts-expect-error -- a terminal failure says what to do
new RefreshableSession({ method: 'custom', command, classify: () => ({ kind: 'terminal' }) });
