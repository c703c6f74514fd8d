/** `brs methods`: the ways to get credentials that are there, and those that could be. */
import { print } from '../print.js';
import { ownMethods, resolvePackage } from '../session/load-method.js';

const about: Readonly<Record<string, string>> = {
  sts: 'roles, web identities, SAML, session and federation tokens',
  custom: 'a command of your own, or a function in brs.config.ts',
  'iot-x509': 'the certificate of a device, by the credential provider of AWS IoT Core',
};

export function run({ json }: { readonly json?: true }): void {
  const methods = Object.entries(ownMethods).map(([method, packageName]) => ({
    method,
    packageName,
    installed: resolvePackage(packageName, [process.cwd()]) !== undefined,
  }));
  if (json) {
    print(JSON.stringify(methods));
    return;
  }
  for (const { method, packageName, installed } of methods) {
    print(
      `${method.padEnd(10)} ${about[method] ?? ''}${installed ? '' : `; not installed: npm install ${packageName}`}`,
    );
  }
  print('');
  print('Every other strategy is named by its package: --method @acme/brs-vault');
}
