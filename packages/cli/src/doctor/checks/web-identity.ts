/** The token of a web identity: it can be read, is a JWT, has not expired, and says whom it is for. */
import { readSmallFile } from '../../session/small-file.js';
import { type Check, failed, type Finding, notApplicable, ok, warning } from '../check.js';

interface Claims {
  readonly iss?: unknown;
  readonly aud?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
}

export const webIdentity: Check = {
  name: 'web-identity',
  title: 'Web identity token',
  needs: ['options'],
  async run(patient) {
    const { assumeRoleWithWebIdentity: given } = await patient.values();
    const source = (given as { WebIdentityToken?: unknown } | undefined)?.WebIdentityToken;
    if (source === undefined) return notApplicable('no token is used');
    const { file } = source as { file?: unknown };
    let token: string;
    try {
      token = typeof file === 'string' ? await readSmallFile(file) : await read(source, patient.deadline);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (typeof file !== 'string') throw error;
      return failed(`The token cannot be read: ${message}`, 'Correct the path; or let what writes it do so.', code);
    }
    return judge(token.trim(), Date.now());
  },
};

async function read(source: unknown, signal: AbortSignal): Promise<string> {
  return String(typeof source === 'function' ? await (source as (context: object) => unknown)({ signal }) : source);
}

function judge(token: string, now: number): Finding {
  const claims = claimsOf(token);
  const whole =
    'Give the ID token of an OpenID Connect provider, three parts with dots between them, and nothing else.';
  if (!claims) return failed(token ? 'What is given is no JWT.' : 'The token is empty.', whole, 'NOT_A_JWT');
  const { iss = 'nobody', aud, exp, nbf } = claims;
  const audiences = [aud].flat().filter((audience) => typeof audience === 'string');
  const about = `by ${String(iss)}, for ${audiences.join(', ') || 'nobody'}`;
  if (typeof exp === 'number' && exp * 1000 <= now) {
    return failed(
      `The token, ${about}, expired at ${new Date(exp * 1000).toISOString()}.`,
      'Get a new one: what writes the file has not renewed it.',
      'ExpiredToken',
    );
  }
  if (typeof nbf === 'number' && nbf * 1000 > now + 60_000) {
    return failed(`The token, ${about}, is not valid yet.`, "Set this machine's clock.", 'TOKEN_NOT_YET_VALID');
  }
  if (audiences.length === 0) {
    return warning('The token is for no audience.', 'The provider in IAM wants one, such as sts.amazonaws.com.');
  }
  return ok(typeof exp === 'number' ? `${about}, until ${new Date(exp * 1000).toISOString()}` : about);
}

/** What a JWT says; its signature is for STS to look at. */
function claimsOf(token: string): Claims | undefined {
  const [head, payload, signature, ...more] = token.split('.');
  if (!head || !payload || !signature || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    // The parser's own error quotes the text.
    return undefined;
  }
}
