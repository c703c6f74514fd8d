/** The default of `RoleSessionName`: readable in CloudTrail, valid for STS, and unique for each session. */
import { hostname } from 'node:os';

/**
 * `brs-<function or host>-<process id>-<random>`, at most 64 characters of those that STS allows.
 *
 * @param place - where the program runs; default: the name of the Lambda function, or of the host.
 */
export function makeSessionName(place: string = process.env.AWS_LAMBDA_FUNCTION_NAME || hostname()): string {
  return `brs-${place.replace(/[^\w+=,.@-]+/g, '-').slice(0, 32)}-${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
}
