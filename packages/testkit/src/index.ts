export { ManualClock, settled } from './manual-clock.js';
export {
  generationOf,
  ScriptedFailure,
  ScriptedSource,
  type ScriptedSourceOptions,
  scriptedStrategy,
  type SourceBehaviour,
} from './scripted-source.js';
export { scenarios } from './scenarios/index.js';
export { runScenario, type StrategyOverSource } from './scenarios/run-scenario.js';
export type { Action, ExpectedResult, Expectation, Scenario, ScenarioNeed } from './scenarios/scenario.js';
export * from './local-aws/index.js';
export {
  describeStrategy,
  type Disposable,
  type StrategyCapabilities,
  type StrategyFactory,
  type TestRunner,
} from './describe-strategy.js';
