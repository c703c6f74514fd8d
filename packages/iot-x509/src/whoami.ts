/** `whoami()` by STS GetCallerIdentity. `@aws-sdk/client-sts` is an optional peer: loaded when it is asked for, never bundled. */
import type * as Sts from '@aws-sdk/client-sts';
import type { Identity, IdentityContext } from '@brs/core';
import { IotError } from './errors.js';

// Put together, so that no bundler looks for a package that need not be installed.
const packageName = ['@aws-sdk', 'client-sts'].join('/');

/**
 * Who the credentials belong to.
 *
 * @throws IotError (`STS_CLIENT_MISSING`) when the package is not installed, and what the SDK throws.
 */
export async function callerIdentity(
  { credentials, signal }: IdentityContext,
  region: string | undefined,
): Promise<Identity> {
  const { STSClient, GetCallerIdentityCommand } = await loadSts();
  const requestHandler = { requestTimeout: 8000, throwOnRequestTimeout: true };
  const client = new STSClient({ credentials, requestHandler, ...(region && { region }) });
  try {
    const { Account, Arn, UserId } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return { method: 'iot-x509', account: Account, arn: Arn, userId: UserId };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    client.destroy();
  }
}

async function loadSts(): Promise<typeof Sts> {
  try {
    return (await import(packageName)) as typeof Sts;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const hint = `Install it: npm install ${packageName}`;
    throw new IotError(
      'STS_CLIENT_MISSING',
      `whoami() needs ${packageName}. ${hint}`,
      { kind: 'terminal', hint },
      { cause },
    );
  }
}
