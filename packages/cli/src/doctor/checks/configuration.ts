/** Where the options come from, and whether everything there can be read. */
import { type Check, ok } from '../check.js';

export const configuration: Check = {
  name: 'configuration',
  title: 'Configuration',
  async run(patient) {
    const { profile, isOwnProfile, configPath } = await patient.resolved();
    if (profile === undefined) return ok('the options are from flags and the environment');
    const { configPath: awsConfig } = await patient.awsFiles();
    const file = isOwnProfile && configPath ? configPath : awsConfig;
    return ok(`profile '${profile}' of ${file}`);
  },
};
