/** How values of this library print: what `console.log` and `util.inspect` show is chosen, not whatever there is. */

type Inspect = (value: unknown, options: object) => string;

/** Gives an object a property that neither prints nor is copied. */
export function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value });
}

/** Makes instances of a class print as its name and what `show` gives. */
export function printAs<Instance>(
  Class: { prototype: Instance & object; name: string },
  show: (instance: Instance) => object,
): void {
  const print = function (this: Instance, _depth: number, options: object, inspect: Inspect): string {
    return `${Class.name} ${inspect(show(this), options)}`;
  };
  hide(Class.prototype, Symbol.for('nodejs.util.inspect.custom'), print);
}
