/** The ARN of each role can be one, and is of the region's part of AWS. */
import type { Options } from '../../config/option-path.js';
import { type Check, failed, type Finding, notApplicable, ok } from '../check.js';

const roleArn = /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}):role\/[\w+=,.@/-]+$/;

/** The parts of AWS that know nothing of each other, by the names of their regions. Of others nothing is said. */
const partitions: readonly (readonly [names: RegExp, partition: string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^(af|ap|ca|eu|il|me|mx|sa|us)-(?!iso)/, 'aws'],
];

export const role: Check = {
  name: 'role',
  title: 'Role',
  needs: ['configuration'],
  async run(patient) {
    const request = await patient.stsRequest();
    const arns = (request?.hops ?? []).flatMap(({ RoleArn }: Options) => (typeof RoleArn === 'string' ? RoleArn : []));
    if (arns.length === 0) return notApplicable('no role is named');
    const region = await patient.region().catch(() => undefined);
    const wrong = arns.map((arn) => judge(arn, region)).find((finding) => finding !== undefined);
    return wrong ?? ok(arns.join(' → '));
  },
};

function judge(arn: string, region: string | undefined): Finding | undefined {
  const form = 'A role is named so: arn:aws:iam::123456789012:role/reader';
  const [, partition] = roleArn.exec(arn) ?? [];
  if (!partition) {
    const [, account, name] = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)/.exec(arn) ?? [];
    const advice = name ? `That is a session of a role. The role itself is arn:aws:iam::${account}:role/${name}` : form;
    return failed(`'${arn}' is not the ARN of a role.`, advice, 'ROLE_ARN_INVALID');
  }
  const [, ofRegion] = partitions.find(([names]) => names.test(region ?? '')) ?? [];
  if (!ofRegion || ofRegion === partition) return undefined;
  return failed(
    `The role is of the partition ${partition}, and the region ${region} of ${ofRegion}.`,
    'Correct the region, or the ARN.',
    'PARTITION_DIFFERS',
  );
}
