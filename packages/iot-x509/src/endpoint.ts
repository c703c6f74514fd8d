/** Which hosts can be a credential provider. The data endpoint has another prefix: it is refused, never rewritten. */

/** How to find the right host, for errors. */
export const endpointHint: string =
  'Get the credential endpoint with: aws iot describe-endpoint --endpoint-type iot:CredentialProvider';

const host = /^[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i;
const ofAws = /(^|\.)amazonaws\.com(\.cn)?$/i;
const credentialProvider = /^[a-z\d-]+\.credentials\.iot(-fips)?\.([a-z\d-]+)\.amazonaws\.com(\.cn)?$/i;

/** What is wrong with an endpoint, as the end of the sentence "Option `endpoint` …", and nothing for a good one. */
export function endpointProblem(value: string): string | undefined {
  if (!host.test(value)) return 'must be a host name alone: no scheme, port or path';
  if (!ofAws.test(value) || credentialProvider.test(value)) return undefined;
  return /^(?!credentials\.)([^.]+\.)?iot\./i.test(value)
    ? 'is the data endpoint; the credential endpoint has another prefix'
    : 'must be <prefix>.credentials.iot.<region>.amazonaws.com, or a host of your own';
}

/** The region in the name of a credential endpoint of AWS. */
export function regionOf(endpoint: string): string | undefined {
  return credentialProvider.exec(endpoint)?.[2];
}
