/** The credentials that the session starts from: they are there, whole, and have not ended by what is known of them. */
import { type Check, failed, type Finding, notApplicable, ok } from '../check.js';
import type { BaseSet } from '../base.js';
import { messageOf } from '../failure.js';
import type { Patient } from '../patient.js';

export const baseCredentials: Check = {
  name: 'base-credentials',
  title: 'Base credentials',
  needs: ['options'],
  async run(patient) {
    const base = await patient.base();
    if (!base) return notApplicable('the method starts from none');
    let set: BaseSet;
    try {
      set = await base.set();
    } catch (error) {
      return (await halfASet(patient)) ?? missing(error as Error);
    }
    const { accessKeyId, hasSessionToken, expiration, from } = set;
    if (accessKeyId.startsWith('ASIA') && !hasSessionToken) {
      return failed(
        `The key is a temporary one (ASIA…) by ${from}, and its session token is missing.`,
        'Give all three: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or their names in the profile.',
        'SESSION_TOKEN_MISSING',
      );
    }
    const { AWS_CREDENTIAL_EXPIRATION: ofEnvironment = '' } = patient.env;
    const end = expiration?.getTime() ?? (from === 'environment variables' ? Date.parse(ofEnvironment) : Number.NaN);
    if (end < Date.now()) {
      return failed(`They are from ${from}, and ended at ${new Date(end).toISOString()}.`, renew(from), 'ExpiredToken');
    }
    return ok(`from ${from}${end ? `, good until ${new Date(end).toISOString()}` : ''}`);
  },
};

/** What a person does who needs others. */
export function renew(from: string): string {
  if (from === 'environment variables') {
    return 'Get new ones, or unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN so that another source is asked.';
  }
  if (from === 'IAM Identity Center') return 'Log in again: aws sso login';
  return from === 'the options' ? 'Give others as the option `credentials`.' : `Get new ones from ${from}.`;
}

function missing(error: Error): Finding {
  return failed(
    `There are none: ${messageOf(error).replace(/\.?$/, '.')}`,
    'Name a profile with keys (--profile keys), log in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    error.name,
  );
}

/** The SDK takes half a set for none. */
async function halfASet({ env, awsFiles, resolved }: Patient): Promise<Finding | undefined> {
  const half = (set: string, key: unknown, secret: unknown): Finding | undefined => {
    if (!key === !secret) return undefined;
    const [there, missing] = key ? ['access key id', 'secret access key'] : ['secret access key', 'access key id'];
    return failed(`${set} has the ${there} and not the ${missing}.`, 'Give both.', 'HALF_A_SET');
  };
  const { profile = env.AWS_PROFILE || 'default' } = (await resolved()).options;
  const name = String(profile);
  const { config, credentials } = await awsFiles();
  const sections = [credentials.get(name), config.get(name === 'default' ? name : `profile ${name}`)];
  const value = (key: string): unknown => sections.map((section) => section?.get(key)?.value).find(Boolean);
  return (
    half('The environment', env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY) ??
    half(`The profile '${name}' of AWS`, value('aws_access_key_id'), value('aws_secret_access_key'))
  );
}
