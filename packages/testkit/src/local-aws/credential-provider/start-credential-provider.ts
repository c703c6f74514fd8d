/** Puts the parts of the credential provider together and starts it. */
import { X509Certificate } from 'node:crypto';
import type { Faults } from '../faults.js';
import { LocalServer } from '../http/local-server.js';
import type { RequestLog } from '../request-log.js';
import { Authority, type Certified, validity } from './authority.js';
import { certificateIdOf } from './certificate-id.js';
import { Certificates, RegisteredCertificate } from './certificates.js';
import {
  checkCertificateOptions,
  checkDeviceOptions,
  checkRoleAlias,
  checkServerNames,
  checkStatus,
  checkThingName,
} from './check-options.js';
import { makeKeyPair, withPrivateKey } from './key-pair.js';
import type { LocalCredentialProvider } from './local-credential-provider.js';
import type {
  LocalCertificate,
  LocalCertificateOptions,
  LocalCredentialProviderOptions,
  LocalRoleAlias,
  LocalServerCertificate,
} from './options.js';
import { ProviderService, type SharedState } from './provider-service.js';
import { TlsFront } from './tls-front.js';

export interface CredentialProviderParts extends SharedState {
  readonly faults: Faults;
  readonly log: RequestLog;
}

export interface StartedCredentialProvider {
  readonly provider: LocalCredentialProvider;
  close(): Promise<void>;
}

/** Rejects when the port is taken. */
export async function startCredentialProvider(
  options: LocalCredentialProviderOptions,
  parts: CredentialProviderParts,
): Promise<StartedCredentialProvider> {
  const { host = 'localhost', trustForwardedCertificate = false } = options;
  const { minTlsVersion = 'TLSv1.2', maxTlsVersion = 'TLSv1.3' } = options;
  const [authority, deviceAuthority] = await Promise.all([
    Authority.create('Loopback AWS'),
    Authority.create('Loopback AWS devices'),
  ]);
  const certificates = new Certificates();
  const roleAliases = new Map<string, LocalRoleAlias>();
  const front = new TlsFront({
    host,
    identity: await serverCertificate(authority, [host]),
    deviceCa: deviceAuthority.certificate,
    minTlsVersion,
    maxTlsVersion,
    requireCertificate: !trustForwardedCertificate,
    certificates,
  });
  const service = new ProviderService({ ...parts, host, certificates, roleAliases, trustForwardedCertificate });
  const server = new LocalServer({ ...parts, serviceFor: () => service }, (http, listener) =>
    front.createServer(http, listener),
  );

  const register = async (
    subject: Pick<Certified, 'subject' | 'publicKey'>,
    certificateOptions: LocalCertificateOptions,
  ): Promise<LocalCertificate> => {
    const { roleAliases: allowed = ['*'], notBefore, notAfter } = certificateOptions;
    const signed = await deviceAuthority.certify({ ...subject, ...validity(notBefore, notAfter), use: 'client' });
    const certificateId = certificateIdOf(new X509Certificate(signed.certificate));
    const { thingName = `device-${certificateId.slice(0, 12)}` } = certificateOptions;
    const registered = new RegisteredCertificate(signed.serialNumber, allowed);
    registered.things.add(thingName);
    certificates.add(certificateId, registered);
    return { certificate: signed.certificate, certificateId, thingName };
  };

  for (const roleAlias of options.roleAliases ?? []) roleAliases.set(roleAlias.roleAlias, { ...roleAlias });
  const port = await server.listen(options.port ?? 0);

  const provider: LocalCredentialProvider = {
    host,
    port,
    ca: authority.certificate,
    deviceCa: deviceAuthority.certificate,
    get handshakes() {
      return front.handshakes;
    },
    get connections() {
      return server.connections;
    },
    putRoleAlias(roleAlias) {
      checkRoleAlias(roleAlias);
      roleAliases.set(roleAlias.roleAlias, { ...roleAlias });
    },
    async createDevice(deviceOptions = {}) {
      checkDeviceOptions(deviceOptions);
      const { keyType = 'ec', ...certificateOptions } = deviceOptions;
      const { publicKey, privateKey } = await makeKeyPair(keyType);
      const made = await register({ subject: 'CN=AWS IoT Certificate', publicKey }, certificateOptions);
      return withPrivateKey(made, privateKey);
    },
    async signCertificate(request, certificateOptions = {}) {
      checkCertificateOptions(certificateOptions);
      return register(await deviceAuthority.readRequest(request), certificateOptions);
    },
    attachThing(certificateId, thingName) {
      checkThingName(thingName);
      certificates.get(certificateId).things.add(thingName);
    },
    detachThing: (certificateId, thingName) => void certificates.get(certificateId).things.delete(thingName),
    allow: (certificateId, roleAlias) => certificates.get(certificateId).allow(roleAlias),
    deny: (certificateId, roleAlias) => certificates.get(certificateId).deny(roleAlias),
    setCertificateStatus(certificateId, status) {
      checkStatus(status);
      certificates.get(certificateId).status = status;
      if (status === 'REVOKED') front.end(certificateId);
    },
    certificateRevocationList: () => deviceAuthority.revocationList(certificates.revoked()),
    async createServerCertificate({ names }) {
      checkServerNames(names);
      return serverCertificate(authority, names);
    },
    endConnections: () => server.endConnections(),
  };
  return { provider, close: () => server.close() };
}

async function serverCertificate(authority: Authority, names: readonly string[]): Promise<LocalServerCertificate> {
  const { publicKey, privateKey } = await makeKeyPair('ec');
  const subject = `CN=${names[0]}`;
  const { certificate } = await authority.certify({ subject, publicKey, ...validity(), use: { names } });
  return withPrivateKey({ certificate }, privateKey);
}
