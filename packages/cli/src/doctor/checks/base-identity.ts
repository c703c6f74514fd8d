/** STS takes the base credentials, and says whose they are; that is somebody who may do what is to be done. */
import { type Check, failed, type Finding, notApplicable, ok } from '../check.js';
import { renew } from './base-credentials.js';

export const baseIdentity: Check = {
  name: 'base-identity',
  title: 'Base identity',
  needs: ['base-credentials', 'answer'],
  async run(patient) {
    const base = await patient.base();
    const request = await patient.stsRequest();
    if (!base || !request) return notApplicable('the method starts from none');
    try {
      const { arn } = await base.caller();
      return cannot(request.operation, arn) ?? ok(arn);
    } catch (error) {
      return explain(error as Error, (await base.set()).from);
    }
  },
};

/** What AWS lets nobody of a kind do. */
function cannot(operation: string, arn: string): Finding | undefined {
  if (arn.endsWith(':root') && /^(assumeRole|chain)$/.test(operation)) {
    return failed(`${arn} can assume no role.`, 'Use the keys of an IAM user, or those of a role.', 'ROOT');
  }
  if (/:assumed-role\//.test(arn) && operation.startsWith('get')) {
    return failed(
      `${arn} is a role, and ${operation} is for IAM users.`,
      'Give the keys of a user as the base, or use assumeRole.',
      'NOT_A_USER',
    );
  }
  return undefined;
}

function explain({ name, message }: Error, from: string): Finding {
  const code = name.replace(/Exception$/, '');
  const said = `${code}: ${message.split('\n', 1)[0]}`;
  const found = `STS does not take the base credentials, which are from ${from}. ${said}`;
  if (code.startsWith('Expired')) return failed(`They are from ${from}, and have expired. ${said}`, renew(from), code);
  if (/^(InvalidClientTokenId|UnrecognizedClient)/.test(code)) {
    return failed(
      found,
      `The key was deleted or deactivated, or its session token is of another key. ${renew(from)}`,
      code,
    );
  }
  if (code === 'SignatureDoesNotMatch') {
    return failed(found, `The secret access key is not the one of the access key id. ${renew(from)}`, code);
  }
  return failed(`STS could not be asked whose the base credentials are. ${said}`, undefined, code);
}
