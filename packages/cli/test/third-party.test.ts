/** A strategy that somebody else wrote, by the name of its package, found from where the configuration is. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { homeWith, runBrs } from './support/brs.js';

const core = fileURLToPath(new URL('../../core', import.meta.url));

const strategy = `
import { checkOptions, defineStrategy, registerMethod, rule } from '@brs/core';
registerMethod({
  method: 'toy',
  packageName: '@acme/brs-toy',
  create(options) {
    checkOptions(options, { account: rule.string }, { required: ['account'] });
    return defineStrategy({
      name: 'toy',
      acquire: async () => { throw new Error('not asked'); },
      identity: async () => ({ method: 'toy', account: options.account }),
      classify: () => ({ kind: 'recoverable' }),
    });
  },
});`;

it('is loaded by the name of its package, and checks its options', async () => {
  const { home, env } = await homeWith();
  const folder = join(home, 'node_modules/@acme/brs-toy');
  await mkdir(folder, { recursive: true });
  await mkdir(join(home, 'node_modules/@brs'));
  await symlink(core, join(home, 'node_modules/@brs/core'));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: '@acme/brs-toy', type: 'module', exports: './index.js' }),
  );
  await writeFile(join(folder, 'index.js'), strategy);
  const run = (...args: string[]) => runBrs(['whoami', '--method', '@acme/brs-toy', ...args], { env, cwd: home });

  expect(await run('--account', '"123456789012"')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('123456789012'),
  });
  expect(await run('--acount', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^brs: --acount: Option `acount` is unknown; known are account, .*, region, .*\.\n$/),
  });
});
