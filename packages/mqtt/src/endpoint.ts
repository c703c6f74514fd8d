/** Knows the data endpoint of IoT Core from its other endpoints, and what it says of the region. */
import { describeType } from '@brs/core';

const howToFind = 'the data endpoint is what `aws iot describe-endpoint --endpoint-type iot:Data-ATS` prints';

/** Endpoints of IoT Core that speak no MQTT. */
const others: readonly [RegExp, string][] = [
  [/\.credentials\.iot[.-]/, 'the endpoint of the credential provider'],
  [/\.jobs\.iot[.-]/, 'the endpoint of IoT Jobs'],
  [/^(api\.)?iot[.-]/, 'the control plane'],
];

/** A label of letters, digits, hyphens and underscores, or several with dots between them; or an IP address. */
const hostName = /^(?=.{1,253}$)[\w-]+(\.[\w-]+)*\.?$|^[\da-f:]*:[\da-f:.]*$/i;

/** What is wrong with an endpoint, as the end of the sentence "Option `endpoint` …", or nothing. */
export function endpointRule(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be a host name, got ${describeType(value)}; ${howToFind}`;
  if (!hostName.test(value)) return `must be a host name without scheme, port and path; ${howToFind}`;
  if (!/\.amazonaws\.com(\.cn)?\.?$/i.test(value)) return undefined;
  const other = others.find(([pattern]) => pattern.test(value.toLowerCase()));
  return other && `is ${other[1]}, which speaks no MQTT; ${howToFind}`;
}

/** The region in the name of an endpoint of AWS: `eu-west-1` of `a1b2-ats.iot.eu-west-1.amazonaws.com`. */
export function regionOf(endpoint: string): string | undefined {
  return /\.iot(?:-fips)?\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?\.?$/i
    .exec(endpoint)?.[1]
    ?.toLowerCase();
}
