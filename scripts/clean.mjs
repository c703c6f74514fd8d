/** `npm run clean`: removes everything that a command of the workspace has made: builds, caches and dependencies. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolders, root } from './lib/workspace.mjs';

for (const folder of [...packageFolders(), '.']) {
  for (const made of ['dist', 'coverage', '.turbo', '.tmp', 'node_modules']) {
    rmSync(join(root, folder, made), { recursive: true, force: true });
  }
}
