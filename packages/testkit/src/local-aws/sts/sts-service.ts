/** STS in the Query protocol: finds the call, lets its caller in, answers in XML. */
import { AuthFailure } from '../auth/auth-failure.js';
import { authenticate } from '../auth/authenticate.js';
import { claimedCaller } from '../auth/claims.js';
import { type Answer, xmlAnswer } from '../http/answer.js';
import type { LocalRequest } from '../http/local-request.js';
import type { Principal } from '../principals.js';
import type { CallContext, Caller, Service } from '../service.js';
import { ServiceError } from '../service-error.js';
import { toXml } from '../xml.js';
import { assumeRole } from './assume-role.js';
import { assumeRoleWithSaml } from './assume-role-with-saml.js';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.js';
import { getCallerIdentity } from './get-caller-identity.js';
import { getFederationToken } from './get-federation-token.js';
import { getSessionToken } from './get-session-token.js';
import { Parameters } from './parameters.js';
import type { SignedStsCall, StsCall, StsResult, StsState } from './sts-context.js';
import { fromAuthFailure } from './sts-error.js';

const signedCalls = new Map<string, (call: SignedStsCall) => StsResult>([
  ['AssumeRole', assumeRole],
  ['GetCallerIdentity', getCallerIdentity],
  ['GetFederationToken', getFederationToken],
  ['GetSessionToken', getSessionToken],
]);

const anonymousCalls = new Map<string, (call: StsCall) => StsResult>([
  ['AssumeRoleWithSAML', assumeRoleWithSaml],
  ['AssumeRoleWithWebIdentity', assumeRoleWithWebIdentity],
]);

const xmlns = 'https://sts.amazonaws.com/doc/2011-06-15/';

export class StsService implements Service {
  readonly name = 'sts';
  readonly contentType = 'text/xml';
  readonly callerOf: (request: LocalRequest) => Caller = claimedCaller;

  constructor(private readonly state: StsState) {}

  actionOf(request: LocalRequest): string {
    const action = formOf(request).get('Action') ?? '';
    return signedCalls.has(action) || anonymousCalls.has(action) ? action : 'Unknown';
  }

  async handle(request: LocalRequest, { requestId, issueExpired }: CallContext): Promise<Answer> {
    const form = formOf(request);
    const action = form.get('Action') ?? '';
    const call = this.#call(form, issueExpired);
    const anonymous = anonymousCalls.get(action);
    const signed = signedCalls.get(action);
    let result: StsResult;
    if (anonymous) result = anonymous(call);
    else if (signed) result = signed({ ...call, caller: await this.#caller(request, action) });
    else {
      throw new ServiceError('InvalidAction', 400, `Could not find operation ${action} for version 2011-06-15`);
    }
    const body = toXml({
      [`${action}Response`]: {
        '@xmlns': xmlns,
        [`${action}Result`]: result,
        ResponseMetadata: { RequestId: requestId },
      },
    });
    return xmlAnswer(200, body, { 'x-amzn-requestid': requestId });
  }

  errorAnswer(error: ServiceError, _request: LocalRequest, requestId: string): Answer {
    const body = toXml({
      ErrorResponse: {
        '@xmlns': xmlns,
        Error: {
          Type: error.status < 500 ? 'Sender' : 'Receiver',
          Code: error.code,
          Message: error.message,
        },
        RequestId: requestId,
      },
    });
    return { ...xmlAnswer(error.status, body, { 'x-amzn-requestid': requestId }), code: error.code };
  }

  throttled(): ServiceError {
    return new ServiceError('Throttling', 400, 'Rate exceeded');
  }

  async #caller(request: LocalRequest, action: string): Promise<Principal> {
    const { clock, store, disabledRegions } = this.state;
    const { credentials, region } = await authenticate(request, 'sts', store, clock).catch((error: unknown) => {
      throw error instanceof AuthFailure ? fromAuthFailure(error, clock.now()) : error;
    });
    if (disabledRegions.has(region) && action !== 'GetCallerIdentity') {
      const message = `STS is not activated in this region for account:${credentials.principal.accountId}. Your account administrator can activate STS in this region using the IAM Console.`;
      throw new ServiceError('RegionDisabledException', 403, message);
    }
    return credentials.principal;
  }

  #call(form: URLSearchParams, issueExpired: boolean): StsCall {
    const { state } = this;
    return {
      state,
      parameters: new Parameters(form),
      issue: (principal, durationSeconds) => {
        const lifetimeMs = issueExpired ? -1000 : (state.lifetimeMs() ?? durationSeconds * 1000);
        return state.store.issue(principal, state.clock.now() + lifetimeMs);
      },
    };
  }
}

/** Whether a request is one for STS: a form, or a presigned link that names an action. */
export function isStsRequest({ method, rawPath, headers, query }: LocalRequest): boolean {
  if (rawPath !== '/') return false;
  if (method === 'POST') return (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return query.has('Action');
}

function formOf({ method, query, body }: LocalRequest): URLSearchParams {
  if (method === 'POST') return new URLSearchParams(body.toString('utf8'));
  return new URLSearchParams(
    [...query].flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  );
}
