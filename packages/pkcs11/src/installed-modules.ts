/** Which PKCS#11 modules a machine has: what p11-kit is configured for, and what lies where packages put their modules. */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';

/** A module that is installed. */
export interface InstalledModule {
  /** Without `lib` and the ending, such as `softhsm2`. */
  readonly name: string;
  /** The real path: what the option `module` takes. */
  readonly path: string;
}

const configurations = ['/etc/pkcs11/modules', '/usr/share/p11-kit/modules', '/usr/local/share/p11-kit/modules'];

/** Where p11-kit looks for modules that are configured without a directory, and others put theirs. */
const directories = [
  ...['x86_64', 'aarch64', 'arm', 'i386', 'riscv64'].map((machine) => `/usr/lib/${machine}-linux-gnu/pkcs11`),
  ...['gnueabihf', 'gnueabi'].map((abi) => `/usr/lib/arm-linux-${abi}/pkcs11`),
  '/usr/lib64/pkcs11',
  '/usr/lib/pkcs11',
  '/usr/local/lib/pkcs11',
  '/usr/lib/softhsm',
  '/usr/local/lib/softhsm',
  '/opt/homebrew/lib/pkcs11',
  '/opt/homebrew/lib/softhsm',
  '/opt/homebrew/lib',
  '/opt/cloudhsm/lib',
];

/** Proxies and tools that are no tokens of their own: they would only show those of other modules again. */
const tools = /^(p11-kit-(proxy|client|trust)|pkcs11-spy|onepin-opensc-pkcs11)$/;

/**
 * The PKCS#11 modules of this machine that are found where packages put them. Modules that stand elsewhere work as well:
 * give their path.
 *
 * @example
 * ```ts
 * for (const { name, path } of await listModules()) console.log(name, path);
 * ```
 */
export async function listModules(): Promise<InstalledModule[]> {
  return (await installed()).filter(({ name }) => !tools.test(name));
}

/** The path of a module by its name, also of one that is not listed. */
export async function findModule(name: string): Promise<string | undefined> {
  return (await installed()).find((module) => module.name === moduleName(name))?.path;
}

async function installed(): Promise<InstalledModule[]> {
  const byPath = new Map<string, InstalledModule>();
  for (const candidate of [...(await configured()), ...(await lying())]) {
    const path = await realpath(candidate).catch(() => undefined);
    if (path && !byPath.has(path)) byPath.set(path, { name: moduleName(candidate), path });
  }
  return [...byPath.values()];
}

/** `libsofthsm2.so` is `softhsm2`. */
function moduleName(path: string): string {
  return basename(path)
    .replace(/^lib/, '')
    .replace(/\.(so|dylib|dll)[.\d]*$/, '');
}

/** What the files of p11-kit name. */
async function configured(): Promise<string[]> {
  const found: string[] = [];
  for (const directory of configurations) {
    for (const file of (await list(directory)).filter((name) => name.endsWith('.module'))) {
      const text = await readFile(join(directory, file), 'utf8').catch(() => '');
      const path = /^\s*module\s*:\s*(\S+)\s*$/m.exec(text)?.[1];
      if (path) found.push(...(isAbsolute(path) ? [path] : directories.map((parent) => join(parent, path))));
    }
  }
  return found;
}

async function lying(): Promise<string[]> {
  const lists = await Promise.all(
    directories.map(async (directory) =>
      (await list(directory)).filter((file) => isModuleFile(directory, file)).map((file) => join(directory, file)),
    ),
  );
  return lists.flat();
}

/** In a directory that is not for modules alone, the name has to say so. */
function isModuleFile(directory: string, file: string): boolean {
  if (!/\.(so|dylib)$/.test(file)) return false;
  return /\/(pkcs11|softhsm)$/.test(directory) || /pkcs-?11|p11/i.test(file);
}

/** The files of a directory; none for one that does not exist or must not be read. */
async function list(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
