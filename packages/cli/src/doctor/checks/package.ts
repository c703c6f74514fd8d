/** The package of the method: installed, loadable, and made for this core. */
import semver from 'semver';
import { identityIn, importMaker } from '../../session/identity.js';
import { loadMethod, ownMethods, resolvePackage } from '../../session/load-method.js';
import { type Check, failed, ok } from '../check.js';
import { tokenIdentityIn } from '../device.js';
import { manifestOf } from '../manifest.js';

export const methodPackage: Check = {
  name: 'package',
  title: 'Method package',
  needs: ['configuration'],
  async run(patient) {
    const method = await patient.method();
    const folders = await patient.folders();
    const name = ownMethods[method] ?? method;
    const file = resolvePackage(name, folders);
    const manifest = file ? manifestOf(file) : undefined;
    const core = manifestOf(import.meta.resolve('@brs/core'));
    // In the workspace itself ranges have a prefix.
    const range = manifest?.peerDependencies?.['@brs/core']?.replace(/^workspace:/, '');
    if (manifest && core && range && !semver.satisfies(core.version, range, { includePrerelease: true })) {
      return failed(
        `${name} ${manifest.version} is made for @brs/core ${range}, and this is ${core.version}.`,
        `Install versions that go together: npm install ${name}@latest @brs/cli@latest`,
        'VERSIONS_DIFFER',
      );
    }
    await loadMethod(method, folders);
    const resolved = await patient.resolved();
    const maker = identityIn(resolved)?.maker;
    if (maker) await importMaker(maker, folders);
    const isInToken = maker === 'pkcs11' || tokenIdentityIn(resolved.options) !== undefined;
    const ofToken = isInToken && resolvePackage('@brs/pkcs11', folders);
    const loaded = [manifest, ofToken ? manifestOf(ofToken) : undefined];
    return ok(loaded.flatMap((found) => (found ? `${found.name} ${found.version}` : [])).join(', ') || name);
  },
};
