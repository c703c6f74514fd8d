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

/** An error and its causes, outermost first. */
export function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== undefined; link = (link as { cause?: unknown } | null)?.cause) chain.push(link);
  return chain;
}
