/** The command line: what the program can be told, and a clear refusal of everything else. */
import { parseArgs } from 'node:util';

/** Where the key of a device of one's own is: in a file, or in a PKCS#11 token. */
export type OwnKey =
  | { readonly kind: 'pem'; readonly privateKey: string }
  | {
      readonly kind: 'hsm';
      readonly module: string;
      readonly token: string;
      readonly key: string;
      readonly pinFile: string;
    };

/** A device of one's own, in an AWS IoT account of one's own. */
export interface OwnDevice {
  readonly endpoint: string;
  readonly dataEndpoint: string;
  readonly roleAlias: string;
  readonly certificate: string;
  readonly key: OwnKey;
  readonly region: string;
  readonly thingName: string | undefined;
  readonly bucket: string | undefined;
  readonly topic: string;
}

/** What to run. Without `own` everything happens on loopback. */
export interface Options {
  readonly help: boolean;
  /** Whether the outcome is printed as one JSON object, and nothing else. */
  readonly json: boolean;
  /** How long the devices work. */
  readonly seconds: number;
  readonly own?: OwnDevice;
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `--help` prints. */
export const help = `Two devices that have a certificate and no AWS credentials: one with its key in a file, one with its key in an HSM. Each
gets credentials that refresh, writes to S3 with a real SDK client, and talks MQTT 5, with its certificate and over
WebSocket with its credentials. Everything happens on this machine: a small AWS, a SoftHSM token and mosquitto.

  npm run iot-device -- [options]

  --seconds <n>             how long the devices work, from 10 to 3600 (default: 20)
  --json                    print the outcome as one JSON object, and nothing else
  --help                    print this

With an AWS IoT account of your own, one device, whose key is in a file or in a token:

  --endpoint <host>         the credential provider (aws iot describe-endpoint --endpoint-type iot:CredentialProvider)
  --data-endpoint <host>    the broker (aws iot describe-endpoint --endpoint-type iot:Data-ATS)
  --role-alias <name>       the role alias to ask for
  --certificate <file>      the device's certificate, PEM
  --private-key <file>      its key, PEM; or, in its place, the key in a token:
  --module <path>           the PKCS#11 module
  --token <label>           the token
  --key <label>             the key
  --pin-file <file>         the file that holds the PIN
  --region <region>         default: AWS_REGION
  --thing-name <name>       default: none is sent
  --bucket <name>           where objects are put (default: none are)
  --topic <topic>           what is published to and subscribed to (default: brs/iot-device)

Exits with 0 when all of it worked, 1 when something did not, 2 when an option is wrong.
`;

const ownOptions = {
  endpoint: { type: 'string' },
  'data-endpoint': { type: 'string' },
  'role-alias': { type: 'string' },
  certificate: { type: 'string' },
  'private-key': { type: 'string' },
  module: { type: 'string' },
  token: { type: 'string' },
  key: { type: 'string' },
  'pin-file': { type: 'string' },
  region: { type: 'string' },
  'thing-name': { type: 'string' },
  bucket: { type: 'string' },
  topic: { type: 'string' },
} as const;

type OwnValues = { readonly [Name in keyof typeof ownOptions]?: string | undefined };

/**
 * Reads the command line.
 *
 * @throws {@link UsageError} for an option that is unknown, lacks its value, or has one that cannot be right.
 */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { help: wantsHelp = false, json = false, seconds: text = '20', ...values } = parse(args);
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 10 && seconds <= 3600)) {
    throw new UsageError('--seconds must be a number from 10 to 3600');
  }
  const options = { help: wantsHelp, json, seconds };
  if (wantsHelp || Object.values(values).every((value) => value === undefined)) return options;
  return { ...options, own: readOwn(values, env) };
}

function readOwn(values: OwnValues, env: NodeJS.ProcessEnv): OwnDevice {
  const need = (name: keyof OwnValues, why = 'for a device of your own'): string => {
    const value = values[name];
    if (!value) throw new UsageError(`--${name} is needed ${why}`);
    return value;
  };
  const region = values.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!region) throw new UsageError('--region is needed, or AWS_REGION in the environment');
  const inToken = (['module', 'token', 'key', 'pin-file'] as const).find((name) => values[name] !== undefined);
  if (inToken && values['private-key']) throw new UsageError(`--private-key and --${inToken} exclude each other`);
  const beside = `beside --${inToken}`;
  return {
    endpoint: need('endpoint'),
    dataEndpoint: need('data-endpoint'),
    roleAlias: need('role-alias'),
    certificate: need('certificate'),
    key: inToken
      ? {
          kind: 'hsm',
          module: need('module', beside),
          token: need('token', beside),
          key: need('key', beside),
          pinFile: need('pin-file', beside),
        }
      : { kind: 'pem', privateKey: need('private-key', 'unless the key is in a token (--module, --token, --key)') },
    region,
    thingName: values['thing-name'],
    bucket: values.bucket,
    topic: values.topic ?? 'brs/iot-device',
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        seconds: { type: 'string' },
        ...ownOptions,
      },
    }).values;
  } catch (error) {
    // The first sentence says what is wrong; the others are about a separator that this program has no use for.
    const [sentence = ''] = (error as Error).message.split(/\.\s/);
    throw new UsageError(sentence.replace(/\.$/, ''));
  }
}
