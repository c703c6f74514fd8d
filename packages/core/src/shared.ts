/**
 * What all copies of this package in a process share, each thing behind a global symbol: an ESM and a CommonJS copy, or two
 * versions, will meet.
 */
export function shared<Value>(name: string, make: () => Value): Value {
  const all = globalThis as { [key: symbol]: unknown };
  return (all[Symbol.for(`@brs/core/${name}/1`)] ??= make()) as Value;
}
