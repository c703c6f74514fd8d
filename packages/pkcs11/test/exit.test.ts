/** How a process ends that has used a token and the CRT: by itself when nothing is in flight, and at once when it is told to. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDevice } from './support/device.js';
import { pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate');

describeWith('a process', hsm, async (hsm) => {
  const aws = await startLocalAws({ credentialProvider: true });
  const { host, port, ca } = aws.credentialProvider;

  beforeAll(() => makeDevice(aws, { module: hsm.module, token: 'gate', pin }, 'device'));
  afterAll(async () => {
    await aws.close();
    await hsm.remove();
  });

  /** Runs a script with an identity at hand, and gives what it printed. Fails when it does not exit with 0, or is killed. */
  async function run(script: string): Promise<string> {
    const program = `
      import { pkcs11 } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
      const identity = pkcs11({ module: ${JSON.stringify(hsm.module)}, token: 'gate', key: 'device', pin: { env: 'PIN' } });
      const ask = (more) => identity.request({
        host: ${JSON.stringify(host)}, port: ${port}, ca: ${JSON.stringify(ca)}, path: '/', timeoutMs: 60_000, maxBodyBytes: 1000, ...more,
      });
      ${script}`;
    const options = { env: { ...process.env, PIN: pin, NODE_NO_WARNINGS: '1' }, timeout: 90_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options);
    return stdout;
  }

  it.each<[string, string, string]>([
    ['that only imports the package ends', `console.log('imported');`, 'imported\n'],
    ['that has an open token ends', `console.log((await identity.open()).keyLabel);`, 'device\n'],
    ['that keeps a connection ends', `console.log((await ask()).status);`, '404\n'],
    ['that was told to exit with a connection does', `console.log((await ask()).status); process.exit(0);`, '404\n'],
    [
      'that closed its identity ends',
      `console.log((await ask()).status); identity.close(); identity.close();`,
      '404\n',
    ],
    [
      'that was told to exit during a handshake does',
      `await identity.open(); void ask(); setTimeout(() => process.exit(0), 8);`,
      '',
    ],
    [
      'that has ended a handshake ends',
      `await identity.open();
       const controller = new AbortController();
       const asking = ask({ signal: controller.signal });
       setImmediate(() => controller.abort(new Error('ended')));
       await asking.catch(({ message }) => console.log(message));`,
      'ended\n',
    ],
  ])(
    '%s',
    async (_, script, printed) => {
      expect(await run(script)).toBe(printed);
    },
    120_000,
  );

  it('that has ended a request without an answer ends', async () => {
    const hang = aws.inject({ kind: 'hang' });
    expect(await run(`await ask({ timeoutMs: 1000 }).catch(({ code }) => console.log(code));`)).toBe(
      'REQUEST_TIMEOUT\n',
    );
    hang.stop();
  });

  it('loads nothing native when it imports the package', async () => {
    const script = `
      const { createRequire } = await import('node:module');
      console.log(process.report.getReport().sharedObjects.filter((name) => /pkcs11|aws-crt/.test(name)).length);`;
    expect(await run(script)).toBe('0\n');
  });
});
