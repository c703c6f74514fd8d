/** How values of this library print: what `console.log` and `util.inspect` show is chosen, not whatever there is. */

type Inspect = (value: unknown, options: object) => string;

/** Makes instances of a class print as its name and what `show` gives. */
export function printAs<Instance>(
  Class: { prototype: Instance; name: string },
  show: (instance: Instance) => object,
): void {
  Object.defineProperty(Class.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: Instance, _depth: number, options: object, inspect: Inspect) {
      return `${Class.name} ${inspect(show(this), options)}`;
    },
  });
}
