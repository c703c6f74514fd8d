/** Who gives the credentials, STS or the credential provider of AWS IoT: where it is, and how it is reached. */
import type { STSClient } from '@aws-sdk/client-sts';
import type { Options } from '../config/option-path.js';
import type { Device } from './device.js';
import { httpsGet } from './network.js';
import type { Patient } from './patient.js';
import { hasOwnWay, type PlainRequest, stsClientOf, unsignedRequest } from './sts.js';

/** An answer, whatever it says. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A service that gives credentials. */
export interface Provider {
  readonly name: 'STS' | 'AWS IoT';
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly region: string | undefined;
  /** The proxy that a tunnel leads through. */
  readonly proxy: URL | undefined;
  /** Whether requests take a way of the user's own. Then nothing below the requests can be looked at. */
  readonly hasOwnWay: boolean;
  /** The authorities that are trusted in place of Node's. */
  readonly ca: string | undefined;
  /** Whether the server's certificate is looked at, as far as the options say. */
  readonly isVerified: boolean;
  /** The device, where the service wants to see its certificate. */
  readonly device: Device | undefined;
  /** Asks for something that is refused: for what the answer says beside. */
  ask(signal: AbortSignal): Promise<Answer>;
}

/** @throws What the SDK throws, for one where there is no region. */
export async function describeProvider(patient: Patient): Promise<Provider | undefined> {
  const method = await patient.method();
  if (method === 'sts') return describeSts(await patient.values());
  if (!/^(@brs\/)?iot-x509$/.test(method)) return undefined;
  const device = await patient.device();
  return device && describeIot(await patient.values(), device);
}

async function describeSts(values: Options): Promise<Provider> {
  // The request is not signed; without any credentials the SDK would not make it.
  const client = await stsClientOf(values, { accessKeyId: 'none', secretAccessKey: 'none' });
  const region = await client.config.region();
  const request = await unsignedRequest(client);
  const isTls = request.protocol === 'https:';
  return {
    name: 'STS',
    host: request.hostname.replace(/^\[|\]$/g, ''),
    port: request.port ?? (isTls ? 443 : 80),
    isTls,
    region,
    proxy: undefined,
    hasOwnWay: hasOwnWay(values),
    ca: undefined,
    isVerified: true,
    device: undefined,
    ask: (signal) => askSts(client, request, signal),
  };
}

/** A handler of the SDK. */
interface Handler {
  handle(
    request: PlainRequest,
    options: { readonly abortSignal: AbortSignal },
  ): Promise<{
    readonly response: {
      readonly statusCode: number;
      readonly headers: Answer['headers'];
      readonly body?: { destroy?(): void };
    };
  }>;
}

/** By the client's own handler, so that the request goes where all the others go. */
async function askSts({ config }: STSClient, request: PlainRequest, abortSignal: AbortSignal): Promise<Answer> {
  const handler = config.requestHandler as unknown as Handler;
  const { response } = await handler.handle(request, { abortSignal });
  const { statusCode: status, headers, body } = response;
  body?.destroy?.();
  return { status, headers };
}

function describeIot(values: Options, device: Device): Provider {
  const host = String(values.endpoint).toLowerCase();
  const port = typeof values.port === 'number' ? values.port : 443;
  const { ca } = device;
  const proxy = typeof values.proxy === 'string' && URL.canParse(values.proxy) ? new URL(values.proxy) : undefined;
  const region = /\.iot(?:-fips)?\.([a-z\d-]+)\.amazonaws\.com/.exec(host)?.[1];
  return {
    name: 'AWS IoT',
    host,
    port,
    isTls: true,
    region: typeof values.region === 'string' ? values.region : region,
    proxy,
    hasOwnWay: false,
    ca,
    isVerified: values.dangerouslyDisableServerVerification !== true,
    device,
    ask: (signal) => httpsGet({ host, port, ca, proxy, device, path: '/' }, signal),
  };
}
