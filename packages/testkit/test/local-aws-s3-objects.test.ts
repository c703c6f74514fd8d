/** What the S3 of the loopback AWS can do with objects beyond putting and getting them whole. */
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.js';
import { assume, readerArn, refusal, s3Of } from './support/clients.js';

const Bucket = 'reports';
const object = { Bucket, Key: 'k' };

/** With one object, `0123456789`. */
async function start(): Promise<{ aws: LocalAws; s3: S3Client; ETag: string } & AsyncDisposable> {
  const aws = await startLocalAws({ buckets: [Bucket] });
  const s3 = s3Of(aws);
  const { ETag } = await s3.send(
    new PutObjectCommand({ ...object, Body: '0123456789', ContentType: 'text/plain', Metadata: { author: 'alice' } }),
  );
  return { aws, s3, ETag: ETag!, [Symbol.asyncDispose]: () => aws.close() };
}

describe('a range', () => {
  it.each([
    ['bytes=2-5', '2345', 'bytes 2-5/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
  ])('%s is a part of the object', async (Range, text, ContentRange) => {
    await using started = await start();
    const answer = await started.s3.send(new GetObjectCommand({ ...object, Range, ChecksumMode: 'ENABLED' }));
    expect(await answer.Body?.transformToString()).toBe(text);
    expect(answer).toMatchObject({ ContentRange, ContentLength: text.length, AcceptRanges: 'bytes' });
    expect(answer.$metadata.httpStatusCode).toBe(206);
    const head = await started.s3.send(new HeadObjectCommand({ ...object, Range }));
    expect(head.ContentLength).toBe(text.length);
  });

  it('must have something in it', async () => {
    await using started = await start();
    const get = started.s3.send(new GetObjectCommand({ ...object, Range: 'bytes=10-' }));
    expect(await refusal(get)).toMatchObject({ code: 'InvalidRange', status: 416 });
  });
});

describe('conditions', () => {
  it('on reading', async () => {
    await using started = await start();
    const { s3, ETag } = started;
    const get = (condition: { IfMatch?: string; IfNoneMatch?: string }) =>
      s3.send(new GetObjectCommand({ ...object, ...condition }));
    expect((await get({ IfMatch: ETag })).ContentLength).toBe(10);
    expect((await get({ IfNoneMatch: '"other"' })).ContentLength).toBe(10);
    expect(await refusal(get({ IfMatch: '"other"' }))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    expect(await refusal(get({ IfNoneMatch: ETag }))).toMatchObject({ status: 304 });
  });

  it('on writing', async () => {
    await using started = await start();
    const { s3, ETag } = started;
    const put = (Key: string, condition: { IfMatch?: string; IfNoneMatch?: string }) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'new', ...condition }));
    await put('new', { IfNoneMatch: '*' });
    expect(await refusal(put('new', { IfNoneMatch: '*' }))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    expect(await refusal(put('none', { IfMatch: ETag }))).toMatchObject({ code: 'NoSuchKey', status: 404 });
    await put('k', { IfMatch: ETag });
    expect(await refusal(put('k', { IfMatch: ETag }))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
  });
});

describe('a copy', () => {
  it('has the bytes, the type and the metadata of its source, or metadata of its own', async () => {
    await using started = await start();
    const { aws, s3, ETag } = started;
    aws.createBucket('archive');
    const copy = { Bucket: 'archive', Key: 'a copy', CopySource: `/${Bucket}/k` };
    const { CopyObjectResult } = await s3.send(new CopyObjectCommand(copy));
    expect(CopyObjectResult).toMatchObject({ ETag, LastModified: expect.any(Date) });
    const read = async (): Promise<object> => {
      const answer = await s3.send(new GetObjectCommand({ Bucket: 'archive', Key: 'a copy', ChecksumMode: 'ENABLED' }));
      const { ContentType, Metadata } = answer;
      return { text: await answer.Body?.transformToString(), ContentType, Metadata };
    };
    expect(await read()).toEqual({ text: '0123456789', ContentType: 'text/plain', Metadata: { author: 'alice' } });
    await s3.send(
      new CopyObjectCommand({
        ...copy,
        CopySource: 'archive/a%20copy',
        MetadataDirective: 'REPLACE',
        ContentType: 'text/csv',
        Metadata: { author: 'bob' },
      }),
    );
    expect(await read()).toEqual({ text: '0123456789', ContentType: 'text/csv', Metadata: { author: 'bob' } });
  });

  it('can be one of a certain object only', async () => {
    await using started = await start();
    const { s3, ETag } = started;
    const copy = (condition: { CopySourceIfMatch?: string; CopySourceIfNoneMatch?: string }) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'a', CopySource: `${Bucket}/k`, ...condition }));
    await copy({ CopySourceIfMatch: ETag, CopySourceIfNoneMatch: '"other"' });
    const failed = { code: 'PreconditionFailed', status: 412 };
    expect(await refusal(copy({ CopySourceIfMatch: '"other"' }))).toMatchObject(failed);
    expect(await refusal(copy({ CopySourceIfNoneMatch: ETag }))).toMatchObject(failed);
  });

  it('needs a source, a difference, and the permission to read', async () => {
    await using started = await start();
    const { aws, s3 } = started;
    const copy = (client: S3Client, Key: string, CopySource: string) =>
      client.send(new CopyObjectCommand({ Bucket, Key, CopySource }));
    expect(await refusal(copy(s3, 'a', `${Bucket}/none`))).toMatchObject({ code: 'NoSuchKey', status: 404 });
    expect(await refusal(copy(s3, 'a', 'nowhere/k'))).toMatchObject({ code: 'NoSuchBucket', status: 404 });
    expect(await refusal(copy(s3, 'k', `${Bucket}/k`))).toMatchObject({ code: 'InvalidRequest', status: 400 });
    aws.putRole({ arn: readerArn, allow: ['s3:PutObject'] });
    const writer = s3Of(aws, await assume(aws));
    expect(await refusal(copy(writer, 'a', `${Bucket}/k`))).toMatchObject({ code: 'AccessDenied', status: 403 });
  });
});

describe('many at once', () => {
  it('are deleted', async () => {
    await using started = await start();
    const { s3 } = started;
    await s3.send(new PutObjectCommand({ Bucket, Key: ' <&> ', Body: 'x' }));
    const Objects = [{ Key: 'k' }, { Key: ' <&> ' }, { Key: 'none' }];
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['k', ' <&> ', 'none']);
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    const quiet = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'k' }], Quiet: true } }));
    expect(quiet.Deleted).toBeUndefined();
    const none = s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [] } }));
    expect(await refusal(none)).toMatchObject({ code: 'MalformedXML', status: 400 });
  });

  it('are listed in the older way, too', async () => {
    await using started = await start();
    const { s3 } = started;
    for (const Key of ['2025/a', '2026/a', 'x', 'y']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const first = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 3 }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'k', Marker: '' });
    expect(first.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['2025/', '2026/']);
    const second = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: first.NextMarker }));
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['x', 'y']);
    expect(second.IsTruncated).toBe(false);
    const flat = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 1 }));
    expect([flat.IsTruncated, flat.NextMarker]).toEqual([true, undefined]);
  });
});
