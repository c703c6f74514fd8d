/**
 * The clients of a session: the same constructor and configuration give the same object, up to a bound. A client that
 * leaves the cache is not destroyed, because somebody may be using it; closing the session destroys every one that is left.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { SdkClient } from './client-recovery.js';
import { checkOption, given, must } from './options.js';
import { clientOptionsRule } from './session-options.js';

/** The class of an SDK v3 client, such as `S3Client`. */
export type ClientClass = new (config: never) => SdkClient;

/** What a class of clients can be configured with; the credentials are the session's. */
export type ClientConfig<Class extends ClientClass> = Omit<NonNullable<ConstructorParameters<Class>[0]>, 'credentials'>;

interface Slot {
  readonly client: SdkClient;
  uses: number;
}

/** What the cache puts into every client. */
export interface ClientSettings {
  readonly credentials: AwsCredentialIdentityProvider;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly maxSize: number;
  readonly eviction: 'lru' | 'lfu';
  /** Called with each client that is made. */
  prepare(client: SdkClient): void;
}

const classRule = must('the class of an SDK v3 client, such as S3Client', (value) => typeof value === 'function');

export class ClientCache {
  readonly #settings: ClientSettings;
  /** In the order of use, the least recent first. */
  readonly #slots = new Map<string, Slot>();
  readonly #made = new Set<WeakRef<SdkClient>>();
  /** What each class speaks of itself. */
  readonly #protocols = new WeakMap<ClientClass, string | undefined>();
  readonly #names = new WeakMap<object, number>();
  #nextName = 0;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  get(Ctor: ClientClass, config: Readonly<Record<string, unknown>> = {}): SdkClient {
    checkOption('client', Ctor, classRule);
    checkOption('config', config, clientOptionsRule);
    // What is not given neither displaces a default nor makes another client.
    const own = given(config);
    const key = this.#keyOf([Ctor, own]);
    const found = this.#slots.get(key);
    const slot = found ?? { client: this.#make(Ctor, own), uses: 0 };
    slot.uses++;
    this.#slots.delete(key);
    if (!found) this.#makeRoom();
    this.#slots.set(key, slot);
    return slot.client;
  }

  /** Destroys every client that was made and is still there, evicted or not. A request handler that the caller brought stays. */
  destroy(): void {
    for (const reference of this.#made) reference.deref()?.destroy();
    this.#made.clear();
    this.#slots.clear();
  }

  #make(Ctor: ClientClass, config: Readonly<Record<string, unknown>>): SdkClient {
    const { credentials, defaults, prepare } = this.#settings;
    const build = (more?: object | false): SdkClient =>
      new (Ctor as new (config: object) => SdkClient)({ ...defaults, ...config, credentials, ...more });
    // A shared handler of one protocol must not displace the handler of a service that speaks another (HTTP/2).
    const shared = protocolOf(defaults.requestHandler);
    if (shared && !this.#protocols.has(Ctor)) {
      const probe = build({ requestHandler: undefined });
      this.#protocols.set(Ctor, protocolOf(handlerOf(probe)));
      probe.destroy();
    }
    const isAnother = shared !== undefined && shared !== this.#protocols.get(Ctor);
    const client = build(isAnother && { requestHandler: config.requestHandler });
    prepare(client);
    for (const reference of this.#made) if (!reference.deref()) this.#made.delete(reference);
    const handler = handlerOf(client);
    if (handler !== defaults.requestHandler && handler !== config.requestHandler) this.#made.add(new WeakRef(client));
    return client;
  }

  #makeRoom(): void {
    if (this.#slots.size < this.#settings.maxSize) return;
    let [victim] = this.#slots.keys();
    if (this.#settings.eviction === 'lfu') {
      let fewest = Infinity;
      for (const [key, { uses }] of this.#slots) if (uses < fewest) [victim, fewest] = [key, uses];
    }
    this.#slots.delete(victim as string);
  }

  /**
   * Equal for equal plain values in any order of keys; for everything else, the identity of the object. So it is for a value
   * that is inside itself.
   */
  #keyOf(value: unknown, inside: readonly unknown[] = []): string {
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) {
      return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
    if (!isPlain || inside.includes(value)) {
      const name = this.#names.get(value) ?? this.#nextName++;
      this.#names.set(value, name);
      return `#${name}`;
    }
    const parts = Object.entries(given(value)).sort(([a], [b]) => (a < b ? -1 : 1));
    const keys = parts.map(([field, part]) => `${JSON.stringify(field)}:${this.#keyOf(part, [...inside, value])}`);
    return `${Array.isArray(value) ? 'array' : 'object'}(${keys.join()})`;
  }
}

function handlerOf(client: SdkClient): unknown {
  return (client.config as { requestHandler?: unknown }).requestHandler;
}

/** The protocol of a request handler that is an instance; plain handler options have none and suit every service. */
function protocolOf(handler: unknown): string | undefined {
  return (handler as { metadata?: { handlerProtocol?: string } } | undefined)?.metadata?.handlerProtocol;
}
