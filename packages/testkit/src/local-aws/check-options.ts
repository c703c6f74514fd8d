/** Refuses options of the server and its faults that can never be right. */
import { checkCredentialProviderOptions } from './credential-provider/check-options.js';
import type { Fault } from './faults.js';
import type { LocalAwsOptions, LocalMfaDevice, LocalRole, LocalUser } from './options.js';
import { check, flag, like, objects, roleArn, type Rule, type Rules, text, texts, whole } from './rules.js';
import type { IdentityClaims } from './sts/identity-provider.js';

const account: Rule = like(/^\d{12}$/, 'twelve digits');

const optionRules: Rules<LocalAwsOptions> = {
  region: like(/^[a-z0-9-]+$/, 'the name of a region'),
  accountId: account,
  port: whole(0, 65_535),
  credentialLifetimeMs: whole(1, Number.MAX_SAFE_INTEGER),
  clockOffsetMs: whole(-8.64e15, 8.64e15),
  roles: objects,
  mfaDevices: objects,
  buckets: texts,
  disabledRegions: texts,
  credentialProvider: {
    test: (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
    says: 'a boolean or an object of options',
  },
};

const roleRules: Rules<LocalRole> = {
  arn: roleArn,
  trust: texts,
  externalId: text,
  requireMfa: flag,
  minDurationSeconds: whole(1, 43_200),
  maxDurationSeconds: whole(1, 43_200),
  allow: texts,
};

const userRules: Rules<LocalUser> = { name: like(/^[\w+=,.@-]{1,64}$/, '1 to 64 of [\\w+=,.@-]'), accountId: account };

const claimsRules: Rules<IdentityClaims> = {
  subject: like(/^[\w+=,.@-]{2,64}$/, '2 to 64 of [\\w+=,.@-]'),
  audience: text,
  expiresInSeconds: whole(1, Number.MAX_SAFE_INTEGER),
};

const mfaRules = {
  serialNumber: like(/^[\w+=/:,.@-]{9,256}$/, '9 to 256 of [\\w+=/:,.@-]'),
  user: text,
  totpSecret: like(/^[A-Za-z2-7]+=*$/, 'base32'),
  codes: texts,
};

const faultRules: Readonly<Record<string, Rule>> = {
  kind: {
    test: (value) => typeof value === 'string' && Object.hasOwn(faultKinds, value),
    says: 'a kind of fault',
  },
  service: like(/^(sts|s3|credential-provider)$/, "'sts', 's3' or 'credential-provider'"),
  action: text,
  accessKeyId: text,
  certificateId: text,
  times: whole(1, Number.MAX_SAFE_INTEGER),
  forMs: { test: (value) => typeof value === 'number' && value > 0, says: 'a number greater than 0' },
  ms: whole(0, 2 ** 31 - 1),
  everyMs: whole(1, 2 ** 31 - 1),
  status: whole(400, 599),
  code: text,
  message: text,
  retryAfterSeconds: whole(0, Number.MAX_SAFE_INTEGER),
  location: text,
};

/** What each kind of fault has beside the scope; `true` for what it must have. */
const faultKinds: Readonly<Record<Fault['kind'], Readonly<Record<string, boolean>>>> = {
  latency: { ms: true },
  error: { status: true, code: true, message: false, retryAfterSeconds: false },
  throttle: { retryAfterSeconds: false },
  redirect: { location: false },
  hang: {},
  reset: {},
  'expired-answer': {},
  garbage: {},
  html: {},
  empty: {},
  truncated: {},
  'cut-off': {},
  drip: { everyMs: false },
  endless: {},
};

/** @throws TypeError */
export function checkLocalAwsOptions(options: LocalAwsOptions): void {
  check(options, 'options', optionRules);
  options.roles?.forEach((role, index) => checkRole(role, `roles[${index}]`));
  options.mfaDevices?.forEach((device, index) => checkMfaDevice(device, `mfaDevices[${index}]`));
  if (typeof options.credentialProvider === 'object') checkCredentialProviderOptions(options.credentialProvider);
}

/** @throws TypeError */
export function checkRole(role: LocalRole, path = 'role'): void {
  check(role, path, roleRules, ['arn']);
  const { minDurationSeconds: min = 1, maxDurationSeconds: max = 43_200 } = role;
  if (min > max) throw new TypeError(`${path}.minDurationSeconds must be at most maxDurationSeconds.`);
}

/** @throws TypeError */
export function checkUser(user: LocalUser): void {
  check(user, 'user', userRules, ['name']);
}

/** @throws TypeError */
export function checkIdentityClaims(claims: IdentityClaims): void {
  check(claims, 'claims', claimsRules);
}

/** @throws TypeError */
export function checkMfaDevice(device: LocalMfaDevice, path = 'device'): void {
  check(device, path, mfaRules, ['serialNumber']);
  if ('totpSecret' in device === 'codes' in device) {
    throw new TypeError(`${path} must have either totpSecret or codes.`);
  }
}

/** @throws TypeError */
export function checkFault(fault: Fault): void {
  check(fault, 'fault', faultRules, ['kind']);
  const own = faultKinds[fault.kind];
  const scope = ['kind', 'service', 'action', 'accessKeyId', 'certificateId', 'times', 'forMs'];
  const stray = Object.keys(fault).find((name) => !scope.includes(name) && !Object.hasOwn(own, name));
  if (stray !== undefined) throw new TypeError(`fault.${stray} is not an option of a '${fault.kind}' fault.`);
  const missing = Object.keys(own).find((name) => own[name] && !Object.hasOwn(fault, name));
  if (missing !== undefined) throw new TypeError(`fault.${missing} is required for a '${fault.kind}' fault.`);
}
