/** Where the options come from, and whether everything there can be read. */
import { type Check, ok } from '../check.js';

export const configuration: Check = {
  name: 'configuration',
  title: 'Configuration',
  async run(patient) {
    const { profile, isOwnProfile, configPath } = await patient.resolved();
    if (profile === undefined) return ok('the options are from flags and the environment');
    const { configPath: awsConfig, config } = await patient.awsFiles();
    const isInConfig = [`brs ${profile}`, `profile ${profile}`, profile].some((section) => config.has(section));
    const file = isOwnProfile && configPath ? configPath : isInConfig ? awsConfig : 'the shared credentials of AWS';
    return ok(`profile '${profile}' of ${file}`);
  },
};
