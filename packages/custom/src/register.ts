/** Makes `method: 'custom'` known, at run time and to the compiler. The only module of the package with a side effect. */
import { registerMethod } from '@brs/core';
import type { CustomOptions } from './options.js';
import { createCustomStrategy } from './strategy.js';

declare module '@brs/core' {
  interface SessionMethods {
    /** A function or a command of your own. */
    custom: CustomOptions;
  }
}

registerMethod<CustomOptions>({ method: 'custom', packageName: '@brs/custom', create: createCustomStrategy });
