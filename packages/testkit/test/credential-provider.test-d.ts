/** What the compiler knows of the credential provider: it is there when it was asked for. Checked by `typecheck`; never run. */
import { expectTypeOf } from 'vitest';
import { type LocalCredentialProvider, startLocalAws } from '../src/index.js';

expectTypeOf(
  (await startLocalAws({ credentialProvider: true })).credentialProvider,
).toEqualTypeOf<LocalCredentialProvider>();
expectTypeOf(
  (await startLocalAws({ credentialProvider: {} })).credentialProvider,
).toEqualTypeOf<LocalCredentialProvider>();

// @ts-expect-error -- nobody asked for it
void (await startLocalAws()).credentialProvider;
// @ts-expect-error -- nobody asked for it
void (await startLocalAws({ credentialProvider: false })).credentialProvider;
