/**
 * The clients of a session: the same constructor and configuration give the same object, up to a bound. A client that
 * leaves the cache is not destroyed, because somebody may be using it; closing the session destroys every one that is left.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { SdkClient } from './client-recovery.js';
import { InvalidOptionsError } from './errors.js';
import { given, rule } from './options.js';

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

export class ClientCache {
  readonly #settings: ClientSettings;
  /** In the order of use, the least recent first. */
  readonly #slots = new Map<string, Slot>();
  readonly #made = new Set<WeakRef<SdkClient>>();
  readonly #names = new WeakMap<object, number>();
  #nextName = 0;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  get(Ctor: ClientClass, config: Readonly<Record<string, unknown>> = {}): SdkClient {
    if (typeof Ctor !== 'function') {
      throw new InvalidOptionsError('client', 'must be the class of an SDK v3 client, such as S3Client');
    }
    const problem = rule.object(config, 'config');
    if (problem) throw new InvalidOptionsError('config', problem);
    if (config.credentials !== undefined) {
      throw new InvalidOptionsError('config.credentials', "cannot be given: a session's clients have its own");
    }
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
    const build = (settings: object): SdkClient => new (Ctor as new (config: object) => SdkClient)(settings);
    let client = build({ ...defaults, ...config, credentials });
    if (protocolOf(defaults.requestHandler) && config.requestHandler === undefined) {
      // A shared handler of one protocol must not displace the handler of a service that speaks another (HTTP/2).
      const { requestHandler: _, ...others } = defaults;
      const own = build({ ...others, ...config, credentials });
      if (protocolOf(handlerOf(own)) !== protocolOf(defaults.requestHandler)) client = own;
      else own.destroy();
    }
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

  /** Equal for equal plain values in any order of keys; for everything else, the identity of the object. */
  #keyOf(value: unknown): string {
    const nameOf = (part: object): number => {
      const name = this.#names.get(part) ?? this.#nextName++;
      this.#names.set(part, name);
      return name;
    };
    return JSON.stringify(value, function (this: Record<string, unknown>, field: string): unknown {
      const part = this[field]; // Before its toJSON, which would make equal what is not the same.
      if (typeof part === 'number' || typeof part === 'bigint') return `\0${typeof part} ${part}`;
      if (typeof part !== 'function' && (typeof part !== 'object' || part === null || Array.isArray(part))) return part;
      const prototype: unknown = Object.getPrototypeOf(part);
      const isPlain = prototype === Object.prototype || prototype === null;
      return isPlain
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : `\0${nameOf(part)}`;
    });
  }
}

function handlerOf(client: SdkClient): unknown {
  return (client.config as { requestHandler?: unknown }).requestHandler;
}

/** The protocol of a request handler that is an instance; plain handler options have none and suit every service. */
function protocolOf(handler: unknown): string | undefined {
  return (handler as { metadata?: { handlerProtocol?: string } } | undefined)?.metadata?.handlerProtocol;
}
