/** A process stays alive whatever a server does to its connections. `STRESS_SECONDS` makes it longer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDevice } from './support/device.js';
import { pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate');
const seconds = Number(process.env.STRESS_SECONDS ?? 6);
const program = fileURLToPath(new URL('programs/stress.mjs', import.meta.url));

describeWith('a process whose server ends connections at every moment', hsm, async (hsm) => {
  const where = { module: hsm.module, token: 'gate' };
  const aws = await startLocalAws({ credentialProvider: true });
  const { ca, deviceCa } = aws.credentialProvider;

  beforeAll(() => makeDevice(aws, { ...where, pin }, 'device'));
  afterAll(async () => {
    await aws.close();
    await hsm.remove();
  });

  it(
    'lives, and has its answers',
    async () => {
      const { certificate: cert, privateKey: key } = await aws.credentialProvider.createServerCertificate({
        names: ['localhost'],
      });
      const identity = { ...where, key: 'device', pin: { env: 'PIN' } };
      const settings = JSON.stringify({ seconds, identity, server: { cert, key, ca: deviceCa }, ca });
      const env = { ...process.env, PIN: pin, STRESS: settings };
      const child = spawn(process.execPath, ['--expose-gc', program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      const printed = once(child.stdout, 'data').then(([data]) => JSON.parse(String(data)) as Record<string, number>);
      const outcomes = await Promise.race([printed, ended.then((how) => expect.fail(`it ended: ${how.join()}`))]);
      child.kill('SIGKILL');
      await ended;
      if (process.env.STRESS_SECONDS) console.log(outcomes);
      expect(outcomes[200]).toBeGreaterThanOrEqual(20);
      expect(outcomes.CONNECTION_FAILED).toBeGreaterThanOrEqual(5);
    },
    (seconds + 120) * 1000,
  );
});
