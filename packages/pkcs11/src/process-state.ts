/**
 * What all copies of this package in a process share: the modules that were loaded, because a process has one state for
 * each, and the PINs that were refused, so that nobody presents one again.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Pkcs11Error } from './errors.js';
import type { Module } from './module.js';

interface ProcessState {
  /** By real path. */
  readonly modules: Map<string, Promise<Module>>;
  /** By token and PIN, both hidden in a digest. */
  readonly refused: Map<string, Pkcs11Error>;
  /** Of this process alone, so that a digest says nothing about a PIN to anybody who sees the memory later. */
  readonly salt: Buffer;
}

const key = Symbol.for('@brs/pkcs11/state/1');
const holder = globalThis as { [key]?: ProcessState };

export function processState(): ProcessState {
  return (holder[key] ??= { modules: new Map(), refused: new Map(), salt: randomBytes(32) });
}

/** The error with which a token has refused a PIN before, in this process. */
export function refusalOf(token: string, pin: string): Pkcs11Error | undefined {
  return processState().refused.get(digest(token, pin));
}

/** From now on nobody presents this PIN to this token. */
export function rememberRefusal(token: string, pin: string, error: Pkcs11Error): void {
  processState().refused.set(digest(token, pin), error);
}

function digest(token: string, pin: string): string {
  return createHmac('sha256', processState().salt)
    .update(JSON.stringify([token, pin]))
    .digest('base64');
}
