/** Everything on loopback: a small AWS with its credential provider, a broker, and two devices that were given certificates. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pem } from '@brs/iot-x509';
import { createCertificateRequest, generateKeyPair, importCertificate, pkcs11 } from '@brs/pkcs11';
import { startLocalAws } from '@brs/testkit';
import { startBroker } from './broker.js';
import { bringPrograms } from './debian.js';
import type { Surroundings } from './device.js';
import { startGateway } from './gateway.js';
import type { Participant, Site } from './site.js';
import { makeSoftToken } from './soft-token.js';

/** The role alias says how long credentials live. Real ones live a quarter of an hour at least. */
const lifetimeSeconds = 6;
const roleAlias = 'device';
const bucket = 'telemetry';

/** Starts it, tells what it does, and cleans up when it is closed, or when something fails on the way. */
export async function openLocalSite(tell: (text: string) => void): Promise<Site> {
  const cleanUps: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  try {
    await bringPrograms(tell);
    const folder = await mkdtemp(join(tmpdir(), 'brs-iot-device-'));
    cleanUps.push(() => rm(folder, { recursive: true, force: true }));

    const roleArn = 'arn:aws:iam::123456789012:role/device';
    const roleAliases = [{ roleAlias, roleArn, durationSeconds: lifetimeSeconds }];
    const aws = await startLocalAws({ credentialProvider: { roleAliases }, buckets: [bucket] });
    cleanUps.push(() => aws.close());
    const { credentialProvider: provider } = aws;
    // What the SDK itself looks up, such as STS for `whoami()`, is there too.
    Object.assign(process.env, aws.env());

    const { certificate, privateKey } = await provider.createServerCertificate({ names: ['localhost'] });
    const broker = await startBroker(folder, { certificate, privateKey, deviceCa: provider.deviceCa });
    cleanUps.push(() => broker.stop());
    const gateway = await startGateway({ certificate, privateKey }, broker.websocketPort, aws);
    cleanUps.push(() => gateway.close());
    tell(`An AWS on loopback, whose role alias gives credentials for ${lifetimeSeconds} s, and a broker.`);

    const surroundings: Surroundings = {
      region: aws.region,
      provider: { endpoint: provider.host, port: provider.port, ca: provider.ca },
      roleAlias,
      broker: {
        endpoint: 'localhost',
        ca: provider.ca,
        x509Port: broker.x509Port,
        websocketPort: gateway.port,
      },
      s3: { endpoint: aws.endpoint, forcePathStyle: true },
    };
    const participants: Participant[] = [
      { name: 'pem', thingName: 'lamp', identity: await deviceWithFiles() },
      { name: 'hsm', thingName: 'gateway', identity: await deviceWithToken() },
    ];
    return { surroundings, participants, bucket, topic: 'telemetry', restartBroker: () => broker.restart(), close };

    async function deviceWithFiles() {
      const device = await provider.createDevice({ thingName: 'lamp', roleAliases: [roleAlias] });
      const files = { certificate: join(folder, 'lamp.pem'), privateKey: join(folder, 'lamp-key.pem') };
      await writeFile(files.certificate, device.certificate);
      await writeFile(files.privateKey, device.privateKey, { mode: 0o600 });
      tell('pem  has a certificate and a key in files.');
      return pem(files);
    }

    async function deviceWithToken() {
      const { module, token, pinFile } = await makeSoftToken(folder, 'gateway');
      const location = { module, token, pin: { file: pinFile } };
      const key = 'device';
      await generateKeyPair({ ...location, type: 'ec-p256', label: key });
      const request = await createCertificateRequest({ ...location, key, subject: 'CN=gateway' });
      const signed = await provider.signCertificate(request, { thingName: 'gateway', roleAliases: [roleAlias] });
      await importCertificate({ ...location, key, certificate: signed.certificate });
      tell('hsm  has made its key in the token, where nobody can read it, and its certificate is beside it.');
      return pkcs11({ ...location, key });
    }
  } catch (error) {
    await close();
    throw error;
  }
}
