/** What every strategy must do, over real HTTP: the suite answers behind the server and asks through the strategy. */
import { describeStrategy, ScriptedFailure, type ScriptedSource } from '@brs/testkit';
import { describe, it } from 'vitest';
import { type Issued, type IssueRequest, Refusal, startSecretsServer } from '../server/secrets-server.js';
import { createVaultStrategy } from '../src/index.js';

/** What the server hands out when the suite decides what the source does. */
async function issueFrom(source: ScriptedSource, { signal }: IssueRequest): Promise<Issued> {
  try {
    const set = await source.answer(signal);
    const expiresAt = set?.expiration;
    return {
      set: set && {
        access_key: set.accessKeyId,
        secret_key: set.secretAccessKey,
        session_token: set.sessionToken,
        // JSON has null for an Invalid Date.
        expires_at: expiresAt && (expiresAt.toJSON() ?? 'never a date'),
      },
      date: set?.sourceTime ?? null,
    };
  } catch (error) {
    if (!(error instanceof ScriptedFailure)) throw error;
    const { kind, retryAfterMs } = error;
    throw kind === 'terminal' ? new Refusal(403) : new Refusal(503, retryAfterMs && retryAfterMs / 1000);
  }
}

describeStrategy(
  async (source) => {
    const token = 'conformance';
    const server = await startSecretsServer({ token, issue: (request) => issueFrom(source, request) });
    return {
      strategy: createVaultStrategy({ url: server.url, role: 'reader', token }),
      dispose: () => server.close(),
    };
  },
  { name: 'vault', retryAfter: true, undated: true, runner: { describe, it } },
);
