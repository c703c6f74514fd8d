/** The credentials that a session by STS starts from. Their secret parts are looked at by the SDK alone. */
import type { STSClient } from '@aws-sdk/client-sts';
import { once } from './once.js';
import type { Patient } from './patient.js';
import { stsClientOf } from './sts.js';

/** What can be said of a set. */
export interface BaseSet {
  readonly accessKeyId: string;
  readonly hasSessionToken: boolean;
  readonly expiration: Date | undefined;
  /** Where it came from, in words. */
  readonly from: string;
}

/** Who somebody is. */
export interface Caller {
  readonly arn: string;
  readonly account: string;
}

/** Where a session starts. */
export interface Base {
  /** The set. */
  set(): Promise<BaseSet>;
  /** Who it belongs to, as STS says it. */
  caller(): Promise<Caller>;
}

/** The operations that are signed. */
const signed = /^(assumeRole|chain|getSessionToken|getFederationToken)$/;

/** The SDK's marks of where credentials came from. */
const sources: readonly (readonly [mark: RegExp, words: string])[] = [
  [/SSO/, 'IAM Identity Center'],
  [/_PROCESS/, 'the process of a profile'],
  [/STS_ASSUME_ROLE/, 'a role of a profile'],
  [/ENV_VARS/, 'environment variables'],
  [/HTTP/, 'a container endpoint'],
  [/IMDS/, 'instance metadata'],
  [/PROFILE/, 'a profile'],
  [/CODE/, 'the options'],
];

/** `undefined` where nothing has to be signed, or the method is another. */
export async function baseOf(patient: Patient): Promise<Base | undefined> {
  const request = await patient.stsRequest();
  if (!request || !signed.test(request.operation)) return undefined;
  const client = await stsClientOf(await patient.values());
  return {
    set: once(() => readSet(client)),
    caller: once(() => callerOf(client, patient.deadline)),
  };
}

async function readSet({ config }: STSClient): Promise<BaseSet> {
  const set = await config.credentials();
  const marks = Object.keys((set as { $source?: object }).$source ?? {}).join(' ');
  return {
    accessKeyId: set.accessKeyId,
    hasSessionToken: Boolean(set.sessionToken),
    expiration: set.expiration,
    from: sources.find(([mark]) => mark.test(marks))?.[1] ?? 'the options',
  };
}

/** Asks STS. Throws what the SDK throws. */
export async function callerOf(client: STSClient, abortSignal: AbortSignal): Promise<Caller> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { Arn: arn = '', Account: account = '' } = await client.send(new GetCallerIdentityCommand({}), { abortSignal });
  return { arn, account };
}
