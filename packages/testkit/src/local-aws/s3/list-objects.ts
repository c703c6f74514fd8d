/** ListObjects and ListObjectsV2: by prefix, folded at a delimiter, in pages. */
import { type Answer, xmlAnswer } from '../http/answer.js';
import { queryValue } from '../http/local-request.js';
import { toXml, type XmlElements } from '../xml.js';
import { xmlns } from './bucket-actions.js';
import type { S3Call } from './s3-call.js';
import { invalidRequest } from './s3-error.js';

export function listObjectsV2(call: S3Call): Answer {
  const token = queryValue(call.request, 'continuation-token');
  const startAfter = queryValue(call.request, 'start-after');
  const after = token === undefined ? (startAfter ?? '') : Buffer.from(token, 'base64url').toString();
  return list(call, after, ({ last, count, encode }) => ({
    KeyCount: count,
    ContinuationToken: token,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    NextContinuationToken: last === undefined ? undefined : Buffer.from(last).toString('base64url'),
  }));
}

export function listObjects(call: S3Call): Answer {
  const marker = queryValue(call.request, 'marker') ?? '';
  return list(call, marker, ({ last, delimiter, encode }) => ({
    Marker: encode(marker),
    // Without a delimiter the last key says it.
    NextMarker: last === undefined || delimiter === '' ? undefined : encode(last),
  }));
}

interface Page {
  readonly count: number;
  /** The last entry, when there are more. */
  readonly last: string | undefined;
  readonly delimiter: string;
  readonly encode: (text: string) => string;
}

/** `own` has the elements in which the two versions differ. */
function list({ request, buckets, bucket }: S3Call, after: string, own: (page: Page) => XmlElements): Answer {
  const parameter = (name: string): string | undefined => queryValue(request, name);
  const { objects } = buckets.get(bucket);
  const prefix = parameter('prefix') ?? '';
  const delimiter = parameter('delimiter') ?? '';
  const maxKeys = Number(parameter('max-keys') ?? 1000);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw invalidRequest('max-keys must be a whole number from 0.');

  const entries = fold([...objects.keys()].sort(byBytes), prefix, delimiter).filter((name) => byBytes(name, after) > 0);
  const page = entries.slice(0, maxKeys);
  const truncated = page.length < entries.length && maxKeys > 0;
  const encode = parameter('encoding-type') === 'url' ? encodeURIComponent : (text: string): string => text;
  const body = toXml({
    ListBucketResult: {
      '@xmlns': xmlns,
      Name: bucket,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      MaxKeys: maxKeys,
      EncodingType: parameter('encoding-type'),
      IsTruncated: truncated,
      ...own({ count: page.length, last: truncated ? page.at(-1) : undefined, delimiter, encode }),
      Contents: page.flatMap((key) => {
        const object = objects.get(key);
        if (!object || isFolded(key, prefix, delimiter)) return [];
        return [
          {
            Key: encode(key),
            LastModified: object.lastModified.toISOString(),
            ETag: object.etag,
            Size: object.body.length,
            StorageClass: 'STANDARD',
          },
        ];
      }),
      CommonPrefixes: page
        .filter((name) => isFolded(name, prefix, delimiter))
        .map((name) => ({ Prefix: encode(name) })),
    },
  });
  return xmlAnswer(200, body, { 'content-type': 'application/xml' });
}

/** The keys under the prefix; those that go on behind a delimiter are one entry together, which ends with it. */
function fold(keys: string[], prefix: string, delimiter: string): string[] {
  const entries = new Set<string>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    entries.add(at < 0 ? key : key.slice(0, at + delimiter.length));
  }
  return [...entries];
}

function isFolded(name: string, prefix: string, delimiter: string): boolean {
  return delimiter !== '' && name.length > prefix.length && name.endsWith(delimiter);
}

/** S3 lists in the order of the bytes, not of UTF-16. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
