/** The name of the endpoint has an address. */
import { isIP } from 'node:net';
import { type Check, failed, notApplicable, ok } from '../check.js';
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
      if (code === 'ENOTFOUND') {
        const what = provider.proxy
          ? '`proxy`'
          : provider.name === 'STS'
            ? 'the region, and AWS_ENDPOINT_URL'
            : '`endpoint`';
        return failed(`There is no ${host}.`, `Correct ${what}; or the DNS of this machine does not know it.`, code);
      }
      return failed(`Nobody says where ${host} is (${code}).`, 'Check the network, and /etc/resolv.conf.', code);
    }
  },
};
