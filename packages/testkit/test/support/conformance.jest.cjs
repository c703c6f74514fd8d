/** The conformance suite as an author runs it with jest: from the built package, with jest's own globals. */
const { describeStrategy, scriptedStrategy } = require('@brs/testkit');

describeStrategy(scriptedStrategy, { name: 'scripted', gate: true });
describeStrategy((source) => scriptedStrategy(source, { classify: () => ({ kind: 'recoverable' }) }), {
  name: 'too patient',
});
