/** Packs every package that is published, once for all tests, the way a release packs it. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

const workspace = fileURLToPath(new URL('../../../', import.meta.url));
const tarballs = fileURLToPath(new URL('../.tmp/tarballs/', import.meta.url));

/** A packed package. */
export interface Packed {
  readonly name: string;
  readonly tarball: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed[];
  }
}

export default async function setup(project: TestProject): Promise<void> {
  await rm(tarballs, { recursive: true, force: true });
  await mkdir(tarballs, { recursive: true });
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', tarballs];
  await promisify(execFile)('pnpm', args, { cwd: workspace });
  const packed = await Promise.all((await readdir(join(workspace, 'packages'))).map(tarballOf));
  project.provide(
    'packed',
    packed.filter((tarball) => tarball !== undefined),
  );
}

async function tarballOf(folder: string): Promise<Packed | undefined> {
  const manifest: unknown = JSON.parse(await readFile(join(workspace, 'packages', folder, 'package.json'), 'utf8'));
  const { name, version, private: isPrivate } = manifest as { name: string; version: string; private?: boolean };
  if (isPrivate) return undefined;
  return { name, tarball: join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`) };
}
