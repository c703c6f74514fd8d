/** Multipart uploads of the loopback S3: through lib-storage, and call by call. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { describe, expect, it } from 'vitest';
import { startLocalAws } from '../src/index.js';
import { refusal, s3Of } from './support/clients.js';

const Bucket = 'reports';
const target = { Bucket, Key: 'large' };
const MiB = 1024 ** 2;

const bytesOf = async (s3: S3Client): Promise<Buffer> => {
  const { Body } = await s3.send(new GetObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

async function begin(s3: S3Client): Promise<string> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  return UploadId!;
}

const put = async (s3: S3Client, UploadId: string, PartNumber: number, Body: Buffer): Promise<CompletedPart> => {
  const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
  return { PartNumber, ETag };
};

const complete = (s3: S3Client, UploadId: string, Parts: CompletedPart[]) =>
  s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));

describe('lib-storage', () => {
  it('uploads a stream in parts', async () => {
    await using aws = await startLocalAws({ buckets: [Bucket] });
    const s3 = s3Of(aws);
    const body = randomBytes(12 * MiB);
    const stream = Readable.from([body.subarray(0, 3 * MiB), body.subarray(3 * MiB)]);
    const upload = new Upload({
      client: s3,
      params: { ...target, Body: stream, ContentType: 'video/mp4', Metadata: { author: 'alice' } },
    });
    const { ETag } = (await upload.done()) as { ETag: string };
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect((await bytesOf(s3)).equals(body)).toBe(true);
    const head = await s3.send(new HeadObjectCommand(target));
    expect(head).toMatchObject({ ETag, ContentType: 'video/mp4', Metadata: { author: 'alice' } });
    expect(aws.count({ action: 'UploadPart', status: 200 })).toBe(3);
  });

  it.each<[ChecksumAlgorithm, ChecksumType, RegExp]>([
    ['CRC32', 'COMPOSITE', /-2$/],
    ['SHA256', 'COMPOSITE', /-2$/],
    ['CRC32', 'FULL_OBJECT', /=$/],
    ['CRC64NVME', 'FULL_OBJECT', /=$/],
  ])('with a checksum, %s, %s', async (ChecksumAlgorithm, ChecksumType, pattern) => {
    await using aws = await startLocalAws({ buckets: [Bucket] });
    const s3 = s3Of(aws);
    const body = randomBytes(6 * MiB);
    const params = { ...target, Body: body, ChecksumAlgorithm, ChecksumType };
    await new Upload({ client: s3, params }).done();
    // The client computes a checksum of the whole object anew, and knows that it cannot for one of parts.
    expect((await bytesOf(s3)).equals(body)).toBe(true);
    const head = await s3.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
    expect(head.ChecksumType).toBe(ChecksumType);
    expect(head[`Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32']).toMatch(pattern);
  });

  it('aborts', async () => {
    await using aws = await startLocalAws({ buckets: [Bucket] });
    aws.inject({ action: 'UploadPart', kind: 'error', status: 403, code: 'AccessDenied' });
    const upload = new Upload({ client: s3Of(aws), params: { ...target, Body: randomBytes(6 * MiB) } });
    await expect(upload.done()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(aws.count({ action: 'AbortMultipartUpload', status: 204 })).toBe(1);
  });
});

describe('call by call', () => {
  it('parts replace each other, and only those that are listed count', async () => {
    await using aws = await startLocalAws({ buckets: [Bucket] });
    const s3 = s3Of(aws);
    const [first, second] = [randomBytes(5 * MiB), randomBytes(10)];
    const id = await begin(s3);
    await put(s3, id, 2, randomBytes(5 * MiB));
    const parts = [await put(s3, id, 2, first), await put(s3, id, 7, second)];
    await put(s3, id, 9, randomBytes(10));
    expect(await refusal(s3.send(new HeadObjectCommand(target)))).toMatchObject({ status: 404 });
    const { ETag } = await complete(s3, id, parts);
    const digests = [first, second].map((part) => createHash('md5').update(part).digest());
    expect(ETag).toBe(`"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-2"`);
    expect((await bytesOf(s3)).equals(Buffer.concat([first, second]))).toBe(true);
    expect(await refusal(complete(s3, id, parts))).toMatchObject({ code: 'NoSuchUpload', status: 404 });
  });

  it('parts can be copied from an object', async () => {
    await using aws = await startLocalAws({ buckets: [Bucket] });
    const s3 = s3Of(aws);
    const body = randomBytes(6 * MiB);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'from', Body: body }));
    const id = await begin(s3);
    const ranges = [`0-${5 * MiB - 1}`, `${5 * MiB}-${6 * MiB - 1}`];
    const parts: CompletedPart[] = [];
    for (const [index, range] of ranges.entries()) {
      const copied = await s3.send(
        new UploadPartCopyCommand({
          ...target,
          UploadId: id,
          PartNumber: index + 1,
          CopySource: `${Bucket}/from`,
          CopySourceRange: `bytes=${range}`,
        }),
      );
      parts.push({ PartNumber: index + 1, ETag: copied.CopyPartResult?.ETag });
    }
    await complete(s3, id, parts);
    expect((await bytesOf(s3)).equals(body)).toBe(true);
  });

  it('can be for a new object only', async () => {
    await using aws = await startLocalAws({ buckets: [Bucket] });
    const s3 = s3Of(aws);
    const upload = () =>
      new Upload({ client: s3, params: { ...target, Body: randomBytes(6 * MiB), IfNoneMatch: '*' } }).done();
    await upload();
    await expect(upload()).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(aws.count({ action: 'CompleteMultipartUpload', status: 412 })).toBe(1);
  });

  it('is refused as S3 refuses it', async () => {
    await using aws = await startLocalAws({ buckets: [Bucket] });
    const s3 = s3Of(aws);
    const id = await begin(s3);
    const one = await put(s3, id, 1, Buffer.from('small'));
    const two = await put(s3, id, 2, Buffer.from('small, too'));
    const codeOf = async (call: Promise<unknown>): Promise<string> => (await refusal(call)).code;
    expect(await codeOf(complete(s3, id, [one, two]))).toBe('EntityTooSmall');
    expect(await codeOf(complete(s3, id, [two, one]))).toBe('InvalidPartOrder');
    expect(await codeOf(complete(s3, id, [{ ...one, ETag: two.ETag }]))).toBe('InvalidPart');
    expect(await codeOf(complete(s3, id, [{ ...one, PartNumber: 3 }]))).toBe('InvalidPart');
    expect(await codeOf(complete(s3, id, []))).toBe('MalformedXML');
    expect(await codeOf(put(s3, id, 10_001, Buffer.from('x')))).toBe('InvalidArgument');
    expect(await codeOf(put(s3, 'unknown', 1, Buffer.from('x')))).toBe('NoSuchUpload');
    const elsewhere = { Bucket, Key: 'another', UploadId: id };
    expect(await codeOf(s3.send(new AbortMultipartUploadCommand(elsewhere)))).toBe('NoSuchUpload');
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId: id }));
    expect(await codeOf(complete(s3, id, [one]))).toBe('NoSuchUpload');
  });
});
