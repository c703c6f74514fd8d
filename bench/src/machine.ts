/** What the numbers were taken on, for whoever compares two runs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';

export interface Machine {
  /** ISO 8601, the day alone. */
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly platform: string;
  /** Versions by name. */
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    versions: {
      'Node.js': process.versions.node,
      '@aws-sdk/client-s3': versionOf('@aws-sdk/client-s3'),
      '@aws-sdk/client-sts': versionOf('@aws-sdk/client-sts'),
      '@aws-sdk/credential-providers': versionOf('@aws-sdk/credential-providers'),
      '@brs/core': versionOf('@brs/core'),
      '@brs/sts': versionOf('@brs/sts'),
      '@brs/iot-x509': versionOf('@brs/iot-x509'),
      '@brs/pkcs11': versionOf('@brs/pkcs11'),
      'aws-crt': versionOf('aws-crt'),
    },
  };
}

/** Not every package exports its `package.json`: it stands in a folder above the entry point. */
function versionOf(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    const found = readPackage(join(folder, 'package.json'));
    if (found?.name === name && found.version) return found.version;
  }
  return 'unknown';
}

function readPackage(path: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
