/**
 * Names the repository in the manifest of every package that is published. npm accepts a provenance statement only from
 * the repository that the manifest names, so it is named where the statement is made: in the workflow that publishes.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './lib/workspace.mjs';

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
if (!server || !repository) {
  console.error('Packages are published by the release workflow, which says what repository they come from.');
  process.exit(1);
}
const url = `${server}/${repository}`;
for (const name of readdirSync(join(root, 'packages'))) {
  const directory = `packages/${name}`;
  const manifest = {
    ...readJson(`${directory}/package.json`),
    homepage: `${url}/tree/main/${directory}#readme`,
    repository: { type: 'git', url: `git+${url}.git`, directory },
    bugs: `${url}/issues`,
  };
  writeFileSync(join(root, directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
