/** Proxies: the variables that other programs know, and that nothing here follows. */
import { type Check, notApplicable, ok, warning } from '../check.js';

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

export const proxy: Check = {
  name: 'proxy',
  title: 'Proxy',
  needs: ['region'],
  async run(patient) {
    const provider = await patient.provider();
    if (!provider) return notApplicable('only the method knows where it connects to');
    if (provider.hasOwnWay) return ok('requests go by a handler of the configuration');
    if (provider.proxy) return ok(`by ${provider.proxy.host}`);
    const set = names.filter((name) => patient.env[name]);
    if (set.length === 0) return ok('none');
    if (patient.env.NODE_USE_ENV_PROXY === '1') return ok(`${set.join(', ')}, by NODE_USE_ENV_PROXY`);
    return warning(
      `${set.join(' and ')} ${set.length > 1 ? 'are' : 'is'} set, and requests are sent without a proxy.`,
      provider.name === 'AWS IoT'
        ? 'If the proxy is needed: give the option `proxy`.'
        : 'If the proxy is needed: NODE_USE_ENV_PROXY=1 (Node 24 or later), or `stsClient.requestHandler` in brs.config.ts.',
      'PROXY_NOT_USED',
    );
  },
};
