/** Faults on request, as an SDK client and as plain HTTP see them. */
import { setImmediate } from 'node:timers/promises';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { type Fault, type LocalAws, startLocalAws } from '../src/index.js';
import { assume, configOf, refusal, s3Of, stsOf } from './support/clients.js';

const whoAmI = new GetCallerIdentityCommand({});
const list = new ListBucketsCommand({});

/** An anonymous call of STS: only a fault can answer it with anything else than 403. */
const plainCall = (aws: LocalAws): Promise<Response> =>
  fetch(aws.endpoint, {
    method: 'POST',
    body: new URLSearchParams({ Action: 'GetCallerIdentity' }),
    redirect: 'manual',
  });

describe('errors', () => {
  it('come in the form of the service, with when to come back', async () => {
    await using aws = await startLocalAws();
    aws.inject({ kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'Not now.', retryAfterSeconds: 7 });
    const expected = { code: 'ServiceUnavailable', status: 503, message: 'Not now.' };
    expect(await refusal(stsOf(aws).send(whoAmI))).toEqual(expected);
    expect(await refusal(s3Of(aws).send(list))).toEqual(expected);
    expect((await plainCall(aws)).headers.get('retry-after')).toBe('7');
    expect(aws.requests.map(({ fault }) => fault)).toEqual(['error', 'error', 'error']);
  });

  it('throttle as each service does, which the SDK tries again', async () => {
    await using aws = await startLocalAws();
    const throttle = aws.inject({ kind: 'throttle' });
    expect(await refusal(stsOf(aws).send(whoAmI))).toEqual({
      code: 'Throttling',
      status: 400,
      message: 'Rate exceeded',
    });
    expect(await refusal(s3Of(aws).send(list))).toMatchObject({ code: 'SlowDown', status: 503 });
    throttle.stop();
    aws.inject({ kind: 'throttle', times: 1 });
    const { $metadata } = await new STSClient({ ...configOf(aws), maxAttempts: 2 }).send(whoAmI);
    expect($metadata.attempts).toBe(2);
  });
});

describe('answers that are none', () => {
  it.each<[Fault, number, Record<string, string | null>, RegExp]>([
    [{ kind: 'garbage' }, 200, { 'content-type': 'text/xml' }, /[^\x20-\x7e]/],
    [{ kind: 'html' }, 200, { 'content-type': 'text/html' }, /^<!doctype html>/],
    [{ kind: 'empty' }, 200, { 'content-type': null }, /^$/],
    [{ kind: 'redirect' }, 307, { location: 'https://elsewhere.example.com/' }, /^$/],
    [{ kind: 'redirect', location: 'http://127.0.0.1:9/' }, 307, { location: 'http://127.0.0.1:9/' }, /^$/],
  ])('%j', async (fault, status, headers, body) => {
    await using aws = await startLocalAws();
    aws.inject(fault);
    const answer = await plainCall(aws);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('date')).toBeTruthy();
    const received = Object.keys(headers).map((name) => [name, answer.headers.get(name)]);
    expect(Object.fromEntries(received)).toEqual(headers);
    expect(await answer.text()).toMatch(body);
  });

  it('half the body, as if that were all', async () => {
    await using aws = await startLocalAws();
    const whole = await (await plainCall(aws)).text();
    aws.inject({ kind: 'truncated' });
    const half = await (await plainCall(aws)).text();
    // The request id differs from answer to answer, its length does not.
    expect(half.length).toBe(Math.floor(whole.length / 2));
    expect(half).toBe(whole.slice(0, half.length));
  });

  it('half the body, and the connection ends', async () => {
    await using aws = await startLocalAws();
    aws.inject({ kind: 'cut-off' });
    const answer = await plainCall(aws);
    expect(answer.status).toBe(403);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(aws.requests[0]).toMatchObject({ state: 'broken off', fault: 'cut-off' });
  });

  it('a reset', async () => {
    await using aws = await startLocalAws();
    aws.inject({ kind: 'reset' });
    await expect(stsOf(aws).send(whoAmI)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(aws.requests[0]).toMatchObject({ state: 'broken off', fault: 'reset' });
    expect(aws.requests[0]).not.toHaveProperty('status');
  });

  it('nothing at all, until the client gives up', async () => {
    await using aws = await startLocalAws();
    const hang = aws.inject({ kind: 'hang' });
    const abort = new AbortController();
    const call = stsOf(aws).send(whoAmI, { abortSignal: abort.signal });
    call.catch(() => undefined);
    await aws.untilCount({ action: 'GetCallerIdentity', state: 'open' }, 1);
    expect(hang.hits).toBe(1);
    abort.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await aws.untilCount({ fault: 'hang', state: 'broken off' }, 1);
    hang.stop();
    expect((await stsOf(aws).send(whoAmI)).Account).toBe('123456789012');
  });

  it('credentials that have expired already', async () => {
    await using aws = await startLocalAws();
    aws.inject({ kind: 'expired-answer', times: 1 });
    await stsOf(aws).send(whoAmI);
    const dead = await assume(aws);
    expect(dead.expiration.getTime()).toBeLessThan(Date.now());
    const { expiration: _, ...signing } = dead;
    expect(await refusal(s3Of(aws, signing).send(list))).toMatchObject({ code: 'ExpiredToken' });
    expect((await assume(aws)).expiration.getTime()).toBeGreaterThan(Date.now());
  });

  it('an answer that takes its time', async () => {
    await using aws = await startLocalAws();
    aws.inject({ service: 'sts', kind: 'latency', ms: 60 });
    aws.inject({ service: 'sts', kind: 'latency', ms: 60 });
    expect((await stsOf(aws).send(whoAmI)).Account).toBe('123456789012');
    expect(aws.requests[0]).toMatchObject({ fault: 'latency', status: 200 });
    // A timer may fire a millisecond early.
    expect(aws.requests[0]?.durationMs).toBeGreaterThanOrEqual(119);
  });
});

describe('which requests are hit', () => {
  it('those of a service, an action, a key', async () => {
    await using aws = await startLocalAws();
    const reader = await assume(aws);
    const fault = { kind: 'error', status: 500, code: 'InternalFailure' } as const;
    const handles = [
      aws.inject({ ...fault, service: 's3', accessKeyId: reader.accessKeyId }),
      aws.inject({ ...fault, service: 's3', action: 'GetObject' }),
      aws.inject({ ...fault, service: 'sts', action: 'AssumeRole' }),
    ];
    await s3Of(aws).send(list);
    await stsOf(aws, reader).send(whoAmI);
    expect(await refusal(s3Of(aws, reader).send(list))).toMatchObject({ status: 500 });
    expect(await refusal(assume(aws))).toMatchObject({ status: 500 });
    expect(handles.map(({ hits }) => hits)).toEqual([1, 0, 1]);
  });

  it('so many, or for so long, or until it is stopped', async () => {
    await using aws = await startLocalAws();
    const statuses = async (count: number): Promise<number[]> => {
      const answers: number[] = [];
      for (let call = 0; call < count; call++) answers.push((await plainCall(aws)).status);
      return answers;
    };
    const twice = aws.inject({ kind: 'empty', times: 2 });
    expect(await statuses(3)).toEqual([200, 200, 403]);
    expect(twice).toMatchObject({ hits: 2, active: false });
    const forAWhile = aws.inject({ kind: 'empty', forMs: 1 });
    while (forAWhile.active) await setImmediate();
    expect(await statuses(1)).toEqual([403]);
    {
      using scoped = aws.inject({ kind: 'empty' });
      expect(scoped.active).toBe(true);
      expect(await statuses(1)).toEqual([200]);
    }
    expect(await statuses(1)).toEqual([403]);
  });

  it('by the first fault that fits', async () => {
    await using aws = await startLocalAws();
    const first = aws.inject({ kind: 'empty', times: 1 });
    const second = aws.inject({ kind: 'html' });
    expect((await plainCall(aws)).headers.get('content-type')).toBeNull();
    expect((await plainCall(aws)).headers.get('content-type')).toBe('text/html');
    expect([first.hits, second.hits]).toEqual([1, 1]);
  });

  it.each<[string, unknown, string]>([
    ['no kind', {}, 'fault.kind is required.'],
    ['an unknown kind', { kind: 'earthquake' }, 'fault.kind must be a kind of fault; received a value of type string.'],
    ['latency without length', { kind: 'latency' }, "fault.ms is required for a 'latency' fault."],
    [
      'a status that is none',
      { kind: 'error', status: 200, code: 'X' },
      'fault.status must be a whole number from 400',
    ],
    ['an option of another kind', { kind: 'hang', ms: 5 }, "fault.ms is not an option of a 'hang' fault."],
    ['a misspelt option', { kind: 'hang', servise: 'sts' }, 'fault.servise is not an option.'],
    ['no times', { kind: 'hang', times: 0 }, 'fault.times must be a whole number from 1'],
  ])('refuses %s', async (_, fault, message) => {
    await using aws = await startLocalAws();
    expect(() => aws.inject(fault as Fault)).toThrow(message);
  });
});
