/**
 * Signs the request that opens a WebSocket, at every connect and reconnect, with the credentials that the session has at
 * that moment. The library's own providers cannot be fed from JavaScript, so each signature gets a static one.
 */
import type { RefreshableSession } from '@brs/core';
import type { http } from 'aws-iot-device-sdk-v2';
import type { Sdk } from './sdk.js';

/** The part of the client that a signature needs. */
export interface Handshake {
  /** What the library calls before each handshake. It always calls back, so that the client can try again. */
  transform(request: http.HttpRequest, done: (errorCode?: number) => void): void;
  /** The client is to stop: ends the waiting for credentials, and lets no further handshake wait. */
  abort(): void;
  /** The client is to connect: handshakes wait for credentials. The state at the beginning. */
  allow(): void;
  /** The access key id of the last signature. */
  readonly accessKeyId: string | undefined;
}

/** AWS_AUTH_SIGNING_NO_CREDENTIALS of the library: what the user sees where the session has no credentials. */
const noCredentials = 6146;

/** Signs for a region. */
export function handshake(session: RefreshableSession, { auth, CrtError }: Sdk, region: string): Handshake {
  let waiting = new AbortController();
  let accessKeyId: string | undefined;

  async function sign(request: http.HttpRequest): Promise<number> {
    // Why there are none, the session's own events say.
    const credentials = await session.getCredentials({ signal: waiting.signal }).catch(() => undefined);
    if (!credentials) return noCredentials;
    ({ accessKeyId } = credentials);
    try {
      await auth.aws_sign_request(request, {
        algorithm: auth.AwsSigningAlgorithm.SigV4,
        signature_type: auth.AwsSignatureType.HttpRequestViaQueryParams,
        provider: auth.AwsCredentialsProvider.newStatic(
          accessKeyId,
          credentials.secretAccessKey,
          credentials.sessionToken,
        ),
        region,
        service: 'iotdevicegateway',
        date: new Date(Date.now() + session.status().clockOffsetMs),
        signed_body_value: auth.AwsSignedBodyValue.EmptySha256,
        // IoT Core wants the token in the query and not in the signature: it is appended afterwards.
        omit_session_token: true,
      });
      return 0;
    } catch (error) {
      return (error instanceof CrtError && error.error_code) || noCredentials;
    }
  }

  async function answer(request: http.HttpRequest, done: (errorCode?: number) => void): Promise<void> {
    done(await sign(request));
  }

  return {
    transform: (request, done) => void answer(request, done),
    abort: () => waiting.abort(),
    allow() {
      if (waiting.signal.aborted) waiting = new AbortController();
    },
    get accessKeyId() {
      return accessKeyId;
    },
  };
}
