/** The buckets and what is in them, in memory. */
import { noSuchBucket } from './s3-error.js';

export interface StoredObject {
  readonly body: Buffer;
  /** With its quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** What goes back with the object: its content type, user metadata and checksum. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Bucket {
  readonly name: string;
  readonly createdAt: Date;
  readonly objects: Map<string, StoredObject>;
  /** Multipart uploads that are neither completed nor aborted, by their id. */
  readonly uploads: Map<string, MultipartUpload>;
}

/** One part of a multipart upload. */
export type UploadedPart = Pick<StoredObject, 'body' | 'etag'>;

export interface MultipartUpload {
  readonly key: string;
  /** What goes back with the object. */
  readonly headers: Readonly<Record<string, string>>;
  /** The checksum that the object will have, by its header. */
  readonly checksum?: string;
  /** Whether that is one of the whole object, and not of the checksums of its parts. */
  readonly fullObject: boolean;
  readonly parts: Map<number, UploadedPart>;
}

export class Buckets {
  readonly #byName = new Map<string, Bucket>();

  create(name: string, createdAt: Date): void {
    this.#byName.set(name, { name, createdAt, objects: new Map(), uploads: new Map() });
  }

  delete(name: string): void {
    this.#byName.delete(name);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws ServiceError (`NoSuchBucket`). */
  get(name: string): Bucket {
    const bucket = this.#byName.get(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  /** In the order of their names. */
  all(): Bucket[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
