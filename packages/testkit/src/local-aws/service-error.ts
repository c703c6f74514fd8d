/** What a service answers instead of a result. It becomes the XML of the service that threw it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    /** AWS's own code, such as `AccessDenied`. */
    readonly code: string,
    readonly status: number,
    message: string,
    /** Further elements of the error, such as `BucketName`. */
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
