/** Refuses options that can never be right, with an error that names the option, the rule and the type received, never the value. */
import type { Fault } from './faults.js';
import type { LocalAwsOptions, LocalMfaDevice, LocalRole, LocalUser } from './options.js';
import { parseRoleArn } from './principals.js';
import type { IdentityClaims } from './sts/identity-provider.js';

interface Rule {
  readonly test: (value: unknown) => boolean;
  /** Goes after "must be". */
  readonly says: string;
}

type Rules<Options> = { readonly [Name in keyof Options]-?: Rule };

const text: Rule = { test: (value) => typeof value === 'string' && value !== '', says: 'a string that is not empty' };
const flag: Rule = { test: (value) => typeof value === 'boolean', says: 'a boolean' };
const texts: Rule = {
  test: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  says: 'an array of strings',
};
const objects: Rule = {
  test: (value) => Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null),
  says: 'an array of objects',
};
const account: Rule = like(/^\d{12}$/, 'twelve digits');
const roleArn: Rule = {
  test: (value) => typeof value === 'string' && parseRoleArn(value) !== undefined,
  says: "a role's ARN, such as arn:aws:iam::123456789012:role/reader",
};

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
  service: like(/^(sts|s3)$/, "'sts' or 's3'"),
  action: text,
  accessKeyId: text,
  times: whole(1, Number.MAX_SAFE_INTEGER),
  forMs: { test: (value) => typeof value === 'number' && value > 0, says: 'a number greater than 0' },
  ms: whole(0, 2 ** 31 - 1),
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
};

/** @throws TypeError */
export function checkLocalAwsOptions(options: LocalAwsOptions): void {
  check(options, 'options', optionRules);
  options.roles?.forEach((role, index) => checkRole(role, `roles[${index}]`));
  options.mfaDevices?.forEach((device, index) => checkMfaDevice(device, `mfaDevices[${index}]`));
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
  const scope = ['kind', 'service', 'action', 'accessKeyId', 'times', 'forMs'];
  const stray = Object.keys(fault).find((name) => !scope.includes(name) && !Object.hasOwn(own, name));
  if (stray !== undefined) throw new TypeError(`fault.${stray} is not an option of a '${fault.kind}' fault.`);
  const missing = Object.keys(own).find((name) => own[name] && !Object.hasOwn(fault, name));
  if (missing !== undefined) throw new TypeError(`fault.${missing} is required for a '${fault.kind}' fault.`);
}

function check(
  value: object,
  path: string,
  rules: Readonly<Record<string, Rule>>,
  required: readonly string[] = [],
): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${path} must be an object; received ${typeName(value)}.`);
  }
  for (const name of required) {
    if (!Object.hasOwn(value, name)) throw new TypeError(`${path}.${name} is required.`);
  }
  for (const [name, item] of Object.entries(value)) {
    const at = path === 'options' ? name : `${path}.${name}`;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) throw new TypeError(`${at} is not an option. Known: ${Object.keys(rules).join(', ')}.`);
    if (item === undefined && !required.includes(name)) continue;
    if (!rule.test(item)) throw new TypeError(`${at} must be ${rule.says}; received ${typeName(item)}.`);
  }
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;

function like(pattern: RegExp, says: string): Rule {
  return { test: (value) => typeof value === 'string' && pattern.test(value), says };
}

function whole(min: number, max: number): Rule {
  const test = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return { test, says: `a whole number from ${min} to ${max}` };
}
