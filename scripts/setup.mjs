/** `npm run setup`: brings pnpm's dependencies and builds everything, without starting or testing anything. */
import { prepare } from './lib/setup.mjs';

await prepare();
