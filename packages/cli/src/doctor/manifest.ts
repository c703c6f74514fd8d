/** The manifest of an installed package. */
import { readFileSync } from 'node:fs';

/** What is of interest in one. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines?: { readonly node?: string };
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The manifest of the package that a file is in; `undefined` where there is none. */
export function manifestOf(file: string): Manifest | undefined {
  // Modules of Node's own are in no file.
  if (!file.startsWith('file:')) return undefined;
  for (let folder = new URL('.', file); ; folder = new URL('..', folder)) {
    // A file that is not in a folder of its own. What is above is somebody else's.
    if (folder.pathname.endsWith('/node_modules/')) return undefined;
    try {
      const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as Partial<Manifest>;
      // Folders of built files can have one of their own, without a name.
      if (manifest.name && manifest.version) return manifest as Manifest;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
    if (folder.pathname === new URL('..', folder).pathname) return undefined;
  }
}
