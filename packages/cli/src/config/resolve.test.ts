import { expect, it } from 'vitest';
import { resolveSession } from './resolve.js';

const none = { options: {}, originOf: () => '' };
const profileOf = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
  const request = { flags: none, profile: undefined, configPath: undefined, workingDirectory: undefined };
  const files = { HOME: '/nonexistent', BRS_METHOD: 'custom' };
  return (await resolveSession({ ...request, env: { ...files, ...env } })).profile;
};

it('takes no profile from a variable that is empty', async () => {
  expect(await profileOf({ BRS_PROFILE: '' })).toBeUndefined();
  expect(await profileOf({ BRS_PROFILE: '', AWS_PROFILE: '' })).toBeUndefined();
});

it.each([
  { BRS_PROFILE: 'ours', AWS_PROFILE: 'theirs' },
  { BRS_PROFILE: '', AWS_PROFILE: 'ours' },
])('takes the profile of %j', (env) => expect(profileOf(env)).rejects.toThrow("There is no profile 'ours'."));
