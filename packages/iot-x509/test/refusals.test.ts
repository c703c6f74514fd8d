/** Every row of the error table, from the loopback provider: typed, classified, with a hint; and the faults of a network. */
import type { TlsResponse } from '@brs/core';
import type { LocalCredentialProvider } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IotErrorCode, ProviderOptions } from '../src/index.js';
import { readAnswer } from '../src/answer.js';
import { type Bench, failureOf, roleArn, startBench, strategyOf } from './support/device.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    roles: [
      { arn: roleArn, trust: ['credentials.iot.amazonaws.com'] },
      { arn: `${roleArn}-short`, trust: ['credentials.iot.amazonaws.com'], maxDurationSeconds: 900 },
      { arn: `${roleArn}-closed`, trust: [] },
    ],
  });
  const { credentialProvider } = bench.aws;
  credentialProvider.putRoleAlias({ roleAlias: 'too-long', roleArn: `${roleArn}-short`, durationSeconds: 3600 });
  credentialProvider.putRoleAlias({ roleAlias: 'closed', roleArn: `${roleArn}-closed` });
});
afterAll(() => bench.close());

interface Row {
  readonly code: IotErrorCode;
  readonly kind: 'recoverable' | 'terminal';
  readonly status: number;
  readonly message: string;
  readonly hint: RegExp;
  readonly options?: Partial<ProviderOptions>;
  prepare?(provider: LocalCredentialProvider, certificateId: string): void;
}

const rows: Row[] = [
  {
    code: 'THING_NOT_ATTACHED',
    kind: 'terminal',
    status: 403,
    message: 'Invalid thing name passed',
    hint: /attach-thing-principal.*`thingName`/,
    options: { thingName: 'other' },
  },
  {
    code: 'ACCESS_DENIED',
    kind: 'terminal',
    status: 403,
    message: 'Access Denied',
    hint: /iot:AssumeRoleWithCertificate/,
    prepare: (provider, id) => provider.deny(id, 'device'),
  },
  {
    code: 'CERTIFICATE_NOT_ACCEPTED',
    kind: 'terminal',
    status: 403,
    message: 'Certificate is invalid on this endpoint',
    hint: /not active.*account or region/,
    prepare: (provider, id) => provider.setCertificateStatus(id, 'INACTIVE'),
  },
  {
    code: 'ROLE_ALIAS_NOT_FOUND',
    kind: 'terminal',
    status: 404,
    message: 'Role alias does not exist',
    hint: /create-role-alias.*`roleAlias`/,
    options: { roleAlias: 'nobody' },
  },
  {
    code: 'ROLE_NOT_ASSUMABLE',
    kind: 'recoverable',
    status: 400,
    message: 'Unable to assume the role, or the role to assume does not exist',
    hint: /trust policy.*credentials\.iot\.amazonaws\.com/,
    options: { roleAlias: 'closed' },
  },
  {
    code: 'DURATION_TOO_LONG',
    kind: 'terminal',
    status: 400,
    message: 'The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role',
    hint: /duration of the role alias/,
    options: { roleAlias: 'too-long' },
  },
];

describe('a refusal of the service', () => {
  it.each(rows)('$status $message', async ({ code, kind, status, message, hint, options, prepare }) => {
    const { credentialProvider } = bench.aws;
    const device = await credentialProvider.createDevice({ thingName: 'lamp' });
    prepare?.(credentialProvider, device.certificateId);
    const { certificate, privateKey } = device;
    const error = await failureOf(strategyOf(bench.options({ certificate, privateKey, ...options })));
    expect(error).toMatchObject({
      name: 'IotError',
      code,
      status,
      message: `The credential provider answered ${status}: ${message}.`,
      requestId: expect.stringMatching(/./),
      failure: { kind, hint: expect.stringMatching(hint) },
    });
  });

  it('404 Not Found: the data endpoint, or any other host that is not this provider', async () => {
    using _ = bench.aws.inject({
      service: 'credential-provider',
      kind: 'error',
      status: 404,
      code: 'X',
      message: 'Not Found',
    });
    expect(await failureOf(strategyOf(bench.options()))).toMatchObject({
      code: 'WRONG_ENDPOINT',
      status: 404,
      failure: { kind: 'terminal', hint: expect.stringContaining('--endpoint-type iot:CredentialProvider') },
    });
  });

  it('any other refusal is terminal, with the message of the service', async () => {
    const message = 'Something\u001b[31m new';
    using _ = bench.aws.inject({ service: 'credential-provider', kind: 'error', status: 418, code: 'X', message });
    expect(await failureOf(strategyOf(bench.options()))).toMatchObject({
      code: 'REFUSED',
      message: 'The credential provider answered 418: Something [31m new.',
      failure: { kind: 'terminal' },
    });
  });

  it('429 and 503 may pass, and say when to come back', async () => {
    const strategy = strategyOf(bench.options());
    {
      using _ = bench.aws.inject({ service: 'credential-provider', kind: 'throttle', retryAfterSeconds: 7 });
      expect(await failureOf(strategy)).toMatchObject({
        code: 'THROTTLED',
        status: 429,
        failure: { kind: 'recoverable', retryAfterMs: 7000 },
      });
    }
    using _ = bench.aws.inject({ service: 'credential-provider', kind: 'error', status: 503, code: 'X' });
    const { failure, ...error } = await failureOf(strategy);
    expect(error).toMatchObject({ code: 'SERVICE_FAILED', status: 503 });
    expect(failure).toMatchObject({ kind: 'recoverable', retryAfterMs: undefined });
  });
});

describe('something else in the place of an answer', () => {
  it.each([
    ['redirect', 'REDIRECTED', undefined],
    ['html', 'UNREADABLE_ANSWER', 200],
    ['empty', 'UNREADABLE_ANSWER', 200],
    ['garbage', 'UNREADABLE_ANSWER', 200],
    ['truncated', 'UNREADABLE_ANSWER', 200],
    ['cut-off', 'UNREADABLE_ANSWER', 200],
    ['endless', 'ANSWER_TOO_LONG', 200],
  ] as const)('%s', async (kind, code, status) => {
    const fault = bench.aws.inject({ service: 'credential-provider', kind });
    using _ = fault;
    const error = await failureOf(strategyOf(bench.options()));
    expect(error).toMatchObject({
      code,
      failure: { kind: 'recoverable', hint: expect.stringContaining('captive portals') },
    });
    if (status) expect(error.status).toBe(status);
    // A redirect is not followed, and nothing is asked twice.
    expect(fault.hits).toBe(1);
  });

  it.each([{ kind: 'drip', everyMs: 5 }, { kind: 'hang' }] as const)('$kind: ends in time', async (fault) => {
    using _ = bench.aws.inject({ service: 'credential-provider', ...fault });
    expect(await failureOf(strategyOf(bench.options({ timeoutMs: 200 })))).toMatchObject({
      code: 'TIMEOUT',
      message: 'The request failed: no whole answer within 200 ms.',
      failure: { kind: 'recoverable' },
    });
  });

  it('an expired set is handed on: the session judges it', async () => {
    using _ = bench.aws.inject({ service: 'credential-provider', kind: 'expired-answer' });
    const { expiration } = await strategyOf(bench.options()).acquire({
      reason: 'initial',
      signal: AbortSignal.any([]),
    });
    expect(expiration!.getTime()).toBeLessThan(Date.now());
  });
});

describe('a whole set of credentials', () => {
  const set = { accessKeyId: 'a', secretAccessKey: 'planted', sessionToken: 'c', expiration: '2036-01-01T00:00:00Z' };
  const response = (type: string | undefined, body: unknown): TlsResponse => ({
    status: 200,
    headers: { ...(type && { 'content-type': type }), date: 'Tue, 01 Jan 2036 00:00:00 GMT' },
    body: Buffer.from(JSON.stringify(body)),
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'application/x-amz-json-1.1'])(
    'is taken as %s',
    (type) => {
      expect(readAnswer(response(type, { credentials: set }))).toEqual({
        ...set,
        expiration: new Date(set.expiration),
        sourceTime: new Date('2036-01-01T00:00:00Z'),
      });
    },
  );

  it.each(['text/html', 'application/octet-stream', undefined])('is not taken as %s', (type) => {
    expect(() => readAnswer(response(type, { credentials: set }))).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_ANSWER', status: 200 }),
    );
  });

  it.each([
    null,
    [],
    'text',
    { credentials: null },
    { credentials: 'planted' },
    { credentials: { ...set, expiration: 7 } },
  ])('is not in %j', (body) => {
    const read = () => readAnswer(response('application/json', body));
    expect(read).toThrow(expect.objectContaining({ code: 'UNREADABLE_ANSWER' }));
    expect(read).not.toThrow(/planted/);
  });
});

describe('a proxy in front that refuses the certificate', () => {
  const page = '<html><head><title>400 The SSL certificate error</title></head></html>';
  const response = (status: number, html: string): TlsResponse => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: Buffer.from(html),
  });

  it.each([
    [400, page, 'CERTIFICATE_REJECTED', 'terminal'],
    [
      400,
      page.replace('The SSL certificate error', 'No required SSL certificate was sent'),
      'CERTIFICATE_REJECTED',
      'terminal',
    ],
    [400, '<html>Bad Request</html>', 'UNREADABLE_ANSWER', 'recoverable'],
    // What stands in a page of another status is not about this request.
    [403, page, 'UNREADABLE_ANSWER', 'recoverable'],
    [502, page, 'SERVICE_FAILED', 'recoverable'],
  ] as const)('%i %s is %s', (status, html, code, kind) => {
    expect(() => readAnswer(response(status, html))).toThrow(
      expect.objectContaining({ code, status, failure: expect.objectContaining({ kind }) }),
    );
  });
});

describe('a connection that is cut', () => {
  it('may be the network the first time, and is the certificate the second', async () => {
    const strategy = strategyOf(bench.options());
    {
      using _ = bench.aws.inject({ service: 'credential-provider', kind: 'reset' });
      expect(await failureOf(strategy)).toMatchObject({ code: 'CONNECTION_CUT', failure: { kind: 'recoverable' } });
      expect(await failureOf(strategy)).toMatchObject({
        code: 'CERTIFICATE_REJECTED',
        failure: { kind: 'terminal', hint: expect.stringContaining('revoked') },
      });
    }
    await strategy.acquire({ reason: 'initial', signal: AbortSignal.any([]) });
    // An answer in between is a new beginning.
    using _ = bench.aws.inject({ service: 'credential-provider', kind: 'reset' });
    expect(await failureOf(strategy)).toMatchObject({ code: 'CONNECTION_CUT' });
  });

  it('is what a revoked certificate meets', async () => {
    const { credentialProvider } = bench.aws;
    const { certificate, privateKey, certificateId } = await credentialProvider.createDevice();
    const strategy = strategyOf(bench.options({ certificate, privateKey }));
    credentialProvider.setCertificateStatus(certificateId, 'REVOKED');
    await failureOf(strategy);
    expect(await failureOf(strategy)).toMatchObject({ code: 'CERTIFICATE_REJECTED', failure: { kind: 'terminal' } });
  });
});
