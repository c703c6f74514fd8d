/** The command line: what the program can be told, and a clear refusal of everything else. */
import { parseArgs } from 'node:util';

/** What to run. Without `aws` everything happens on loopback. */
export interface Options {
  readonly help: boolean;
  /** Whether the outcome is printed as one JSON object, and nothing else. */
  readonly json: boolean;
  /** How long the load lasts. */
  readonly seconds: number;
  /** The role to assume in real AWS. */
  readonly aws?: { readonly roleArn: string; readonly region: string };
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `--help` prints. */
export const help = `Real AWS SDK clients work through credentials that expire every few seconds, beside the same load on the SDK's own
fromTemporaryCredentials. Everything happens on this machine, against a small AWS on loopback.

  npm start -- [options]

  --seconds <n>       how long the load lasts, from 2 to 600 (default: 40)
  --json              print the outcome as one JSON object, and nothing else
  --role-arn <arn>    use real AWS, read-only: assume this role with your own credentials and call GetCallerIdentity
  --region <region>   the region for --role-arn (default: AWS_REGION)
  --help              print this

Exits with 0 when the session failed no request, 1 when it did, 2 when an option is wrong, 130 after Ctrl-C.
`;

const roleArnPattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;
const regionPattern = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/**
 * Reads the command line.
 *
 * @throws {@link UsageError} for an option that is unknown, lacks its value, or has one that cannot be right.
 */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const values = parse(args);
  const { help = false, json = false, 'role-arn': roleArn, region } = values;
  const seconds = Number(values.seconds ?? 40);
  if (values.seconds?.trim() === '' || !(seconds >= 2 && seconds <= 600)) {
    throw new UsageError('--seconds must be a number from 2 to 600');
  }
  if (roleArn === undefined) {
    if (region !== undefined && !help) throw new UsageError('--region goes with --role-arn only');
    return { help, json, seconds };
  }
  if (!roleArnPattern.test(roleArn)) {
    throw new UsageError('--role-arn must be the ARN of a role, such as arn:aws:iam::123456789012:role/reader');
  }
  const awsRegion = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!awsRegion) throw new UsageError('--role-arn needs --region, or AWS_REGION in the environment');
  if (!regionPattern.test(awsRegion)) throw new UsageError('--region must be a region, such as us-east-1');
  return { help, json, seconds, aws: { roleArn, region: awsRegion } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        seconds: { type: 'string' },
        'role-arn': { type: 'string' },
        region: { type: 'string' },
      },
    }).values;
  } catch (error) {
    // The first sentence says what is wrong; the others are about a separator that this program has no use for.
    const [sentence = ''] = (error as Error).message.split(/\.\s/);
    throw new UsageError(sentence.replace(/\.$/, ''));
  }
}
