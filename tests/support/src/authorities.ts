/** An authority that another one has signed, as companies have them: devices show its certificate after their own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openssl } from './openssl.js';

/** Two authorities, in PEM, and what the lower one signs. */
export interface Authorities extends AsyncDisposable {
  /** The one that servers know. */
  readonly root: string;
  readonly intermediate: string;
  /** A device's certificate, signed by the intermediate authority, for a request (PKCS#10) in PEM. */
  sign(request: string): Promise<string>;
  /** A key that was made here, and its certificate. */
  createDevice(): Promise<{ readonly certificate: string; readonly privateKey: string }>;
}

export async function startAuthorities(): Promise<Authorities> {
  const directory = await mkdtemp(join(tmpdir(), 'brs-authorities-'));
  const path = (name: string): string => join(directory, name);
  const write = (name: string, text: string) => writeFile(path(name), text, { mode: 0o600 });
  let serial = 0;

  async function createKey(name: string): Promise<string> {
    const key = await openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
    await write(`${name}.key`, key);
    return key;
  }
  const requestFor = (name: string) => openssl('req', '-new', '-key', path(`${name}.key`), '-subj', `/CN=${name}`);
  async function signBy(authority: string, request: string, extensions: string): Promise<string> {
    const number = String(++serial);
    await write(`${number}.csr`, request);
    const by = ['-CA', path(`${authority}.pem`), '-CAkey', path(`${authority}.key`), '-set_serial', number];
    const what = ['-days', '2', '-extfile', path('extensions'), '-extensions', extensions];
    return openssl('x509', '-req', '-in', path(`${number}.csr`), ...by, ...what);
  }

  await write('extensions', '[authority]\nbasicConstraints=critical,CA:TRUE\n[device]\nextendedKeyUsage=clientAuth\n');
  await Promise.all([createKey('root'), createKey('intermediate')]);
  const root = await openssl('req', '-x509', '-new', '-key', path('root.key'), '-subj', '/CN=root', '-days', '2');
  await write('root.pem', root);
  const intermediate = await signBy('root', await requestFor('intermediate'), 'authority');
  await write('intermediate.pem', intermediate);
  const sign = (request: string) => signBy('intermediate', request, 'device');
  return {
    root,
    intermediate,
    sign,
    async createDevice() {
      const privateKey = await createKey('device');
      return { certificate: await sign(await requestFor('device')), privateKey };
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}
