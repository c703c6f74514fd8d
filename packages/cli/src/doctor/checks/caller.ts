/** STS takes the credentials that were given, and says whose they are. */
import { type Check, failed, type Finding, notApplicable, ok, warning } from '../check.js';
import { callerOf } from '../base.js';
import { failureOf } from '../failure.js';
import { stsClientOf } from '../sts.js';
import type { Patient } from '../patient.js';

export const caller: Check = {
  name: 'caller',
  title: 'Identity',
  needs: ['credentials'],
  async run(patient) {
    const isSts = (await patient.method()) === 'sts';
    const region = await patient.region();
    if (!isSts && !region) return notApplicable('no region says which STS to ask');
    try {
      return ok(await (isSts ? ofSession(patient) : ofStranger(patient, region)));
    } catch (error) {
      return explain(error);
    }
  },
};

async function ofSession(patient: Patient): Promise<string> {
  const { session } = await patient.session();
  return (await session.whoami({ signal: patient.deadline })).arn ?? 'somebody';
}

async function ofStranger(patient: Patient, region: string | undefined): Promise<string> {
  const { session } = await patient.session();
  const client = await stsClientOf({ region }, session.credentials);
  try {
    return (await callerOf(client, patient.deadline)).arn;
  } finally {
    client.destroy();
  }
}

function explain(error: unknown): Finding {
  const { $metadata, name, message } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const said = `${name}: ${message.split('\n', 1)[0]}`;
  const status = $metadata?.httpStatusCode ?? (error as { status?: number }).status;
  if (status !== undefined && status < 500) {
    return failed(`STS does not take the credentials that were given. ${said}`, failureOf(error).advice, name);
  }
  return warning(
    `The credentials are there, and STS could not be asked whose they are. ${said}`,
    'That is all right where this machine is not meant to reach STS.',
    name,
  );
}
