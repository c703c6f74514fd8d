/** Packs every package that is published, once for all tests, the way a release packs it. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));
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
  const folders = await readdir(packages);
  project.provide(
    'packed',
    (await Promise.all(folders.map(pack))).filter((packed) => packed !== undefined),
  );
}

async function pack(folder: string): Promise<Packed | undefined> {
  const manifest: unknown = JSON.parse(await readFile(join(packages, folder, 'package.json'), 'utf8'));
  const { name, private: isPrivate } = manifest as { name: string; private?: boolean };
  if (isPrivate) return undefined;
  const tarball = join(tarballs, `${folder}.tgz`);
  await promisify(execFile)('pnpm', ['pack', '--out', tarball], { cwd: join(packages, folder) });
  return { name, tarball };
}
