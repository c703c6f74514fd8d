/** A stage: one loopback AWS and one contestant on it, for one scenario in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contestant, makeContestant } from './contestants.js';
import type { ContestantName, RunOptions } from './figure.js';
import { inChild } from './in-child.js';
import { type RemoteAws, startRemoteAws } from './remote-aws.js';

/** What the scenario of a figure is handed. */
export interface ScenarioOptions extends RunOptions {
  readonly name: ContestantName;
}

export interface Stage extends AsyncDisposable {
  readonly aws: RemoteAws;
  /** Makes a contestant; it is closed with the stage. */
  enter(name: ContestantName, options: { readonly lifetimeSeconds: number }): Promise<Contestant>;
}

export async function openStage(): Promise<Stage> {
  const aws = await startRemoteAws();
  const cleanUps: (() => Promise<void>)[] = [async () => aws[Symbol.asyncDispose]()];
  return {
    aws,
    async enter(name, { lifetimeSeconds }) {
      const folder = await mkdtemp(join(tmpdir(), 'brs-bench-'));
      const contestant = makeContestant(name, { aws, lifetimeSeconds, folder });
      cleanUps.unshift(
        () => contestant.close(),
        () => rm(folder, { recursive: true }),
      );
      return contestant;
    },
    async [Symbol.asyncDispose]() {
      for (const cleanUp of cleanUps) await cleanUp();
    },
  };
}

/**
 * Plays the `scenario` that a module exports once for each contestant, each in a process of its own with an AWS of its
 * own: all at once, or one by one where times are taken.
 */
export async function playAll<Result>(
  module: string,
  { quick }: RunOptions,
  { oneByOne = false }: { readonly oneByOne?: boolean } = {},
): Promise<Record<ContestantName, Result>> {
  const play = (name: ContestantName): Promise<Result> =>
    inChild({ module, name: 'scenario', argument: { name, quick } satisfies ScenarioOptions });
  if (oneByOne) return { explicit: await play('explicit'), best: await play('best'), ours: await play('ours') };
  const [explicit, best, ours] = await Promise.all([play('explicit'), play('best'), play('ours')]);
  return { explicit, best, ours };
}
