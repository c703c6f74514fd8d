/** A device and the loopback credential provider that it asks. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AcquiredCredentials, FailureClass, Strategy, StrategyContext, StrategyNotice } from '@brs/core';
import {
  type LocalAwsOptions,
  type LocalAwsWithCredentialProvider,
  type LocalDevice,
  ManualClock,
  startLocalAws,
} from '@brs/testkit';
import { expect } from 'vitest';
import type { IotError, IotX509Options, ProviderOptions } from '../../src/index.js';
import { createIotX509Strategy } from '../../src/strategy.js';

export const roleArn = 'arn:aws:iam::123456789012:role/device';

const start = ({ credentialProvider, ...options }: LocalAwsOptions = {}): Promise<LocalAwsWithCredentialProvider> =>
  startLocalAws({
    ...options,
    credentialProvider: {
      roleAliases: [{ roleAlias: 'device', roleArn }],
      ...(typeof credentialProvider === 'object' ? credentialProvider : {}),
    },
  });

/** A loopback AWS with the role alias `device`, and one device. */
export interface Bench extends AsyncDisposable {
  readonly aws: LocalAwsWithCredentialProvider;
  readonly device: LocalDevice;
  /** Options that get credentials, with more of them or others. */
  options(
    more?: Partial<ProviderOptions> &
      Partial<Record<'certificate' | 'privateKey' | 'passphrase' | 'identity', unknown>>,
  ): IotX509Options;
  close(): Promise<void>;
}

export async function startBench(awsOptions?: LocalAwsOptions): Promise<Bench> {
  const aws = await start(awsOptions);
  const { host: endpoint, port, ca } = aws.credentialProvider;
  const device = await aws.credentialProvider.createDevice({ thingName: 'lamp' });
  const close = (): Promise<void> => aws.close();
  return {
    aws,
    device,
    options: (more) =>
      ({
        endpoint,
        port,
        ca,
        roleAlias: 'device',
        ...(more?.identity ? {} : { certificate: device.certificate, privateKey: device.privateKey }),
        ...more,
      }) as IotX509Options,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What a strategy is made with, and what it notified. */
export function contextOf(
  more: Partial<StrategyContext> = {},
): StrategyContext & { readonly notices: StrategyNotice[] } {
  const notices: StrategyNotice[] = [];
  return {
    clock: new ManualClock(Date.now()),
    random: () => 0,
    notify: (notice) => void notices.push(notice),
    notices,
    ...more,
  };
}

export const strategyOf = (options: IotX509Options, context: StrategyContext = contextOf()): Strategy =>
  createIotX509Strategy(options, context);

export const acquire = (
  strategy: Strategy,
  signal: AbortSignal = new AbortController().signal,
): Promise<AcquiredCredentials> => strategy.acquire({ reason: 'initial', signal });

/** The error of a promise that must be rejected, and what it means. */
export async function failureOf(strategy: Strategy): Promise<IotError & { failure: FailureClass }> {
  const error = await rejection(acquire(strategy));
  expect(strategy.classify(error)).toEqual((error as IotError).failure);
  return error as IotError;
}

export async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it was fulfilled'),
    (reason: unknown) => reason as Error,
  );
}

/** A directory for a test, and what removes it. */
export async function directory(): Promise<
  AsyncDisposable & { write(name: string, text: string | Uint8Array): Promise<string> }
> {
  const path = await mkdtemp(join(tmpdir(), 'brs-iot-'));
  return {
    async write(name, text) {
      const file = join(path, name);
      await writeFile(file, text, { mode: 0o600 });
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}
