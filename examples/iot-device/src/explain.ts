/** What a person is told of an error: what happened, why, and what to do. */

/** Lines for a person; `undefined` for a mistake in the program itself, which needs its stack. */
export function explain(error: unknown): string[] | undefined {
  const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError];
  if (!(error instanceof Error) || mistakes.some((mistake) => error instanceof mistake)) return undefined;
  const reasons: Error[] = [];
  for (let reason: unknown = error; reason instanceof Error; reason = reason.cause) reasons.push(reason);
  const hint = reasons.map(hintOf).find((found) => found !== undefined);
  // An error and its reason can say the same.
  const lines = new Set([...reasons.map(({ message }) => message), hint]);
  return [...lines].filter((line) => line !== undefined);
}

/** The packages' errors have a hint, or what they mean for a session, which has one. */
function hintOf(error: Error): string | undefined {
  const { hint, failure } = error as { hint?: string; failure?: { hint?: string } };
  return hint ?? failure?.hint;
}
