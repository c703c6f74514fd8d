/** Refuses options of the credential provider that can never be right. */
import { check, flag, like, objects, roleArn, type Rule, type Rules, texts, whole } from '../rules.js';
import type {
  LocalCertificateOptions,
  LocalCertificateStatus,
  LocalCredentialProviderOptions,
  LocalDeviceOptions,
  LocalRoleAlias,
} from './options.js';

const tlsVersion: Rule = like(/^TLSv1\.[23]$/, "'TLSv1.2' or 'TLSv1.3'");
const alias: Rule = like(/^[\w=,@-]{1,128}$/, '1 to 128 of [\\w=,@-]');
const thing: Rule = like(/^[\w:-]{1,128}$/, '1 to 128 of [\\w:-]');
const date: Rule = {
  test: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  says: 'a valid Date',
};

const optionRules: Rules<LocalCredentialProviderOptions> = {
  host: like(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'a DNS name in lower case'),
  port: whole(0, 65_535),
  minTlsVersion: tlsVersion,
  maxTlsVersion: tlsVersion,
  roleAliases: objects,
  trustForwardedCertificate: flag,
};

const roleAliasRules: Rules<LocalRoleAlias> = { roleAlias: alias, roleArn, durationSeconds: whole(1, 43_200) };

const certificateRules: Rules<LocalCertificateOptions> = {
  thingName: thing,
  roleAliases: texts,
  notBefore: date,
  notAfter: date,
};

const deviceRules: Rules<LocalDeviceOptions> = { ...certificateRules, keyType: like(/^(ec|rsa)$/, "'ec' or 'rsa'") };

/** @throws TypeError */
export function checkCredentialProviderOptions(options: LocalCredentialProviderOptions): void {
  check(options, 'credentialProvider', optionRules);
  const { minTlsVersion = 'TLSv1.2', maxTlsVersion = 'TLSv1.3' } = options;
  if (minTlsVersion > maxTlsVersion) {
    throw new TypeError('credentialProvider.minTlsVersion must be at most maxTlsVersion.');
  }
  options.roleAliases?.forEach((item, index) => checkRoleAlias(item, `credentialProvider.roleAliases[${index}]`));
}

/** @throws TypeError */
export function checkRoleAlias(roleAlias: LocalRoleAlias, path = 'roleAlias'): void {
  check(roleAlias, path, roleAliasRules, ['roleAlias', 'roleArn']);
}

/** @throws TypeError */
export function checkCertificateOptions(options: LocalCertificateOptions): void {
  check(options, 'certificate', certificateRules);
}

/** @throws TypeError */
export function checkDeviceOptions(options: LocalDeviceOptions): void {
  check(options, 'device', deviceRules);
}

/** @throws TypeError */
export function checkThingName(thingName: string): void {
  check({ thingName }, 'thing', { thingName: thing });
}

/** @throws TypeError */
export function checkStatus(status: LocalCertificateStatus): void {
  check({ status }, 'certificate', {
    status: like(/^(ACTIVE|INACTIVE|REVOKED)$/, "'ACTIVE', 'INACTIVE' or 'REVOKED'"),
  });
}

/** @throws TypeError */
export function checkServerNames(names: readonly string[]): void {
  const test = (value: unknown): boolean =>
    Array.isArray(value) && value.length > 0 && value.every((name) => /^[a-z0-9*.:-]+$/i.test(String(name)));
  check({ names }, 'options', { names: { test, says: 'an array of one or more DNS names and IP addresses' } });
}
