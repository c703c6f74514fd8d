/**
 * The clients of a session: the same constructor and configuration give the same object, up to a bound. A client that
 * leaves the cache is not destroyed, because somebody may be using it; closing the session destroys every one that is left.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { SdkClient } from './client-recovery.js';
import { checkOption, given, isObject, must } from './options.js';
import { clientOptionsRule, type CommonSessionOptions } from './session-options.js';

/** The class of an SDK v3 client, such as `S3Client`. */
export type ClientClass = new (config: never) => SdkClient;

/** What a class of clients can be configured with; the credentials are the session's. */
export type ClientConfig<Class extends ClientClass> = Omit<NonNullable<ConstructorParameters<Class>[0]>, 'credentials'>;

/** The clients of one session. */
export interface ClientCache {
  /** The client of this class and configuration: the same for the same. */
  get(Ctor: ClientClass, config?: Readonly<Record<string, unknown>>): SdkClient;
  /** Destroys every client that was made and is still there, evicted or not. A request handler that the caller brought stays. */
  destroy(): void;
}

interface Slot {
  readonly client: SdkClient;
  /** Counted for `lfu` alone: without it, all are alike, and the first to leave is the least recent. */
  uses: number;
}

interface Handler {
  /** An instance has it; plain options of a handler have not, and suit every service. */
  readonly metadata?: { readonly handlerProtocol?: string };
}

const classRule = must('the class of an SDK v3 client, such as S3Client', (value) => typeof value === 'function');

/** `prepare` is called with each client that is made. */
export function createClientCache(
  { region, profile, clientDefaults = {}, clientCache: { maxSize = 100, eviction } = {} }: CommonSessionOptions,
  credentials: AwsCredentialIdentityProvider,
  prepare: (client: SdkClient) => void,
): ClientCache {
  const defaults: Record<string, unknown> = { ...given({ region, profile }), ...given(clientDefaults) };
  /** In the order of use, the least recent first. */
  const slots = new Map<string, Slot>();
  const made = new Set<WeakRef<SdkClient>>();
  const protocols = new WeakMap<ClientClass, string | undefined>();
  const names = new WeakMap<object, number>();
  let nextName = 0;

  /**
   * Equal for equal plain values in any order of keys; for everything else, the identity of the object. So it is for a value
   * that is inside itself.
   */
  function keyOf(value: unknown, inside: readonly unknown[] = []): unknown {
    if (!isObject(value)) return [typeof value, String(value)];
    const isPlain = [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(value) as null);
    if (isPlain && !inside.includes(value)) {
      const parts = given(value as Record<string, unknown>);
      const keys = Object.keys(parts).sort();
      return [Array.isArray(value), ...keys.map((key) => [key, keyOf(parts[key], [...inside, value])])];
    }
    const name = names.get(value) ?? nextName++;
    names.set(value, name);
    return name;
  }

  function make(Ctor: ClientClass, config: Readonly<Record<string, unknown>>): SdkClient {
    const build = (more?: object | false): SdkClient =>
      new (Ctor as new (config: object) => SdkClient)({ ...defaults, ...config, credentials, ...more });
    // A shared handler of one protocol must not displace the handler of a service that speaks another (HTTP/2).
    const shared = protocolOf(defaults.requestHandler);
    if (shared && !protocols.has(Ctor)) {
      const probe = build({ requestHandler: undefined });
      protocols.set(Ctor, protocolOf(handlerOf(probe)));
      probe.destroy();
    }
    const isAnother = shared !== undefined && shared !== protocols.get(Ctor);
    const client = build(isAnother && { requestHandler: config.requestHandler });
    prepare(client);
    for (const reference of made) if (!reference.deref()) made.delete(reference);
    if (![defaults.requestHandler, config.requestHandler].includes(handlerOf(client))) made.add(new WeakRef(client));
    return client;
  }

  function makeRoom(): void {
    if (slots.size < maxSize) return;
    let victim = '';
    let fewest = Infinity;
    for (const [key, { uses }] of slots) if (uses < fewest) [victim, fewest] = [key, uses];
    slots.delete(victim);
  }

  return {
    get(Ctor, config = {}) {
      checkOption('client', Ctor, classRule);
      checkOption('config', config, clientOptionsRule);
      // What is not given neither displaces a default nor makes another client.
      const own = given(config);
      const key = JSON.stringify(keyOf([Ctor, own]));
      const found = slots.get(key);
      const slot = found ?? { client: make(Ctor, own), uses: 0 };
      if (eviction === 'lfu') slot.uses++;
      slots.delete(key);
      if (!found) makeRoom();
      slots.set(key, slot);
      return slot.client;
    },
    destroy() {
      for (const reference of made) reference.deref()?.destroy();
      made.clear();
      slots.clear();
    },
  };
}

const handlerOf = ({ config }: SdkClient): unknown => (config as { requestHandler?: unknown }).requestHandler;
const protocolOf = (handler: unknown): string | undefined =>
  (handler as Handler | undefined)?.metadata?.handlerProtocol;
