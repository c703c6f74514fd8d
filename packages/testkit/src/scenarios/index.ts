/** Every scenario of the refresh engine. */
import { advisoryScenarios } from './advisory.js';
import { callerScenarios } from './callers.js';
import { failureScenarios } from './failures.js';
import { mandatoryScenarios } from './mandatory.js';
import type { Scenario } from './scenario.js';
import { timeScenarios } from './time.js';
import { windowScenarios } from './windows.js';

/** What the engine does, as data: run them with `runScenario`, or all that suit a strategy with `describeStrategy`. */
export const scenarios: readonly Scenario[] = [
  ...windowScenarios,
  ...advisoryScenarios,
  ...mandatoryScenarios,
  ...failureScenarios,
  ...callerScenarios,
  ...timeScenarios,
];
