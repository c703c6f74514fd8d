/** STS in trouble, and something else in the place of STS: what is made of it, how often it is asked, and that nothing leaks. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultKind, type LocalAws, startLocalAws } from '@brs/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStsStrategy } from '../src/strategy.js';
import type { StsOptions } from '../src/index.js';
import { everythingShownOf, rejectionOf, roleArn, sessionOn } from './harness.js';

let aws: LocalAws;
beforeEach(async () => {
  aws = await startLocalAws({ credentialLifetimeMs: 3_600_000 });
});
afterEach(() => aws.close());

const assumeRole = { RoleArn: roleArn };
const clock = { now: Date.now, startTimer: () => ({ ref: () => {}, cancel: () => {} }) };
const context = { region: 'us-east-1', clock, random: Math.random, notify: () => {} };
const strategyOn = (endpoint: string, options: Partial<StsOptions> = {}): ReturnType<typeof createStsStrategy> =>
  createStsStrategy(
    { assumeRole, stsClient: { endpoint }, credentials: aws.baseCredentials, ...options } as StsOptions,
    context,
  );

describe('an answer that is none of STS', () => {
  for (const kind of ['html', 'empty', 'truncated', 'cut-off', 'garbage', 'redirect'] satisfies FaultKind[]) {
    it(`(${kind}) may pass, names the status, and shows nothing of what it held`, async () => {
      aws.inject({ kind });
      const strategy = strategyOn(aws.endpoint);
      const error = await rejectionOf(strategy.acquire({ reason: 'initial', signal: new AbortController().signal }));
      expect(error).toMatchObject({ code: 'UnreadableAnswer' });
      expect(error.message).toMatch(/assumeRole of .* failed: HTTP (200|30\d)/);
      expect(strategy.classify(error)).toMatchObject({
        kind: 'recoverable',
        hint: expect.stringContaining('endpoint'),
      });
      const shown = everythingShownOf(error);
      for (const secret of ['SecretAccessKey', 'AWS4-HMAC', '<html', aws.baseCredentials.secretAccessKey])
        expect(shown).not.toContain(secret);
      await strategy.close?.();
    });
  }

  it('is no set of credentials, however much of one it holds', async () => {
    const fields = '<AccessKeyId>ASIAHALF</AccessKeyId><SecretAccessKey>half-secret</SecretAccessKey>';
    const full = `${fields}<SessionToken>half-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`;
    const envelope = (credentials: string): string =>
      `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
    const bodies = [
      envelope(fields),
      envelope(`${fields}<SessionToken>half-token</SessionToken>`),
      envelope(full.replace('2099-01-01T00:00:00Z', 'half-secret')),
      envelope(full).replaceAll('AssumeRoleResult', 'OtherResult'),
      '<AssumeRoleResponse/>',
      // Every place at which an answer can break off and still arrive as if it were whole.
      ...Array.from({ length: 80 }, (_, cut) => envelope(full).slice(0, -1 - cut * 4)),
    ];
    const server = await answering(() => bodies.shift() ?? '');
    const strategy = strategyOn(server.endpoint);
    while (bodies.length) {
      const error = await rejectionOf(strategy.acquire({ reason: 'advisory', signal: new AbortController().signal }));
      expect(error.code).toBe('UnreadableAnswer');
      expect(everythingShownOf(error)).not.toMatch(/half-(secret|token)/);
    }
    server.close();
  });
});

describe('STS in trouble', () => {
  it('is told from a refusal', async () => {
    for (const [fault, code, kind] of [
      [{ kind: 'throttle', retryAfterSeconds: 7 }, 'Throttling', 'recoverable'],
      [{ kind: 'error', status: 503, code: 'ServiceUnavailable' }, 'ServiceUnavailable', 'recoverable'],
      [{ kind: 'error', status: 500, code: 'InternalFailure' }, 'InternalFailure', 'recoverable'],
      [{ kind: 'error', status: 400, code: 'IDPCommunicationError' }, 'IDPCommunicationError', 'recoverable'],
      [{ kind: 'error', status: 400, code: 'ExpiredTokenException' }, 'ExpiredToken', 'recoverable'],
      [{ kind: 'error', status: 400, code: 'MalformedPolicyDocumentException' }, 'MalformedPolicyDocument', 'terminal'],
      [{ kind: 'error', status: 400, code: 'PackedPolicyTooLarge' }, 'PackedPolicyTooLarge', 'terminal'],
      [{ kind: 'error', status: 403, code: 'RegionDisabledException' }, 'RegionDisabled', 'terminal'],
      [{ kind: 'error', status: 403, code: 'AccessDeniedException' }, 'AccessDenied', 'terminal'],
      [{ kind: 'reset' }, 'ECONNRESET', 'recoverable'],
    ] as const) {
      using _ = aws.inject(fault);
      const strategy = strategyOn(aws.endpoint, { stsClient: { endpoint: aws.endpoint, maxAttempts: 1 } });
      const error = await rejectionOf(strategy.acquire({ reason: 'initial', signal: new AbortController().signal }));
      expect({ code: error.code, kind: strategy.classify(error).kind }).toEqual({ code, kind });
      expect(strategy.classify(error)).toHaveProperty('hint');
      if (code === 'Throttling') expect(strategy.classify(error)).toHaveProperty('retryAfterMs', 7000);
    }
  });

  it('that cannot be reached may pass', async () => {
    const server = await answering(() => '');
    server.close();
    await once(server.server, 'close');
    const strategy = strategyOn(server.endpoint);
    const error = await rejectionOf(strategy.acquire({ reason: 'mandatory', signal: new AbortController().signal }));
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(strategy.classify(error).kind).toBe('recoverable');
  });

  it('costs a caller without credentials no failure when it is over at once', async () => {
    aws.inject({ kind: 'error', status: 503, code: 'ServiceUnavailable', times: 2 });
    await using session = sessionOn(aws, { assumeRole });
    await expect(session.getCredentials()).resolves.toHaveProperty('accessKeyId');
    expect(aws.count({ action: 'AssumeRole' })).toBe(3);
  });

  it('is asked once for each attempt while there are valid credentials, and as the SDK does without', async () => {
    const strategy = strategyOn(aws.endpoint);
    const { signal } = new AbortController();
    await strategy.acquire({ reason: 'initial', signal });
    aws.inject({ kind: 'error', status: 503, code: 'ServiceUnavailable' });
    for (const [reason, requests] of [
      ['advisory', 1],
      ['mandatory', 1],
      ['forced', 3],
      ['initial', 3],
    ] as const) {
      aws.clearRequests();
      await rejectionOf(strategy.acquire({ reason, signal }));
      expect({ reason, requests: aws.count({ action: 'AssumeRole' }) }).toEqual({ reason, requests });
    }
    await strategy.close?.();
  });

  it('is asked as often as the user’s own settings say', async () => {
    const strategy = strategyOn(aws.endpoint, { stsClient: { endpoint: aws.endpoint, maxAttempts: 2 } });
    const { signal } = new AbortController();
    await strategy.acquire({ reason: 'initial', signal });
    aws.inject({ kind: 'error', status: 503, code: 'ServiceUnavailable' });
    await rejectionOf(strategy.acquire({ reason: 'advisory', signal }));
    expect(aws.count({ action: 'AssumeRole' })).toBe(3);
    await strategy.close?.();
  });

  it('that hangs is left when the signal says so', async () => {
    aws.inject({ kind: 'hang' });
    const strategy = strategyOn(aws.endpoint);
    const abort = new AbortController();
    const pending = rejectionOf(strategy.acquire({ reason: 'initial', signal: abort.signal }));
    await aws.untilCount({ action: 'AssumeRole', state: 'open' }, 1);
    abort.abort(new Error('It takes too long.'));
    await pending;
    await aws.untilCount({ action: 'AssumeRole', state: 'broken off' }, 1);
    expect(aws.count({ action: 'AssumeRole' })).toBe(1);
  });

  it('that hangs meets the timeouts of the request handler', async () => {
    aws.inject({ kind: 'hang' });
    const strategy = strategyOn(aws.endpoint, {
      stsClient: { endpoint: aws.endpoint, maxAttempts: 1, requestHandler: { requestTimeout: 50 } },
    });
    const error = await rejectionOf(strategy.acquire({ reason: 'initial', signal: new AbortController().signal }));
    expect(error.message).toContain('50 ms');
    expect(strategy.classify(error).kind).toBe('recoverable');
  });
});

describe('the clock of this machine, two hours off', () => {
  for (const clockOffsetMs of [7_200_000, -7_200_000]) {
    it(`(STS ${clockOffsetMs > 0 ? 'ahead' : 'behind'}) is corrected with the first request, and kept for the next`, async () => {
      aws.clockOffsetMs = clockOffsetMs;
      const strategy = strategyOn(aws.endpoint);
      const { signal } = new AbortController();
      const { sourceTime } = await strategy.acquire({ reason: 'initial', signal });
      expect(Math.abs((sourceTime as Date).getTime() - Date.now() - clockOffsetMs)).toBeLessThan(60_000);
      expect(aws.requests.map(({ status }) => status)).toEqual([403, 200]);
      for (const reason of ['advisory', 'mandatory', 'forced'] as const) await strategy.acquire({ reason, signal });
      expect(aws.requests.map(({ status }) => status)).toEqual([403, 200, 200, 200, 200]);
      await strategy.close?.();
    });

    it(`(STS ${clockOffsetMs > 0 ? 'ahead' : 'behind'}) is corrected too when it goes off later, with one attempt at a time`, async () => {
      const strategy = strategyOn(aws.endpoint);
      const { signal } = new AbortController();
      await strategy.acquire({ reason: 'initial', signal });
      aws.clockOffsetMs = clockOffsetMs;
      await strategy.acquire({ reason: 'advisory', signal });
      expect(aws.requests.map(({ status }) => status)).toEqual([200, 403, 200]);
      await strategy.close?.();
    });

    it(`(STS ${clockOffsetMs > 0 ? 'ahead' : 'behind'}) keeps a session and whoami() working, with one call`, async () => {
      aws.clockOffsetMs = clockOffsetMs;
      await using session = sessionOn(aws, { assumeRole });
      for (let call = 0; call < 20; call++) await session.getCredentials();
      expect(aws.count({ action: 'AssumeRole', status: 200 } as never)).toBe(1);
      expect((await session.whoami()).account).toBe('123456789012');
      expect(aws.requests.at(-1)).toMatchObject({ action: 'GetCallerIdentity', status: 200 });
    });
  }
});

describe('whoami()', () => {
  it.each(['html', 'garbage', 'empty', 'truncated'] as const)('is no identity when STS answers %s', async (kind) => {
    await using session = sessionOn(aws, { assumeRole });
    await session.getCredentials();
    aws.inject({ action: 'GetCallerIdentity', kind });
    expect(await rejectionOf(session.whoami())).toMatchObject({ code: 'UnreadableAnswer', status: 200 });
  });

  it('ends with the reason of its signal', async () => {
    await using session = sessionOn(aws, { assumeRole });
    aws.inject({ action: 'GetCallerIdentity', kind: 'hang' });
    const abort = new AbortController();
    const asked = rejectionOf(session.whoami({ signal: abort.signal }));
    await aws.untilCount({ action: 'GetCallerIdentity' }, 1);
    const reason = new Error('nobody asks any more');
    abort.abort(reason);
    expect(await asked).toBe(reason);
  });
});

it('shows no secret, whatever STS repeats of a request', async () => {
  const planted = {
    secretAccessKey: 'planted-base-secret',
    sessionToken: 'planted-base-token',
    code: '918273',
    token: 'planted.identity.token',
  };
  const repeating = await answering((body) => {
    const said = `Value '${body}' ${Object.values(planted).join(' ')} is bad.\nThe canonical string was: x-amz-security-token:${planted.sessionToken}`;
    return `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${said.replaceAll('&', '&amp;')}</Message></Error></ErrorResponse>`;
  }, 400);
  const credentials = {
    accessKeyId: 'AKIAPLANTED',
    secretAccessKey: planted.secretAccessKey,
    sessionToken: planted.sessionToken,
  };
  const mfa = { serialNumber: 'arn:aws:iam::123456789012:mfa/planted', token: () => planted.code };
  const sessions = [
    sessionOn(aws, { credentials, assumeRole, mfa, stsClient: { endpoint: repeating.endpoint } }),
    sessionOn(aws, {
      credentials: undefined,
      assumeRoleWithWebIdentity: { RoleArn: roleArn, WebIdentityToken: planted.token },
      stsClient: { endpoint: repeating.endpoint },
    }),
  ];
  for (const [index, session] of sessions.entries()) {
    const events: unknown[] = [];
    for (const name of ['refreshStarted', 'refreshFailed', 'notice'] as const)
      session.on(name, (event) => events.push(event));
    const error = await rejectionOf(session.getCredentials());
    expect(error.cause.code).toBe('ValidationError');
    expect(error.cause.message).toContain('***');
    const shown = [everythingShownOf(error), everythingShownOf(events), everythingShownOf(session)].join('\n');
    // What the server made up and was never sent cannot be known: the first session sends no token, the second no key.
    const sent = index === 0 ? [planted.secretAccessKey, planted.sessionToken, planted.code] : [planted.token];
    for (const secret of sent) expect(shown).not.toContain(secret);
    expect(shown).not.toContain('canonical');
    await session.close();
  }
  repeating.close();
});

interface Answering {
  readonly endpoint: string;
  readonly server: Server;
  close(): void;
}

/** A server that says what it is told, as if it were STS. */
async function answering(answer: (body: string) => string, status = 200): Promise<Answering> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => response.writeHead(status, { 'content-type': 'text/xml' }).end(answer(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    server,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
