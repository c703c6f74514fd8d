/** The identity of a device, as the method `iot-x509` takes it: from files, or from a token. */
import { readFile } from 'node:fs/promises';
import type { Pkcs11TlsIdentity, TlsIdentity } from '@brs/core';
import type { PemOptions } from '@brs/iot-x509';
import type { Pkcs11Identity } from '@brs/pkcs11';
import type { Options } from '../config/option-path.js';
import { withOrigin } from '../config/origin.js';
import { resolvePackage } from '../session/load-method.js';
import { once } from './once.js';
import type { Patient } from './patient.js';

/** An identity from a token, and perhaps of a version of its package with which the token cannot be asked alone. */
type TokenIdentity = Pkcs11TlsIdentity & Partial<Pick<Pkcs11Identity, 'token'>>;

/** A certificate, and a key for mutual TLS. */
export interface Device {
  readonly identity: TlsIdentity | TokenIdentity;
  /** The authorities for the server, in PEM. */
  readonly ca: string | undefined;
  /** Certificate and key, by a login where there has to be one. Once, for all who ask. */
  open(): Promise<{ readonly certificate: string; readonly privateKey?: string }>;
}

/** The identity in the options, if its key is in a token. */
export function tokenIdentityIn({ identity }: Options): TokenIdentity | undefined {
  return isIdentity(identity) && identity.kind === 'pkcs11' ? identity : undefined;
}

/** @throws CliError for certificate and key that are no pair, with where they were given. */
export async function deviceOf(patient: Patient): Promise<Device | undefined> {
  if (!/^(@brs\/)?iot-x509$/.test(await patient.method())) return undefined;
  const values = await patient.made();
  const identity = isIdentity(values.identity) ? values.identity : await identityOf(patient, values);
  return {
    identity,
    ca: await readAuthority(values.ca),
    open: once(async () => (identity.kind === 'pem' ? identity.read() : identity.open())),
  };
}

async function identityOf(patient: Patient, values: Options): Promise<TlsIdentity> {
  const file = resolvePackage('@brs/iot-x509', await patient.folders());
  const { pem } = (await import(file ?? '@brs/iot-x509')) as typeof import('@brs/iot-x509');
  const given = ['certificate', 'privateKey', 'passphrase'].flatMap((name) =>
    values[name] === undefined ? [] : [[name, values[name]]],
  );
  try {
    return pem(Object.fromEntries(given) as unknown as PemOptions);
  } catch (error) {
    throw withOrigin(error, await patient.resolved());
  }
}

/** What cannot be read is told when the session is made. */
async function readAuthority(ca: unknown): Promise<string | undefined> {
  if (typeof ca !== 'string') return ca instanceof Uint8Array ? Buffer.from(ca).toString() : undefined;
  return ca.includes('-----BEGIN') ? ca : readFile(ca, 'utf8').catch(() => undefined);
}

function isIdentity(value: unknown): value is TlsIdentity {
  return ['pem', 'pkcs11'].includes(String((value as TlsIdentity | undefined)?.kind));
}
