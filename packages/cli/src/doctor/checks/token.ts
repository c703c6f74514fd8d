/**
 * The token that holds the device's key, by what it says of itself: the module loads, the token is there, and its counter
 * of wrong PINs lets one be presented. Nothing is presented here.
 */
import { pkcs11Hints } from '../../hsm/hints.js';
import { type Check, failed, type Finding, notApplicable, ok, warning } from '../check.js';
import { tokenIdentityIn } from '../device.js';

const counted = 'The token has counted at least one wrong PIN since the last right one.';

export const token: Check = {
  name: 'token',
  title: 'Token',
  needs: ['package', 'secrets'],
  async run(patient) {
    const identity = tokenIdentityIn(await patient.made());
    if (!identity) return notApplicable('the key is in no token');
    patient.guard('The PKCS#11 module');
    if (!identity.token) return notApplicable('this version of @brs/pkcs11 says nothing of the token by itself');
    const said = await identity.token();
    const name = `'${said.label}', slot ${said.slot}`;
    return judge(said.pinTries, name, patient.mayRiskPin) ?? ok(`${name}; no wrong PIN was counted`);
  },
};

function judge(pinTries: string, name: string, mayRiskPin: boolean): Finding | undefined {
  if (pinTries === 'locked') {
    return failed(`The token ${name} is locked after wrong PINs.`, pkcs11Hints.PIN_LOCKED, 'PIN_LOCKED');
  }
  if (pinTries === 'final try') {
    return failed(
      `The token ${name} says that one more wrong PIN locks it. The PIN was not presented.`,
      pkcs11Hints.PIN_FINAL_TRY,
      'PIN_FINAL_TRY',
    );
  }
  if (pinTries !== 'low') return undefined;
  if (mayRiskPin) return warning(`${name}. ${counted}`, 'Stop what presents it.', 'PIN_COUNT_LOW');
  return failed(
    `${counted} The PIN was not presented: if it is the wrong one, that would be one try less.`,
    'Make sure that the PIN is right. Then present it once: brs doctor --risk-pin. A right one resets the counter.',
    'PIN_COUNT_LOW',
  );
}
