/** Node, and the versions of the packages that every session uses. */
import semver from 'semver';
import { type Check, failed, ok } from '../check.js';
import { manifestOf } from '../manifest.js';

export const versions: Check = {
  name: 'versions',
  title: 'Versions',
  run() {
    const own = manifestOf(import.meta.url);
    const range = own?.engines?.node ?? '*';
    const { node } = process.versions;
    if (!semver.satisfies(node, range, { includePrerelease: true })) {
      return failed(`This is Node ${node}, and brs needs ${range}.`, 'Install a version of Node that is maintained.');
    }
    const others = ['@brs/core', '@aws-sdk/client-sts'].map((name) => manifestOf(import.meta.resolve(name)));
    const packages = [own, ...others].flatMap((found) => (found ? `${found.name} ${found.version}` : []));
    return ok([`Node ${node}`, ...packages].join(', '));
  },
};
