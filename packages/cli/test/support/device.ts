/** A device for the command line: the loopback AWS with its credential provider, and the device's files in a home. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LocalAwsWithCredentialProvider, startLocalAws } from '@brs/testkit';
import { homeWith } from './brs.js';

/** The role of the alias `device`. */
const roleArn = 'arn:aws:iam::123456789012:role/device';

/** What a test of a device has. */
export interface DeviceHome {
  readonly aws: LocalAwsWithCredentialProvider;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where the provider is and what it is asked for, as options of `iot-x509`. */
  readonly provider: {
    readonly endpoint: string;
    readonly port: number;
    readonly roleAlias: string;
    readonly ca: string;
  };
  /** Writes a file, under the home unless its path is absolute, and gives its path. */
  write(name: string, content: string): Promise<string>;
}

/** The certificate and key of a device of files, `cert.pem` and `key.pem`, are in the home. */
export async function startDevice(): Promise<DeviceHome> {
  const aws = await startLocalAws({
    buckets: ['readings'],
    credentialProvider: { roleAliases: [{ roleAlias: 'device', roleArn }] },
  });
  const { home, env } = await homeWith(aws);
  const write = async (name: string, content: string): Promise<string> => {
    const path = join(home, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const { host: endpoint, port, ca } = aws.credentialProvider;
  const lamp = await aws.credentialProvider.createDevice({ thingName: 'lamp' });
  await write('cert.pem', lamp.certificate);
  await write('key.pem', lamp.privateKey);
  // Base credentials of a person are nothing that a device has.
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...rest } = env;
  return {
    aws,
    home,
    env: { ...rest, SOFTHSM2_CONF: process.env.SOFTHSM2_CONF },
    provider: { endpoint, port, roleAlias: 'device', ca: await write('ca.pem', ca) },
    write,
  };
}
