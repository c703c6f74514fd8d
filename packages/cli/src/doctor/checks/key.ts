/** The key in the token: one login, the key is there and may sign, and the certificate is its own. */
import type { Pkcs11Material } from '@brs/core';
import { type Check, notApplicable, ok } from '../check.js';
import { tokenIdentityIn } from '../device.js';

export const key: Check = {
  name: 'key',
  title: 'Key in the token',
  needs: ['token'],
  async run(patient) {
    const identity = tokenIdentityIn(await patient.made());
    if (!identity) return notApplicable('the key is in no token');
    // The package reads the counters once more, and presents no PIN that was refused.
    const material = await (await patient.device())?.open();
    const { keyLabel } = material as Pkcs11Material;
    return ok(`'${keyLabel}' may sign, and the certificate is its own`);
  },
};
