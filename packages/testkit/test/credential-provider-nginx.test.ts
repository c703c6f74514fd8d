/** An nginx that verifies the devices' certificates in front of the credential provider. */
import { text } from 'node:stream/consumers';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { nginx, startFront } from '@brs-tests/support/nginx';
import { describe, expect, it } from 'vitest';
import { startLocalAws } from '../src/index.js';
import { readerArn, s3Of } from './support/clients.js';
import { ask, identityFrom, open } from './support/device.js';

const start = () =>
  startLocalAws({
    credentialProvider: {
      roleAliases: [{ roleAlias: 'reader', roleArn: readerArn }],
      trustForwardedCertificate: true,
    },
  });

describe.skipIf(nginx === undefined)('behind nginx', () => {
  it.each(['TLSv1.2', 'TLSv1.3'])('devices get credentials, a revoked one is refused (%s)', async (protocols) => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const [lamp, door] = [await credentialProvider.createDevice(), await credentialProvider.createDevice()];
    credentialProvider.setCertificateStatus(door.certificateId, 'REVOKED');
    await using front = await startFront({ protocols, provider: credentialProvider });
    const { port } = front;
    const answer = await ask(credentialProvider, lamp, { port });
    expect(answer.status).toBe(200);
    await s3Of(aws, identityFrom(answer)).send(new ListBucketsCommand({}));
    expect(aws.requests[0]).toMatchObject({ certificateId: lamp.certificateId });
    const refused = await open(credentialProvider, door, { port });
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([400, 'text/html']);
    expect(await text(refused)).toContain('The SSL certificate error');
    const stranger = await open(credentialProvider, undefined, { port });
    expect(await text(stranger)).toContain('No required SSL certificate was sent');
    expect(aws.count({ service: 'credential-provider' })).toBe(1);
  });
});

describe('a forwarded certificate', () => {
  it('counts where that is asked for, and only for a connection that has none of its own', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const [lamp, door] = [await credentialProvider.createDevice(), await credentialProvider.createDevice()];
    const headers = { 'x-forwarded-client-cert': encodeURIComponent(lamp.certificate) };
    await ask(credentialProvider, undefined, { headers });
    await ask(credentialProvider, door, { headers });
    const seen = aws.requests.map(({ certificateId, status }) => [certificateId, status]);
    expect(seen).toEqual([
      [lamp.certificateId, 200],
      [door.certificateId, 200],
    ]);
  });

  it('must be a certificate that is known and not revoked', async () => {
    await using aws = await start();
    await using other = await start();
    const { credentialProvider } = aws;
    const lamp = await credentialProvider.createDevice();
    credentialProvider.setCertificateStatus(lamp.certificateId, 'REVOKED');
    const { certificate: unknown } = await other.credentialProvider.createDevice();
    const certificates = [lamp.certificate, unknown, 'nonsense'].map((value) => encodeURIComponent(value));
    for (const value of [...certificates, '%']) {
      const headers = { 'x-forwarded-client-cert': value };
      expect(await ask(credentialProvider, undefined, { headers })).toMatchObject({
        status: 403,
        body: { message: 'Certificate is invalid on this endpoint' },
      });
    }
    expect((await ask(credentialProvider, undefined)).status).toBe(403);
  });

  it('lets no connection in whose own certificate is not valid', async () => {
    await using aws = await start();
    await using other = await start();
    const { credentialProvider } = aws;
    const yesterday = new Date(Date.now() - 86_400_000);
    const devices = [
      await credentialProvider.createDevice({ notBefore: new Date(0), notAfter: yesterday }),
      await other.credentialProvider.createDevice(),
    ];
    for (const device of devices) {
      await expect(ask(credentialProvider, device)).rejects.toMatchObject({
        code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
      });
    }
    expect(credentialProvider.handshakes).toEqual({ full: 0, resumed: 0, refused: 2 });
  });

  it('is no certificate where nobody asked for it', async () => {
    await using aws = await startLocalAws({ credentialProvider: true });
    const { credentialProvider } = aws;
    const lamp = await credentialProvider.createDevice();
    const door = await credentialProvider.createDevice();
    const headers = { 'x-forwarded-client-cert': encodeURIComponent(lamp.certificate) };
    await ask(credentialProvider, door, { headers });
    expect(aws.requests[0]?.certificateId).toBe(door.certificateId);
  });
});
