/** Objects in a token: short sessions, searches and attributes, over the calls of the standard. */
import type { Attribute } from 'pkcs11js';
import { isRv, tokenFailure } from './errors.js';
import type { Module } from './module.js';
import type { OpenToken } from './open-token.js';

/** A session of one's own, for one piece of work. Sessions must not be used by two at once, so that none is shared. */
export interface Session {
  readonly module: Module;
  readonly handle: Buffer;
}

/** What a template says of an object: names of the standard without `CKA_`. */
export type Template = Readonly<Record<string, number | boolean | string | Buffer>>;

/** Runs some work in a session, and ends it. `doing` is for errors. */
export async function inSession<Result>(
  { module, slot }: OpenToken,
  doing: string,
  work: (session: Session) => Result | Promise<Result>,
  { write = false }: { write?: boolean } = {},
): Promise<Result> {
  const { calls, ck } = module;
  let handle: Buffer | undefined;
  try {
    handle = calls.C_OpenSession(slot.handle, ck.CKF_SERIAL_SESSION | (write ? ck.CKF_RW_SESSION : 0));
    return await work({ module, handle });
  } catch (error) {
    throw tokenFailure(`${doing} in the token '${slot.token.label}'`, error);
  } finally {
    if (handle) closeSession(module, handle);
  }
}

function closeSession({ calls }: Module, handle: Buffer): void {
  try {
    calls.C_CloseSession(handle);
  } catch (error) {
    // Gone with its token, or ended by somebody else: it is closed.
    if (!isRv(error, 'CKR_SESSION_HANDLE_INVALID', 'CKR_SESSION_CLOSED', 'CKR_DEVICE_REMOVED', 'CKR_TOKEN_NOT_PRESENT'))
      throw error;
  }
}

/** The handles of all objects that fit. */
export function findObjects({ module: { calls, ck }, handle }: Session, template: Template): Buffer[] {
  calls.C_FindObjectsInit(handle, toAttributes(ck, template));
  try {
    const found: Buffer[] = [];
    for (let more = calls.C_FindObjects(handle, 64); more.length > 0; more = calls.C_FindObjects(handle, 64)) {
      found.push(...more);
    }
    return found;
  } finally {
    calls.C_FindObjectsFinal(handle);
  }
}

/** An attribute of an object; `undefined` where the object has none of it or keeps it to itself. */
export function readAttribute(
  { module: { calls, ck }, handle }: Session,
  object: Buffer,
  name: string,
): Buffer | undefined {
  try {
    return calls.C_GetAttributeValue(handle, object, [{ type: typeOf(ck, name) }])[0]?.value;
  } catch (error) {
    if (isRv(error, 'CKR_ATTRIBUTE_TYPE_INVALID', 'CKR_ATTRIBUTE_SENSITIVE')) return undefined;
    throw error;
  }
}

export function readText(session: Session, object: Buffer, name: string): string {
  return readAttribute(session, object, name)?.toString('utf8').replace(/\0+$/, '') ?? '';
}

/** `undefined` where the object does not say. */
export function readFlag(session: Session, object: Buffer, name: string): boolean | undefined {
  const value = readAttribute(session, object, name);
  return value?.length ? value[0] !== 0 : undefined;
}

export function toAttributes(ck: Module['ck'], template: Template): Attribute[] {
  return Object.entries(template).map(([name, value]) => ({ type: typeOf(ck, name), value }));
}

function typeOf(ck: Module['ck'], name: string): number {
  return (ck as unknown as Record<string, number>)[`CKA_${name}`] as number;
}
