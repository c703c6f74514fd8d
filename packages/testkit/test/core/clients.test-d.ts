/** What the compiler knows of clients of every kind, and of libraries on top of them. Checked by `typecheck`; never run. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3, S3Client } from '@aws-sdk/client-s3';
import { TranscribeStreamingClient } from '@aws-sdk/client-transcribe-streaming';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { RefreshableSession } from '@brs/core';
import { expectTypeOf } from 'vitest';

declare const session: RefreshableSession;

expectTypeOf(session.client(DynamoDBClient)).toEqualTypeOf<DynamoDBClient>();
expectTypeOf(session.client(KinesisClient, { maxAttempts: 1 })).toEqualTypeOf<KinesisClient>();
expectTypeOf(session.client(TranscribeStreamingClient)).toEqualTypeOf<TranscribeStreamingClient>();
expectTypeOf(session.client(S3)).toEqualTypeOf<S3>();
expectTypeOf(session.client(S3).listBuckets).toBeFunction();

expectTypeOf(DynamoDBDocumentClient.from(session.client(DynamoDBClient))).toEqualTypeOf<DynamoDBDocumentClient>();
new Upload({ client: session.client(S3Client), params: { Bucket: 'b', Key: 'k', Body: 'x' } });
expectTypeOf(getSignedUrl).parameter(0).toExtend<S3Client>();

// @ts-expect-error -- an option of S3
session.client(DynamoDBClient, { forcePathStyle: true });
// @ts-expect-error -- made from a client, not by a session
session.client(DynamoDBDocumentClient);
