/** What a configuration file in TypeScript or JavaScript imports. The program itself is `brs`. */
export { type BrsConfig, defineConfig, type ProfileOptions, type SecretReference } from './define-config.js';
