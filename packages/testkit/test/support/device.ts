/** A device for the tests of the credential provider: one HTTPS request, with `node:https` and nothing around it. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { LocalCredentialProvider, LocalDevice } from '../../src/index.js';

export interface DeviceAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  /** As JSON. */
  readonly body: any;
}

/** What a device sends beside the usual. */
export interface DeviceCall extends RequestOptions {
  readonly alias?: string;
  readonly thing?: string;
  readonly agent?: Agent | false;
}

/** Sends the request and returns what came back of it, with the body unread. */
export async function open(
  provider: LocalCredentialProvider,
  device: Pick<LocalDevice, 'certificate' | 'privateKey'> | undefined,
  { alias = 'reader', thing, ...options }: DeviceCall = {},
): Promise<IncomingMessage> {
  const { host, port, ca } = provider;
  const outgoing = request({
    host,
    port,
    ca,
    agent: false,
    path: `/role-aliases/${encodeURIComponent(alias)}/credentials`,
    ...(device && { cert: device.certificate, key: device.privateKey }),
    ...(thing !== undefined && { headers: { 'x-amzn-iot-thingname': thing } }),
    ...options,
  });
  outgoing.end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return answer;
}

/** The whole answer. */
export async function ask(
  provider: LocalCredentialProvider,
  device: Pick<LocalDevice, 'certificate' | 'privateKey'> | undefined,
  call: DeviceCall = {},
): Promise<DeviceAnswer> {
  const answer = await open(provider, device, call);
  const body = await text(answer);
  return { status: answer.statusCode, headers: answer.headers, body: body === '' ? undefined : JSON.parse(body) };
}

/** In the shape that SDK clients take. */
export function identityFrom({ body }: DeviceAnswer): {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
} {
  const { accessKeyId, secretAccessKey, sessionToken } = body.credentials;
  return { accessKeyId, secretAccessKey, sessionToken };
}
