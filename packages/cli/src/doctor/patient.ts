/** What is examined: a session, and what it is made of. Every fact is found out once, when the first check asks for it. */
import { dirname } from 'node:path';
import type { Credentials } from '@brs/core';
import type { CommandContext, SessionFlags } from '../commands/session-command.js';
import { resolveFlags } from '../commands/session-command.js';
import { type AwsFiles, readAwsFiles } from '../config/aws-profile.js';
import { isPlainObject, type Options } from '../config/option-path.js';
import { withOrigin } from '../config/origin.js';
import { operations, type ResolvedSession } from '../config/resolve.js';
import { openWithMfaCache } from '../session/mfa-cache.js';
import { withIdentity } from '../session/identity.js';
import { leaveProfileToUs, type OpenSession } from '../session/open.js';
import { resolveValues } from '../session/values.js';
import { baseOf } from './base.js';
import { deviceOf } from './device.js';
import { stepMs } from './network.js';
import { once } from './once.js';
import { type Answer, describeProvider } from './provider.js';
import { stsClientOf } from './sts.js';
import { startWatchdog } from './watchdog.js';

/** How it is to be examined. */
export interface Terms {
  readonly flags: SessionFlags;
  readonly context: CommandContext;
  /** The limit for everything. */
  readonly limitSeconds: number;
  /** Aborted when that is over. */
  readonly deadline: AbortSignal;
  /** Whether a PIN may be presented where the token has counted wrong ones. */
  readonly mayRiskPin: boolean;
}

/** A question and its answer, or what went wrong, with the instants by this machine's clock. */
interface Asked {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly answer?: Answer | undefined;
  readonly problem?: unknown;
}

/** What the thread itself has to end in time. */
const graceSeconds = 2;

/** A session that is examined. */
export class Patient {
  readonly env: NodeJS.ProcessEnv;
  readonly limitSeconds: number;
  readonly mayRiskPin: boolean;
  /** Aborted when the time is up. */
  readonly deadline: AbortSignal;
  readonly #terms: Terms;
  #opened: OpenSession | undefined;
  #callOff: (() => void) | undefined;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.env = terms.context.env;
    this.limitSeconds = terms.limitSeconds;
    this.mayRiskPin = terms.mayRiskPin;
    this.deadline = terms.deadline;
  }

  /** The profile that was named. */
  get profile(): string | undefined {
    return this.#terms.flags.profile;
  }

  /** The options as they were given, and where. */
  readonly resolved: () => Promise<ResolvedSession> = once(async () => {
    const resolved = await resolveFlags(this.#terms.context, this.#terms.flags);
    // As the session does it, and before anything asks the SDK.
    leaveProfileToUs(resolved);
    return resolved;
  });

  readonly awsFiles: () => Promise<AwsFiles> = once(() => readAwsFiles(this.env));

  /** `sts`, or what else the options say. */
  async method(): Promise<string> {
    const { method = 'sts', fromSdkProfile } = (await this.resolved()).options;
    return fromSdkProfile === undefined ? String(method) : 'custom';
  }

  /** Where packages are looked for beside the program's own place. */
  async folders(): Promise<string[]> {
    const { configPath } = await this.resolved();
    return [...(configPath ? [dirname(configPath)] : []), process.cwd()];
  }

  /** The options with every reference to a secret replaced by the secret. */
  readonly values: () => Promise<Options> = once(async () => resolveValues((await this.resolved()).options, this.env));

  /** The same, with the identity of a device made, where one is written down. */
  readonly made: () => Promise<Options> = once(async () => {
    const values = await this.values();
    const method = (await this.method()).replace(/^@brs\//, '');
    if (method === 'sts') return values;
    try {
      return await withIdentity(values, method, await this.folders());
    } catch (error) {
      throw withOrigin(error, await this.resolved());
    }
  });

  /** The roles of a session by STS, in their order, and the operation that they are had by. */
  async stsRequest(): Promise<{ readonly operation: string; readonly hops: readonly Options[] } | undefined> {
    if ((await this.method()) !== 'sts') return undefined;
    const { options } = await this.resolved();
    const operation = operations.find((name) => options[name] !== undefined);
    return operation && { operation, hops: [options[operation]].flat().filter(isPlainObject) };
  }

  /** The session, opened. */
  readonly session: () => Promise<OpenSession> = once(async () => {
    const resolved = { ...(await this.resolved()), options: await this.made() };
    return (this.#opened = await openWithMfaCache(resolved, { env: this.env }));
  });

  /** Who gives the credentials: where it is and how it is reached; `undefined` where only the method knows. */
  readonly provider: () => ReturnType<typeof describeProvider> = once(() => describeProvider(this));

  /** The device's certificate and key; `undefined` for a method without. */
  readonly device: () => ReturnType<typeof deviceOf> = once(() => deviceOf(this));

  /** What the service answers to somebody whom it does not know, and when. */
  readonly answer: () => Promise<Asked> = once(async () => {
    const provider = await this.provider();
    const sentAt = Date.now();
    const signal = AbortSignal.any([this.deadline, AbortSignal.timeout(2 * stepMs)]);
    try {
      return { sentAt, answer: await provider?.ask(signal), receivedAt: Date.now() };
    } catch (problem) {
      return { sentAt, problem, receivedAt: Date.now() };
    }
  });

  /** What the session starts from; `undefined` where it starts from nothing of AWS. */
  readonly base: () => ReturnType<typeof baseOf> = once(() => baseOf(this));

  /** The set that the session gives. */
  readonly credentials: () => Promise<Credentials> = once(async () => {
    const { session } = await this.session();
    return session.getCredentials({ signal: this.deadline });
  });

  /** The region, as far as anything says one. */
  readonly region: () => Promise<string | undefined> = once(async () => {
    const provider = await this.provider();
    if (provider) return provider.region;
    const { region } = await this.values();
    const { config } = await stsClientOf({ region });
    // A method of somebody else's may do without one.
    return config.region().catch(() => undefined);
  });

  /** To be called before native code is, which can hold up the process for as long as it likes. */
  guard(what: string): void {
    // On a terminal there is a line already, of what is being looked at.
    const text = `${process.stderr.isTTY ? '\n' : ''}brs: ${what} has not answered within ${this.limitSeconds} s, and holds up the whole process.\n`;
    this.#callOff ??= startWatchdog((this.limitSeconds + graceSeconds) * 1000, text);
  }

  /** Lets go of what was opened. */
  async close(): Promise<void> {
    this.#callOff?.();
    await this.#opened?.close();
  }
}
