import { describe, it } from 'vitest';
import { runScenario } from '../src/scenarios/run-scenario.js';
import { scenarios } from '../src/scenarios/index.js';

describe('the refresh engine', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) =>
    runScenario(scenario),
  );
});
