import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startLocalAws } from '@brs/testkit';
import { describe, expect, test } from 'vitest';

const environment = fileURLToPath(new URL('execution-environment.mjs', import.meta.url));
const lifetimeMs = 2_000;

describe('the function', () => {
  test('works on after it was frozen for longer than its credentials live', { timeout: 60_000 }, async () => {
    await using aws = await startLocalAws({ credentialLifetimeMs: lifetimeMs, buckets: ['reports'] });
    const child = fork(environment, {
      env: { ...aws.env(process.env), ROLE_ARN: 'arn:aws:iam::210987654321:role/lister' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    try {
      expect(await next(child)).toEqual({ ready: true });
      expect(aws.requests).toEqual([]);

      expect(await invoke(child)).toEqual({ answer: { keys: [] } });
      expect(keysOf(aws.requests, 'ListObjectsV2')).toHaveLength(1);

      child.kill('SIGSTOP');
      await sleep(lifetimeMs + 500);
      child.kill('SIGCONT');

      expect(await invoke(child)).toEqual({ answer: { keys: [] } });
      expect(keysOf(aws.requests, 'ListObjectsV2')).toHaveLength(2);
      expect(aws.requests.map(({ action, status }) => [action, status])).toEqual([
        ['AssumeRole', 200],
        ['ListObjectsV2', 200],
        ['AssumeRole', 200],
        ['ListObjectsV2', 200],
      ]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('the bundle', () => {
  const dist = fileURLToPath(new URL('../dist/', import.meta.url));
  const { outputs } = JSON.parse(readFileSync(join(dist, 'metafile.json'), 'utf8'));
  const bundled = Object.keys(outputs).map((path) => readFileSync(join(dist, basename(path)), 'utf8'));

  const inputsOf = (paths: string[]): string[] => paths.flatMap((path) => Object.keys(outputs[path].inputs));

  function loadedAtStart(): string[] {
    const paths = new Set(['dist/handler.mjs']);
    for (const path of paths) {
      for (const { path: imported, kind } of outputs[path].imports) {
        if (kind === 'import-statement' && imported in outputs) paths.add(imported);
      }
    }
    return [...paths];
  }

  test('brings of this library core and sts, and nothing else', () => {
    const packages = inputsOf(Object.keys(outputs)).flatMap(
      (path) => /packages\/([\w-]+)\/dist\//.exec(path)?.[1] ?? [],
    );
    expect(new Set(packages)).toEqual(new Set(['core', 'sts']));
  });

  test('holds no text of another strategy', () => {
    const wanted = new Set([...textsOf('@brs/core'), ...textsOf('@brs/sts')]);
    const foreign = textsOf('@brs/custom').filter((text) => !wanted.has(text));
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.filter((text) => bundled.some((code) => code.includes(text)))).toEqual([]);
  });

  test('loads the STS client only when credentials are needed', () => {
    const client = '/client-sts/dist-es/STSClient.js';
    expect(inputsOf(loadedAtStart()).some((path) => path.endsWith(client))).toBe(false);
    expect(inputsOf(Object.keys(outputs)).some((path) => path.endsWith(client))).toBe(true);
  });
});

async function invoke(child: ChildProcess): Promise<unknown> {
  child.send({ bucket: 'reports' });
  return next(child);
}

async function next(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message');
  return message;
}

function keysOf(requests: readonly { action: string; accessKeyId?: string }[], action: string): string[] {
  return [...new Set(requests.flatMap((request) => (request.action === action ? (request.accessKeyId ?? []) : [])))];
}

/** The longer texts in a package's build. */
function textsOf(name: string): string[] {
  const folder = dirname(fileURLToPath(import.meta.resolve(name)));
  const code = readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return code.join('\n').match(/(?<=["'`}])[^"'`$\\{}\n]{16,}(?=["'`$])/g) ?? [];
}
