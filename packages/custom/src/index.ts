/** Importing this module registers the method `custom` with `@brs/core`. */
import './register.js';

export { CommandFailedError } from './command.js';
export type { Expiration } from './expiration.js';
export type {
  CommandOptions,
  CommandSourceOptions,
  CredentialSource,
  CustomIdentity,
  CustomOptions,
  FunctionSourceOptions,
  SharedOptions,
} from './options.js';
export type {
  ContainerCredentials,
  PascalCaseCredentials,
  PythonCredentials,
  SdkCredentials,
  SourceAnswer,
} from './shapes.js';
export { createCustomStrategy } from './strategy.js';
