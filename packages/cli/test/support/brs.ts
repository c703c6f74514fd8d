/** Runs the built program, as a shell would. */
import { execFile, type ExecFileException } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalAws } from '@brs/testkit';
import { afterAll } from 'vitest';

/** The program. */
export const brs: string = fileURLToPath(new URL('../../dist/bin/brs.js', import.meta.url));

/** How a run ended. */
export interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line to its end, in a folder without any configuration unless another is given. */
export function runBrs(
  args: readonly string[],
  { env, cwd = tmpdir(), program = brs }: { env: NodeJS.ProcessEnv; cwd?: string; program?: string },
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { env, cwd },
      (error: ExecFileException | null, stdout, stderr) =>
        resolve({ code: error?.signal ?? error?.code ?? 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

const homes: string[] = [];
afterAll(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** An environment with a home of its own, in which nothing of this machine is found. */
export async function homeWith(aws?: LocalAws): Promise<{ home: string; env: NodeJS.ProcessEnv }> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'brs-cli-')));
  homes.push(home);
  const { PATH } = process.env;
  const base = aws ? aws.env({ PATH }) : { PATH };
  const { AWS_CONFIG_FILE: _, AWS_SHARED_CREDENTIALS_FILE: __, ...rest } = base as NodeJS.ProcessEnv;
  return {
    home,
    env: { ...rest, HOME: home, BRS_KEYRING: 'off', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  };
}
