/** Registers the method, at run time through the registry and at compile time through the merged interface. */
import { registerMethod } from '@brs/core';
import type { StsOptions } from './options.js';
import { createStsStrategy } from './strategy.js';

declare module '@brs/core' {
  interface SessionMethods {
    sts: StsOptions;
  }
}

registerMethod<StsOptions>({ method: 'sts', packageName: '@brs/sts', create: createStsStrategy });
