/** Looks at rejections. */

/** What a promise rejects with; fails when it is fulfilled. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('expected a rejection, and the promise was fulfilled');
}

/** What a promise gives, or the code of the error that it rejects with. */
export async function codeOr<Value>(promise: Promise<Value>): Promise<Value | string> {
  try {
    return await promise;
  } catch (error) {
    return (error as { code: string }).code;
  }
}
