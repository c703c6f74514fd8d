/** The endpoint, or the proxy before it, takes connections. */
import { type Check, failed, notApplicable, ok } from '../check.js';
import { messageOf } from '../failure.js';
import { unusedProxy } from '../unused-proxy.js';
import { firstStop, openConnection } from '../network.js';

export const connection: Check = {
  name: 'connection',
  title: 'Connection',
  needs: ['dns'],
  async run(patient) {
    const provider = await patient.provider();
    if (!provider) return notApplicable('only the method knows where it connects to');
    if (provider.hasOwnWay) return notApplicable('requests go by a handler of the configuration');
    const place = firstStop(provider);
    const name = `${place.host}:${place.port}`;
    try {
      (await openConnection(place)).destroy();
      return ok(name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const refused = code === 'ECONNREFUSED';
      const why = refused ? 'Nothing listens there.' : `${messageOf(error as Error).replace(/\.$/, '')}.`;
      const blocked = 'Check firewalls and security groups for outgoing connections.';
      const usual = refused ? 'Correct the endpoint or its port.' : blocked;
      const advice = [unusedProxy(provider, patient.env)?.advice, usual].filter(Boolean).join(' ');
      return failed(`There is no connection to ${name}. ${why}`, advice, code);
    }
  },
};
