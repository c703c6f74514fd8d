/** What the compiler knows of `method: 'sts'` where the package is imported. Checked by `typecheck`; never run. */
import { STSClient } from '@aws-sdk/client-sts';
import { RefreshableSession, type SessionMethods } from '@brs/core';
import { expectTypeOf } from 'vitest';
import { type StsOptions, totp } from '../src/index.js';

const assumeRole = { RoleArn: 'arn:aws:iam::123456789012:role/x' } as const;
const serialNumber = 'arn:aws:iam::123456789012:mfa/jane';
declare const other: RefreshableSession;

expectTypeOf<SessionMethods['sts']>().toEqualTypeOf<StsOptions>();

// `sts` is the method when none is named.
new RefreshableSession({ assumeRole });
new RefreshableSession({ method: 'sts', region: 'us-east-1', assumeRole });
new RefreshableSession({ assumeRole: { ...assumeRole, DurationSeconds: 900, Tags: [{ Key: 'a', Value: 'b' }] } });
new RefreshableSession({ assumeRole, credentials: other.credentials });
new RefreshableSession({ assumeRole, stsClient: new STSClient({}) });
new RefreshableSession({
  assumeRole,
  stsClient: { endpoint: 'http://localhost', requestHandler: { requestTimeout: 1 } },
});
new RefreshableSession({ assumeRoleWithWebIdentity: { ...assumeRole, WebIdentityToken: { file: '/token' } } });
new RefreshableSession({
  assumeRoleWithWebIdentity: { ...assumeRole, WebIdentityToken: async ({ signal }) => String(signal.aborted) },
});
new RefreshableSession({ assumeRoleWithSAML: { ...assumeRole, PrincipalArn: 'p', SAMLAssertion: 'a' } });
new RefreshableSession({ getSessionToken: {} });
new RefreshableSession({ getFederationToken: { Name: 'bob' } });
new RefreshableSession({ chain: [assumeRole, assumeRole] });

// A code from a function, a command, a command string, a secret. The context is typed without a word from the caller.
new RefreshableSession({
  assumeRole,
  mfa: {
    serialNumber,
    token: async ({ serialNumber: device, time, signal }) => {
      expectTypeOf(device).toEqualTypeOf<string>();
      expectTypeOf(time).toEqualTypeOf<Date>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      return '';
    },
  },
});
new RefreshableSession({
  assumeRole,
  mfa: { serialNumber, token: ['ykman', 'oath'], commandOptions: { env: process.env } },
});
new RefreshableSession({ getSessionToken: {}, mfa: { serialNumber, token: 'ykman oath' } });
new RefreshableSession({ chain: [assumeRole], mfa: { serialNumber, token: totp({ secret: () => '' }) } });

// @ts-expect-error -- no operation
new RefreshableSession({ method: 'sts' });
// @ts-expect-error -- two operations
new RefreshableSession({ assumeRole, getSessionToken: {} });
// @ts-expect-error -- misspelt
new RefreshableSession({ method: 'sts', assumerole: assumeRole });
// @ts-expect-error -- misspelt, beside a good one
new RefreshableSession({ method: 'sts', assumeRole, credential: other.credentials });
// @ts-expect-error -- misspelt field
new RefreshableSession({ method: 'sts', assumeRole: { ...assumeRole, RoleArm: 'x' } });
// @ts-expect-error -- no role
new RefreshableSession({ method: 'sts', assumeRole: {} });
// @ts-expect-error -- a duration is a number of seconds
new RefreshableSession({ method: 'sts', assumeRole: { ...assumeRole, DurationSeconds: '900' } });
// @ts-expect-error -- no token
new RefreshableSession({ method: 'sts', assumeRoleWithWebIdentity: assumeRole });
// @ts-expect-error -- an empty chain
new RefreshableSession({ method: 'sts', chain: [] });
// @ts-expect-error -- an operation without MFA
new RefreshableSession({ getFederationToken: { Name: 'bob' }, mfa: { serialNumber, token: 'x' } });
// @ts-expect-error -- no device
new RefreshableSession({ assumeRole, mfa: { token: 'x' } });
// @ts-expect-error -- no such option of a command, and above all no shell
new RefreshableSession({ assumeRole, mfa: { serialNumber, token: 'x', commandOptions: { shell: true } } });
// @ts-expect-error -- a secret is given by a function
totp({ secret: 'JBSWY3DPEHPK3PXP' });
