/** Counts what is asked of SoftHSM, by opensc's spy between it and the program. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SoftHsm } from '@brs-tests/support/soft-hsm';
import { debianProgram } from '@brs-tests/support/debian';

/** A module that writes down every call. */
export interface Spy {
  readonly module: string;
  /** What a program needs in its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** What a call has returned so far, such as `CKR_PIN_INCORRECT`. */
  returned(call: string): Promise<string[]>;
}

/** `undefined` where opensc cannot be had. */
export async function spyOn({ module, directory }: SoftHsm): Promise<Spy | undefined> {
  if (!(await debianProgram('pkcs11-tool', 'opensc'))) return undefined;
  const log = join(directory, 'spy.log');
  return {
    module: `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/pkcs11-spy.so`,
    env: { PKCS11SPY: module, PKCS11SPY_OUTPUT: log },
    async returned(call) {
      const text = await readFile(log, 'utf8').catch(() => '');
      return [...text.matchAll(/^\d+: (C_\w+)$[\s\S]*?^Returned: +\d+ (\w+)$/gm)]
        .filter(([, name]) => name === call)
        .map(([, , rv = '']) => rv);
    },
  };
}
