import type { TestUserConfig } from 'vitest/config';

// No test may find the credentials, the profile or the region of the machine it runs on.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_') && name !== 'AWS_CA_BUNDLE') delete process.env[name];
}

/** How every package is tested. A package overrides only what differs. */
export const base: TestUserConfig = {
  include: ['{src,test}/**/*.test.ts'],
  env: {
    AWS_ACCESS_KEY_ID: 'AKIDBASE',
    AWS_SECRET_ACCESS_KEY: 'base-secret',
    AWS_CONFIG_FILE: '/nonexistent/aws/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/aws/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    // What a test prints and what it starts prints is its own, not the SDK's notice that Node 20 ends.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  },
  // Far more than any test needs, so that a busy machine fails none.
  testTimeout: 30_000,
  hookTimeout: 60_000,
  pool: 'forks',
  // Files share what they have loaded, which is half of their work; a package says so where a file must have its own.
  isolate: false,
  restoreMocks: true,
  unstubEnvs: true,
  allowOnly: false,
  // Under turbo, `npm test` adds the results of all packages up.
  reporters: process.env.TURBO_HASH ? ['default', ['json', { outputFile: '.tmp/test-results.json' }]] : ['default'],
};
