/** The name of the endpoint has an address. */
import { isIP } from 'node:net';
import { type Check, failed, notApplicable, ok } from '../check.js';
import { unusedProxy } from '../unused-proxy.js';
import { addressesOf, firstStop } from '../network.js';

export const dns: Check = {
  name: 'dns',
  title: 'Name',
  needs: ['region'],
  async run(patient) {
    const provider = await patient.provider();
    if (!provider) return notApplicable('only the method knows where it connects to');
    if (provider.hasOwnWay) return notApplicable('requests go by a handler of the configuration');
    const { host } = firstStop(provider);
    if (isIP(host)) return ok(`${host} is an address`);
    try {
      return ok(`${host} is ${(await addressesOf(host)).join(', ')}`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isUnknown = code === 'ENOTFOUND';
      const option = provider.name === 'STS' ? 'the region, and AWS_ENDPOINT_URL' : '`endpoint`';
      const usual = isUnknown
        ? `Correct ${provider.proxy ? '`proxy`' : option}; or the DNS of this machine does not know it.`
        : 'Check the network, and the DNS of this machine.';
      const advice = [unusedProxy(provider, patient.env)?.advice, usual].filter(Boolean).join(' ');
      return failed(isUnknown ? `There is no ${host}.` : `Nobody says where ${host} is (${code}).`, advice, code);
    }
  },
};
