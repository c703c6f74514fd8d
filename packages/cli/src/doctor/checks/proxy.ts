/** Which way requests take. */
import { type Check, notApplicable, ok } from '../check.js';
import { unusedProxy } from '../unused-proxy.js';

export const proxy: Check = {
  name: 'proxy',
  title: 'Proxy',
  needs: ['region'],
  async run(patient) {
    const provider = await patient.provider();
    if (!provider) return notApplicable('only the method knows where it connects to');
    if (provider.hasOwnWay) return ok('requests go by a handler of the configuration');
    if (provider.proxy) return ok(`by ${provider.proxy.host}`);
    const unused = unusedProxy(provider, patient.env);
    return ok(unused ? `none; ${unused.name} is not followed` : 'none');
  },
};
