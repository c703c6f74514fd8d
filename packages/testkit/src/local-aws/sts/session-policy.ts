/** Session policies and tags: whether they are well formed and small enough. What a policy allows is not enforced. */
import { deflateRawSync } from 'node:zlib';
import { ServiceError } from '../service-error.js';
import type { Parameters } from './parameters.js';

/** What of a request goes into the packed form that AWS limits. */
const packedLimitBytes = 2_048;

/**
 * Reads Policy, PolicyArns, Tags and TransitiveTagKeys, and returns the size that they take, in per cent of what is
 * allowed; `undefined` when there are none.
 *
 * @throws ServiceError `MalformedPolicyDocument` or `PackedPolicyTooLarge`, from the function that is returned.
 */
export function readSessionPolicy(parameters: Parameters): () => number | undefined {
  const policy = parameters.text('Policy', { min: 1, max: 2_048 });
  const policyArns = parameters.list('PolicyArns', 'arn');
  const tagKeys = parameters.list('Tags', 'Key');
  const tagValues = parameters.list('Tags', 'Value');
  const transitive = parameters.list('TransitiveTagKeys');
  parameters.atMost('PolicyArns', policyArns.length, 10);
  parameters.atMost('Tags', tagKeys.length, 50);
  parameters.atMost('TransitiveTagKeys', transitive.length, 50);
  return () => {
    if (policy !== undefined) checkPolicy(policy);
    const packed = [policy ?? '', ...policyArns, ...tagKeys, ...tagValues, ...transitive].join('\n');
    if (packed.trim() === '') return undefined;
    const percent = Math.ceil((deflateRawSync(packed).length / packedLimitBytes) * 100);
    if (percent > 100) {
      const message = `Packed size of session tags consumes ${percent}% of allotted space.`;
      throw new ServiceError('PackedPolicyTooLarge', 400, message);
    }
    return percent;
  };
}

function checkPolicy(text: string): void {
  const malformed = (message: string): ServiceError => new ServiceError('MalformedPolicyDocument', 400, message);
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (typeof policy !== 'object' || policy === null || !('Statement' in policy)) {
    throw malformed('Syntax errors in policy.');
  }
}
