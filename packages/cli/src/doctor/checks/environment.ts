/** Variables that win over what was meant, or that make Node trust what it should not. */
import { access } from 'node:fs/promises';
import { defaultProfileWins } from '../../config/aws-profile.js';
import { type Check, ok, warning } from '../check.js';
import type { Patient } from '../patient.js';

/** What is wrong, and what to do. */
type Problem = readonly [found: string, advice: string];

export const environment: Check = {
  name: 'environment',
  title: 'Environment',
  needs: ['configuration'],
  async run(patient) {
    const problems = (await Promise.all([rivalKeys(patient), rivalProfile(patient), authorities(patient)])).flat();
    if (problems.length > 0) {
      return warning(problems.map(([found]) => found).join(' '), problems.map(([, advice]) => advice).join(' '));
    }
    const { AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL = AWS_ENDPOINT_URL_STS } = patient.env;
    // User and password can be in it.
    const place = AWS_ENDPOINT_URL?.replace(/\/\/.*@/s, '//***@');
    return ok(place ? `AWS_ENDPOINT_URL leads to ${place}` : 'no variable is in the way');
  },
};

/** The SDK's default chain takes keys in variables before a default profile, and a profile that is named before those. */
async function rivalKeys(patient: Patient): Promise<Problem[]> {
  const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = patient.env;
  const { options, isOwnProfile, profile } = await patient.resolved();
  const request = await patient.stsRequest();
  if (!key || !secret || !request || options.credentials !== undefined) return [];
  const named = options.profile ?? (isOwnProfile ? undefined : (profile ?? (patient.env.AWS_PROFILE || undefined)));
  if (named !== undefined) {
    return [
      [
        `AWS_ACCESS_KEY_ID is set, and the profile '${named as string}' is taken in its place.`,
        'Unset AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: other programs and other SDKs take them first.',
      ],
    ];
  }
  const files = defaultProfileWins(await patient.awsFiles());
  if (!files.config && !files.credentials) return [];
  return [
    [
      'AWS_ACCESS_KEY_ID wins over the default profile of AWS: the base credentials are those of the environment.',
      'If the profile is meant: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN.',
    ],
  ];
}

async function rivalProfile({ env, profile }: Patient): Promise<Problem[]> {
  const { BRS_PROFILE: ours, AWS_PROFILE: theirs } = env;
  if (profile !== undefined || !ours || !theirs || ours === theirs) return [];
  return [
    [`BRS_PROFILE (${ours}) wins over AWS_PROFILE (${theirs}).`, 'Unset the one that is not meant, or give --profile.'],
  ];
}

async function authorities({ env }: Patient): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    problems.push([
      'NODE_TLS_REJECT_UNAUTHORIZED is 0: no server is verified, and each can be anybody.',
      'Unset it, and name the authority of the server in NODE_EXTRA_CA_CERTS.',
    ]);
  }
  const { NODE_EXTRA_CA_CERTS: file } = env;
  const isMissing =
    file &&
    (await access(file).then(
      () => false,
      () => true,
    ));
  if (isMissing) {
    problems.push([`NODE_EXTRA_CA_CERTS names ${file}, which cannot be read.`, 'Correct the path, or unset it.']);
  }
  return problems;
}
