import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HandshakeEnd, Relay } from './relay.js';

const record = (type: number, content: number[] | Buffer): Buffer => {
  const body = Buffer.from(content);
  return Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body]);
};
const hello = record(22, [2, 0, 0, 0, 3, 3, ...Buffer.alloc(32), 0, 0xc0, 0x2f]);
const changeCipherSpec = record(20, [1]);
const finished = record(22, Buffer.alloc(40));
const closeNotify = record(21, Buffer.alloc(26));
const data = (bytes: number): Buffer => record(23, Buffer.alloc(bytes + 24));
const handshake = Buffer.concat([hello, changeCipherSpec, finished]);

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

/** Both ends of a connection. */
async function pair(): Promise<[Socket, Socket]> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const near = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [[far]] = (await Promise.all([once(listener, 'connection'), once(near, 'connect')])) as [[Socket], unknown];
  listener.close();
  sockets.push(near, far);
  for (const socket of [near, far]) socket.on('error', () => undefined);
  return [near.setNoDelay(), far.setNoDelay()];
}

/** A relay, the server that it leads to, and what the CRT has got from it. */
async function start() {
  const [crt, crtSide] = await pair();
  const [server, serverSide] = await pair();
  const ends: (HandshakeEnd | undefined)[] = [];
  const relay = new Relay(crtSide, serverSide, (end) => ends.push(end));
  let got = Buffer.alloc(0);
  crt.on('data', (chunk: Buffer) => (got = Buffer.concat([got, chunk])));
  const until = (condition: () => boolean) => expect.poll(condition).toBe(true);
  return {
    relay,
    server,
    crt,
    ends,
    got: () => got,
    until,
    async shakeHands() {
      server.write(handshake);
      await until(() => got.equals(handshake));
    },
  };
}

describe('a relay', () => {
  it('lets the handshake through in both directions, and rests after the last record of the server', async () => {
    const { relay, crt, server, shakeHands } = await start();
    crt.write('hello');
    expect(String((await once(server, 'data'))[0])).toBe('hello');
    expect(relay.state).toBe('shaking hands');
    await shakeHands();
    expect(relay.state).toBe('resting');
  });

  it.each([
    ['an alert', (server: Socket) => server.write(closeNotify)],
    ['data that nobody asked for', (server: Socket) => server.write(data(10))],
    ['an end', (server: Socket) => server.end()],
    ['a reset', (server: Socket) => server.resetAndDestroy()],
  ])('is over with %s while it rests, of which nothing gets through', async (_, act) => {
    const { relay, server, ends, got, until, shakeHands } = await start();
    await shakeHands();
    act(server);
    await until(() => relay.state === 'over');
    expect(got()).toEqual(handshake);
    expect(ends).toEqual([undefined]);
  });

  it('holds back what comes in one piece with the end of the handshake', async () => {
    const { relay, server, got, until } = await start();
    server.write(Buffer.concat([handshake, data(10)]));
    await until(() => relay.state === 'over');
    expect(handshake.subarray(0, got().length)).toEqual(got());
  });

  it('rests after an answer that is accounted for', async () => {
    const { relay, server, got, until, shakeHands } = await start();
    await shakeHands();
    for (let i = 1; i <= 3; i += 1) {
      relay.beginAnswer();
      server.write(Buffer.concat([data(100), data(20)]));
      await until(() => got().length === handshake.length + i * (120 + 2 * 29));
      relay.endAnswer(120);
      expect(relay.state).toBe('resting');
    }
  });

  it.each([
    ['a byte more than the answer', [data(101)]],
    ['a record that is no data', [data(100), record(22, Buffer.alloc(24))]],
    ['an alert', [data(100), closeNotify]],
  ])('is over after %s', async (_, records) => {
    const { relay, server, got, until, shakeHands } = await start();
    await shakeHands();
    relay.beginAnswer();
    const sent = Buffer.concat(records);
    server.write(sent);
    await until(() => got().length === handshake.length + sent.length);
    relay.endAnswer(100);
    expect(relay.state).toBe('over');
  });

  it('hands on the end of a connection in an answer, after what came before', async () => {
    const { relay, server, crt, got, shakeHands } = await start();
    await shakeHands();
    relay.beginAnswer();
    server.end(data(100));
    await once(crt, 'end');
    expect(got()).toEqual(Buffer.concat([handshake, data(100)]));
    relay.endAnswer(100);
    expect(relay.state).toBe('over');
  });

  it.each([
    ['an alert', record(21, [2, 48]), { alert: 48, isTls: true }],
    ['no TLS', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), { alert: undefined, isTls: false }],
    ['data', Buffer.concat([hello, changeCipherSpec, data(10)]), { alert: undefined, isTls: true }],
  ])('tells of a handshake that %s ends', async (_, sent, end) => {
    const { relay, server, ends, until } = await start();
    server.write(sent);
    await until(() => ends.length > 0);
    expect(ends).toEqual([end]);
    expect(relay.state).toBe('over');
  });

  it('tells of a handshake that the end of the connection ends', async () => {
    const { server, ends, until } = await start();
    server.end(hello);
    await until(() => ends.length > 0);
    expect(ends).toEqual([{ alert: undefined, isTls: true }]);
  });

  it('ends the server with the CRT', async () => {
    const { relay, server, crt, shakeHands } = await start();
    await shakeHands();
    crt.end();
    await once(server.resume(), 'end');
    expect(relay.state).toBe('over');
  });
});
