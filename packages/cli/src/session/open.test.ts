import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { report } from '../report.js';
import { openSession } from './open.js';

it('keeps the command line of a profile, and what the command prints, to itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brs-open-'));
  const file = join(folder, 'config');
  await writeFile(
    file,
    '[profile own]\ncredential_process = sh -c "echo planted-output >&2; exit 3" planted-argument\n',
  );
  vi.stubEnv('AWS_CONFIG_FILE', file);
  try {
    const resolved = { options: { fromSdkProfile: 'own' }, originOf: () => undefined };
    const terms = { profile: 'own', isOwnProfile: false, configPath: undefined };
    const { session, close } = await openSession({ ...resolved, ...terms }, { env: {} });
    const error: unknown = await session.getCredentials().catch((thrown: unknown) => thrown);
    await close();
    const { text, exitCode } = report(error, true);
    expect(text).toContain("brs: The command of the profile 'own' (credential_process) has failed.");
    expect(text).not.toContain('planted');
    expect(exitCode).toBe(4);
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});
