/**
 * One client of STS for all sessions of a process that start from the same base: ten thousand clients would take a third of
 * a gigabyte, and each would have connections of its own and ask for the base credentials anew. Calls take turns, so that
 * none times out on its way because of how many others there are. What waits for its turn does so in the time of its refresh.
 */
import type { STSClient } from '@aws-sdk/client-sts';
import type { Options } from '../config/option-path.js';
import { Turns } from './turns.js';

/** As `@brs/sts` has them, in milliseconds: three attempts fit in the time that one refresh has. */
const requestHandler = { requestTimeout: 8000, socketTimeout: 8000, throwOnRequestTimeout: true };

/** Calls under way at a time, of each client. It has more connections than that, so that none waits for one. */
const callsAtOnce = 32;

/** The clients of a process. */
export class SharedStsClients {
  readonly #clients = new Map<string, STSClient>();

  /** The options, with the client that all sessions with this region and profile share, unless they say how theirs is. */
  async addTo(options: Options): Promise<Options> {
    const { region, profile, stsClient, credentials } = options;
    const isPlain = [region, profile].every((value) => value === undefined || typeof value === 'string');
    // What is no text is an error, and not ours to tell.
    if (stsClient !== undefined || credentials !== undefined || !isPlain) return options;
    const key = JSON.stringify([region, profile]);
    const { STSClient } = await import('@aws-sdk/client-sts');
    let client = this.#clients.get(key);
    if (!client) {
      client = new STSClient({
        ...(region !== undefined && { region: region as string }),
        ...(profile !== undefined && { profile: profile as string }),
        requestHandler,
      });
      const turns = new Turns(callsAtOnce);
      // Before anything is signed or timed.
      client.middlewareStack.add(
        (next, { __smithy_context: { abortSignal } = {} }) =>
          (args) =>
            turns.take(() => next(args), abortSignal as AbortSignal | undefined),
        { step: 'initialize' },
      );
    }
    this.#clients.set(key, client);
    return { ...options, stsClient: client };
  }

  /** Closes their connections. */
  close(): Promise<void> {
    for (const client of this.#clients.values()) client.destroy();
    return Promise.resolve();
  }
}
