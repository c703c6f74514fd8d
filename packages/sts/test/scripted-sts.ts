/** An STS without a network: a request handler for SDK clients that answers what a scripted source says, in STS's own form. */
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { type AcquiredCredentials } from '@brs/core';
import { ScriptedFailure, type ScriptedSource } from '@brs/testkit';

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const answer = (statusCode: number, xml: string, headers: Record<string, string> = {}): Answer => ({
  statusCode,
  headers: { 'content-type': 'text/xml', ...headers },
  body: new TextEncoder().encode(xml),
});

function element(name: string, value: string | undefined): string {
  return value === undefined ? '' : `<${name}>${value}</${name}>`;
}

function credentialsXml(set: AcquiredCredentials | undefined): string {
  if (!set) return '';
  const expiration = Number.isNaN(set.expiration?.getTime()) ? 'some day' : set.expiration?.toISOString();
  const fields = {
    AccessKeyId: set.accessKeyId,
    SecretAccessKey: set.secretAccessKey,
    SessionToken: set.sessionToken,
    Expiration: expiration,
  };
  return `<Credentials>${Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('')}</Credentials>`;
}

/** Configuration of an STS client whose AssumeRole is answered by the source, with one attempt for each command. */
export function stsOver(source: Pick<ScriptedSource, 'answer'>): STSClientConfig {
  const handle = async (
    _request: unknown,
    options: { abortSignal?: AbortSignal } = {},
  ): Promise<{ response: Answer }> => {
    try {
      const set = await source.answer(options.abortSignal);
      return {
        response: answer(
          200,
          `<AssumeRoleResponse><AssumeRoleResult>${credentialsXml(set)}</AssumeRoleResult></AssumeRoleResponse>`,
        ),
      };
    } catch (error) {
      if (!(error instanceof ScriptedFailure)) throw error;
      const { kind, retryAfterMs } = error;
      const code = kind === 'terminal' ? 'AccessDenied' : 'ServiceUnavailable';
      const body = `<ErrorResponse><Error><Code>${code}</Code><Message>scripted</Message></Error></ErrorResponse>`;
      return {
        response: answer(
          kind === 'terminal' ? 403 : 503,
          body,
          retryAfterMs ? { 'retry-after': String(retryAfterMs / 1000) } : {},
        ),
      };
    }
  };
  return {
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIABASE', secretAccessKey: 'base' },
    requestHandler: {
      handle,
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
      metadata: { handlerProtocol: 'http/1.1' },
    } as never,
  };
}
