/** There is a region, and it can be one. */
import { type Check, failed, notApplicable, ok } from '../check.js';

/** `eu-central-1`, `us-gov-west-1`, `ap-southeast-7`; what AWS calls its partitions' own region is one, too. */
const regionName = /^([a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}|aws(-[a-z]+)*-global)$/;

export const region: Check = {
  name: 'region',
  title: 'Region',
  needs: ['options'],
  async run(patient) {
    const advice = 'Give it: --region eu-central-1, `region` in the profile, or AWS_REGION.';
    const found = await patient.region().catch((error: unknown) => error);
    if (found instanceof Error) {
      const { message } = found;
      if (/^Region is missing|region=""/.test(message)) {
        return failed('Nothing says which region.', advice, 'REGION_MISSING');
      }
      if (message.startsWith('Region not accepted')) return failed(message, advice, 'REGION_INVALID');
      throw found;
    }
    if (typeof found !== 'string' || found === '') return notApplicable('the method wants none, and none is given');
    if (regionName.test(found)) return ok(found);
    return failed(`'${found}' cannot be a region.`, advice, 'REGION_INVALID');
  },
};
