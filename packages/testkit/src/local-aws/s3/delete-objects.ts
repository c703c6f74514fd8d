/** DeleteObjects: up to a thousand at once. */
import { type Answer, xmlAnswer } from '../http/answer.js';
import { listOf, parseXml, toXml } from '../xml.js';
import { xmlns } from './bucket-actions.js';
import { readPayload } from './payload.js';
import type { S3Call } from './s3-call.js';
import { malformedXml, notImplemented } from './s3-error.js';

type Entry = Readonly<Record<string, unknown>>;

interface Deletion {
  readonly Object?: Entry | readonly Entry[];
  readonly Quiet?: string;
}

export async function deleteObjects({ request, buckets, bucket }: S3Call): Promise<Answer> {
  const { objects } = buckets.get(bucket);
  const { bytes } = await readPayload(request);
  const { Delete: deletion } = (parseXml(bytes.toString()) ?? {}) as { Delete?: Deletion };
  const entries = listOf(deletion?.Object);
  const keys = entries.flatMap(({ Key }) => (typeof Key === 'string' ? [Key] : []));
  if (keys.length === 0 || keys.length > 1000 || keys.length < entries.length) throw malformedXml();
  // A version or a condition changes what is asked for.
  if (entries.some((entry) => Object.keys(entry).length > 1)) throw notImplemented();
  for (const key of keys) objects.delete(key);
  const Deleted = deletion?.Quiet === 'true' ? [] : keys.map((Key) => ({ Key }));
  const body = toXml({ DeleteResult: { '@xmlns': xmlns, Deleted } });
  return xmlAnswer(200, body, { 'content-type': 'application/xml' });
}
