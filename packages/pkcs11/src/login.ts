/**
 * Logs in to a token, once per process: PKCS#11 knows one login for all sessions of a process. A PIN that was refused is
 * never presented again, and one session stays open for good, because the login ends with the last.
 */
import { isRv, Pkcs11Error, tokenFailure } from './errors.js';
import type { Module } from './module.js';
import type { PinSource } from './pin.js';
import { refusalFrom, refuseUntried } from './pin-rules.js';
import { refusalOf, rememberRefusal } from './process-state.js';
import { describeToken, type Token, type TokenSlot } from './tokens.js';

/** The login to one token. */
export interface TokenLogin {
  /** The session that is kept open. */
  session?: Buffer | undefined;
  /** The PIN that the token has accepted; a function, so that nothing prints it. */
  accepted?: (() => string) | undefined;
  /** Logins come one after the other. */
  queue: Promise<unknown>;
}

/** How a login may go. */
export interface LoginOptions {
  readonly pin: PinSource;
  /** Whether a PIN may be tried where a wrong one would lock the token. */
  readonly useFinalTry: boolean;
  /** Whether the PIN was refused: then somebody else's login is no way around it. */
  refused?: boolean | undefined;
}

// States of a session in which the user is logged in: CKS_RO_USER_FUNCTIONS and CKS_RW_USER_FUNCTIONS.
const userStates: ReadonlySet<number> = new Set([1, 3]);

/**
 * Makes sure that the user is logged in, and gives the PIN that the token has accepted, where there is one.
 *
 * @throws Pkcs11Error, any of the codes that begin with `PIN_`, `TOKEN_NOT_INITIALIZED` or `TOKEN_FAILED`.
 */
export function login(module: Module, slot: TokenSlot, options: LoginOptions): Promise<string | undefined> {
  const identity = tokenId(slot.token);
  let state = module.logins.get(identity);
  if (!state) module.logins.set(identity, (state = { queue: Promise.resolve() }));
  const turn = state.queue.then(
    () => logIn(module, slot, state, options),
    () => logIn(module, slot, state, options),
  );
  // The queue itself never fails: a failure belongs to the caller whose turn it was.
  state.queue = turn.catch(() => undefined);
  return turn;
}

/** Whether the login to a token still holds: it ends when the token is removed, or somebody in the process ends it. */
export function isLoggedIn(module: Module, { token }: TokenSlot): boolean {
  const state = module.logins.get(tokenId(token));
  if (!state?.session) return false;
  try {
    const { state: loginState } = module.calls.C_GetSessionInfo(state.session);
    return !token.loginRequired || userStates.has(loginState);
  } catch {
    // Whatever it is, such as a token that was taken out: a new session will say it.
    return false;
  }
}

async function logIn(
  module: Module,
  slot: TokenSlot,
  state: TokenLogin,
  options: LoginOptions,
): Promise<string | undefined> {
  if (options.refused) throwIfRefused(slot.token, await pinFor(slot.token, options));
  options.refused = false;
  if (isLoggedIn(module, slot)) return provenPin(slot.token, state, options);
  const session = openKeptSession(module, slot, state);
  // Another library in the process may have logged in.
  if (!isLoggedIn(module, slot)) {
    const pin = await pinFor(slot.token, options);
    // Set first, and taken back where it went well: nothing that fails on the way leaves it out.
    options.refused = true;
    present(module, slot, session, pin, state.accepted?.() === pin || options.useFinalTry);
    options.refused = false;
    state.accepted = () => pin;
  }
  return provenPin(slot.token, state, options);
}

/** Where another library has logged in, nobody here knows which PIN was accepted, and the one that was given is as good. */
async function provenPin(token: Token, { accepted }: TokenLogin, options: LoginOptions): Promise<string | undefined> {
  if (accepted || !token.loginRequired) return accepted?.();
  const pin = await pinFor(token, options);
  throwIfRefused(token, pin);
  return pin;
}

function openKeptSession(module: Module, slot: TokenSlot, state: TokenLogin): Buffer {
  const { calls, ck } = module;
  try {
    if (state.session) calls.C_GetSessionInfo(state.session);
  } catch {
    state.session = undefined;
  }
  try {
    return (state.session ??= calls.C_OpenSession(slot.handle, ck.CKF_SERIAL_SESSION));
  } catch (error) {
    throw tokenFailure(`Opening the token '${slot.token.label}'`, error);
  }
}

async function pinFor(token: Token, { pin }: LoginOptions): Promise<string> {
  const given = await pin(token);
  if (given !== undefined) return given;
  throw new Pkcs11Error(
    'PIN_REQUIRED',
    `The token '${token.label}' wants a PIN.`,
    token.pinPad
      ? 'It has a PIN pad of its own, which this package does not use. Set it up to take the PIN from the program.'
      : 'Give the option `pin`.',
  );
}

/** The one place where a PIN is presented. */
function present(module: Module, slot: TokenSlot, session: Buffer, pin: string, useFinalTry: boolean): void {
  const { calls, ck } = module;
  const before = readAgain(module, slot);
  const identity = tokenId(before);
  throwIfRefused(before, pin);
  refuseUntried(before, useFinalTry);
  try {
    calls.C_Login(session, ck.CKU_USER, pin);
  } catch (error) {
    if (isRv(error, 'CKR_USER_ALREADY_LOGGED_IN')) return;
    const after = readAgain(module, slot);
    const refused = refusalFrom(error, before, after);
    if (!refused) throw tokenFailure(`Logging in to the token '${slot.token.label}'`, error);
    rememberRefusal(identity, pin, refused);
    throw refused;
  }
}

function throwIfRefused(token: Token, pin: string): void {
  const refusal = refusalOf(tokenId(token), pin);
  // A new error for each caller: its stack is the caller's own.
  if (refusal) throw new Pkcs11Error(refusal.code, refusal.message, refusal.hint, refusal.cause);
}

function readAgain({ calls, ck }: Module, slot: TokenSlot): Token {
  try {
    return describeToken(slot.id, calls.C_GetTokenInfo(slot.handle), ck);
  } catch (error) {
    throw tokenFailure(`Reading the token '${slot.token.label}'`, error);
  }
}

/** What a token is known by, also in another slot. */
function tokenId({ manufacturer, model, serial, label }: Token): string {
  return JSON.stringify([manufacturer, model, serial, label]);
}
