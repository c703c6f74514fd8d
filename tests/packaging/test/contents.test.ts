import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, test } from 'vitest';

/** Everything that may be in a package: no sources, no tests, no maps. */
const allowed =
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/([\w-]+\/)*[\w.-]+(\.js|\.cjs|\.d\.ts|\.d\.cts))$/;

const read = async (tarball: string) => createPackageFromTarballData(await readFile(tarball));

describe.each(inject('packed'))('$name, packed', ({ name, tarball }) => {
  const files = async () => {
    const top = `/node_modules/${name}/`;
    return (await read(tarball)).listFiles(top).map((path) => path.slice(top.length));
  };
  const manifest = async () =>
    JSON.parse((await read(tarball)).readFile(`/node_modules/${name}/package.json`)) as Record<
      string,
      Record<string, string>
    >;

  test('holds what is allowed and nothing else', async () => {
    expect((await files()).filter((file) => !allowed.test(file))).toEqual([]);
  });

  test('holds its entry points, a readme and the license', async () => {
    expect(await files()).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'LICENSE',
        ...['js', 'cjs', 'd.ts', 'd.cts'].map((extension) => `dist/index.${extension}`),
      ]),
    );
  });

  test('points to no source map', async () => {
    const contents = await read(tarball);
    const pointing = (await files()).filter((file) =>
      contents.readFile(`/node_modules/${name}/${file}`).includes('//# sourceMappingURL='),
    );
    expect(pointing).toEqual([]);
  });

  test('runs nothing when it is installed', async () => {
    const { scripts = {} } = await manifest();
    expect(Object.keys(scripts).filter((script) => /install|prepare|^prepublish$/.test(script))).toEqual([]);
  });

  test('depends on published versions', async () => {
    const { dependencies, peerDependencies, optionalDependencies } = await manifest();
    const ranges = Object.values({ ...dependencies, ...peerDependencies, ...optionalDependencies });
    expect(ranges.filter((range) => /^(workspace|catalog|file|link):/.test(range))).toEqual([]);
  });

  test('has nothing that publint would change', async () => {
    const data = await readFile(tarball);
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(data).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('has types that every kind of resolution finds', async () => {
    const { types, ...analysis } = await checkPackage(await read(tarball));
    expect(types).toMatchObject({ kind: 'included' });
    expect('problems' in analysis ? analysis.problems : undefined).toEqual([]);
  });
});

const underJest = inject('packed').filter(({ name }) => /core|custom|sts|testkit/.test(name));

test.each(underJest)('$name works in CommonJS where there is no import(), as under jest', async ({ name, tarball }) => {
  const code = (await read(tarball)).readFile(`/node_modules/${name}/dist/index.cjs`);
  const late = [...code.matchAll(/\bimport\((.*?)\)/g)].map(([, what]) => what);
  // For a command of `mfa.token` that is one string; as an array it needs nothing.
  expect(late.filter((what) => what !== "'string-argv'")).toEqual([]);
});
