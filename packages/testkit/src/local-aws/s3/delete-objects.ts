/** DeleteObjects: up to a thousand at once. */
import { type Answer, xmlAnswer } from '../http/answer.js';
import { parseXml, toXml } from '../xml.js';
import { xmlns } from './bucket-actions.js';
import { readPayload } from './payload.js';
import type { S3Call } from './s3-call.js';
import { malformedXml, notImplemented } from './s3-error.js';

interface Deletion {
  readonly Object?: readonly Readonly<Record<string, string>>[];
  readonly Quiet?: string;
}

export async function deleteObjects({ request, buckets, bucket }: S3Call): Promise<Answer> {
  const { objects } = buckets.get(bucket);
  const { bytes } = await readPayload(request);
  const { Delete: deletion } = (parseXml(bytes.toString(), ['Object']) ?? {}) as { Delete?: Deletion };
  const entries = deletion?.Object ?? [];
  if (entries.length === 0 || entries.length > 1000 || entries.some(({ Key }) => typeof Key !== 'string'))
    throw malformedXml();
  // A version or a condition changes what is asked for.
  if (entries.some((entry) => Object.keys(entry).some((name) => !['Key', '#text'].includes(name))))
    throw notImplemented();
  const keys = entries.map(({ Key = '' }) => Key);
  for (const key of keys) objects.delete(key);
  const Deleted = deletion?.Quiet === 'true' ? [] : keys.map((Key) => ({ Key }));
  const body = toXml({ DeleteResult: { '@xmlns': xmlns, Deleted } });
  return xmlAnswer(200, body, { 'content-type': 'application/xml' });
}
