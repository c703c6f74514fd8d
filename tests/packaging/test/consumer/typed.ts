// The types of the packed packages, as a program sees them that imports two strategies.
import { S3Client } from '@aws-sdk/client-s3';
import { type Credentials, isSessionError, RefreshableSession, type TlsIdentity } from '@brs/core';
import '@brs/custom';
import { pkcs11, type Pkcs11Options } from '@brs/pkcs11';
import { mqtt, mqtt311, type MqttOptions, type SessionMqttClient } from '@brs/mqtt';
import '@brs/sts';
import { type LocalAws, startLocalAws } from '@brs/testkit';

const session = new RefreshableSession({
  method: 'sts',
  region: 'eu-west-1',
  assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' },
});
const client: S3Client = session.client(S3Client);
const own = new S3Client({ credentials: session.credentials });
const credentials: Promise<Credentials> = session.getCredentials();

new RefreshableSession({
  method: 'custom',
  source: async () => ({ accessKeyId: '', secretAccessKey: '', sessionToken: '' }),
});
new RefreshableSession({
  method: 'sts',
  // @ts-expect-error -- a misspelt option
  assumeRoll: { RoleArn: 'arn:aws:iam::123456789012:role/reader' },
});
new RefreshableSession({
  // @ts-expect-error -- a method that no imported package has
  method: 'iot-x509',
});

const where: Pkcs11Options = { module: 'softhsm2', token: 'gate', pin: { env: 'PIN' } };
export const identity: TlsIdentity = pkcs11(where);

export function codeOf(error: unknown): string | undefined {
  return isSessionError(error) ? error.code : undefined;
}
export const aws: Promise<LocalAws> = startLocalAws();

const mqttOptions: MqttOptions = {
  endpoint: 'localhost',
  transport: 'websocket',
  region: 'eu-west-1',
  clientId: 'typed',
};
export async function connected(): Promise<SessionMqttClient> {
  // @ts-expect-error -- an option of MQTT 5
  await mqtt311(session, { endpoint: 'localhost', clientId: 'typed', minReconnectDelayMs: 1 });
  const five = await mqtt(session, mqttOptions);
  five.on('connectionSuccess', ({ connack }) => connack.sessionPresent);
  five.on('identityRefused', ({ hint }) => hint.trim());
  // @ts-expect-error -- no event of the client
  five.on('connected', () => {});
  await five[Symbol.asyncDispose]();
  return five;
}

export { client, credentials, own };
