/** The MFA device is one of the user whose keys are the base. No code is asked for here. */
import { isPlainObject } from '../../config/option-path.js';
import { type Check, failed, notApplicable, ok, warning } from '../check.js';

export const mfa: Check = {
  name: 'mfa',
  title: 'MFA',
  needs: ['configuration'],
  async run(patient) {
    const { mfa: given } = (await patient.resolved()).options;
    if (!isPlainObject(given)) return notApplicable('no device is named');
    const { serialNumber: serial } = given;
    if (serial === undefined) return notApplicable('no device is named');
    if (typeof serial !== 'string') return notApplicable('what stands elsewhere names the device');
    const from = given.token === undefined ? 'the code is typed on the terminal' : 'the code comes from `mfa.token`';
    if (serial.startsWith('arn:') && !/^arn:[\w-]+:iam::\d{12}:mfa\/\S+$/.test(serial)) {
      return failed(
        `'${serial}' is not the ARN of an MFA device.`,
        'List those of the user: aws iam list-mfa-devices',
        'MFA_SERIAL_INVALID',
      );
    }
    const [, account] = /::(\d{12}):mfa\//.exec(serial) ?? [];
    // What is wrong with the base is told by its own check.
    const { arn } = (await patient
      .base()
      .then((base) => base?.caller())
      .catch(() => undefined)) ?? { arn: '' };
    if (account && arn && !arn.includes(`:${account}:`)) {
      return warning(
        `The device is of the account ${account}, and the base credentials are of ${arn}.`,
        'Name a device of the user whose keys are the base: aws iam list-mfa-devices',
        'MFA_OF_ANOTHER_ACCOUNT',
      );
    }
    return ok(`${serial}; ${from}`);
  },
};
