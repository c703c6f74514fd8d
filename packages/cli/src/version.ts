/** The version of this package. */
import { readFileSync } from 'node:fs';

/** From the manifest, which lies at the same distance from the source and from what is built of it. */
export const version: string = (JSON.parse(readFileSync(findManifest(), 'utf8')) as { version: string }).version;

function findManifest(): URL {
  return new URL(import.meta.url.includes('/src/') ? '../package.json' : '../../package.json', import.meta.url);
}
