/** The conformance suite as an author runs it with `node --test`: from the built package, without naming a runner. */
import { describeStrategy, scriptedStrategy } from '@brs/testkit';

describeStrategy(scriptedStrategy, { name: 'scripted', gate: true });
describeStrategy((source) => scriptedStrategy(source, { classify: () => ({ kind: 'recoverable' }) }), {
  name: 'too patient',
});
