/** A SoftHSM of its own for a file of tests: tokens in a temporary directory, and modules that log or fail around it. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { debianProgram } from '@brs-tests/support/debian';
import { pin, startSoftHsm as startTokens } from '@brs-tests/support/soft-hsm';

export { pin };

const run = promisify(execFile);

/** Where Debian puts libraries of this machine's architecture. */
export const debianLibraries: string = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;

export interface SoftHsm {
  /** The path of SoftHSM itself. */
  readonly module: string;
  readonly directory: string;
  /** The path of a module that logs every call, PINs too: opensc's pkcs11-spy. */
  readonly spy: string;
  /** The path of a module that fails on request: `fault-module.c`. */
  readonly faulty: string;
  /** Runs opensc's pkcs11-tool on a token, logged in. */
  tool(token: string, ...args: string[]): Promise<string>;
  /** Which of the modules' calls fail from now on, such as `{ C_Login: 0xa4 }`. */
  setFaults(faults: Readonly<Record<string, number>>): Promise<void>;
  /** What the faulty module has answered to a call so far, in hex. */
  answers(call: string): Promise<string[]>;
  /** What the spy has seen of a call so far: its name and what it returned. */
  spied(call: string): Promise<string[]>;
  remove(): Promise<void>;
}

/**
 * SoftHSM with initialised tokens, for this process and those that it starts; `undefined` where it cannot be had, outside of CI.
 * A process loads it once: it has to be called before anything else uses a module.
 */
export async function startSoftHsm(...tokens: string[]): Promise<SoftHsm | undefined> {
  const tokenTool = await debianProgram('pkcs11-tool', 'opensc');
  const compiler = await debianProgram('cc', 'gcc');
  const hsm = tokenTool && compiler && (await startTokens(...tokens));
  if (!hsm) return undefined;
  const { module, directory } = hsm;
  const path = (name: string): string => join(directory, name);
  const spyLog = path('spy.log');
  const faultLog = path('fault.log');
  Object.assign(process.env, {
    PKCS11SPY: module,
    PKCS11SPY_OUTPUT: spyLog,
    FAULT_MODULE_TARGET: module,
    FAULT_MODULE_FILE: path('faults'),
    FAULT_MODULE_LOG: faultLog,
  });
  const headers = join(dirname(createRequire(import.meta.url).resolve('pkcs11js')), 'includes', 'pkcs11');
  const source = fileURLToPath(new URL('fault-module.c', import.meta.url));
  await run(compiler, ['-shared', '-fPIC', `-I${headers}`, '-o', path('fault-module.so'), source, '-ldl']);
  return {
    module,
    directory,
    spy: `${debianLibraries}/pkcs11-spy.so`,
    faulty: path('fault-module.so'),
    tool: async (token, ...args) =>
      (await run(tokenTool, ['--module', module, '--token-label', token, '--login', '--pin', pin, ...args])).stdout,
    setFaults: (faults) =>
      writeFile(
        path('faults'),
        Object.entries(faults)
          .map(([name, value]) => `${name} 0x${value.toString(16)}\n`)
          .join(''),
      ),
    answers: async (call) =>
      (await readLog(faultLog))
        .split('\n')
        .filter((line) => line.startsWith(`${call} `))
        .map((line) => line.slice(call.length + 1)),
    spied: async (call) =>
      [...(await readLog(spyLog)).matchAll(/^\d+: (C_\w+)$[\s\S]*?^Returned: +\d+ (\w+)$/gm)]
        .filter(([, name]) => name === call)
        .map(([, , rv = '']) => rv),
    remove: async () => hsm[Symbol.asyncDispose](),
  };
}

const readLog = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
