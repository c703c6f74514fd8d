/**
 * Carries bytes between the CRT and a server, so that the CRT learns of the end of a connection from here and at no other time:
 * between the handshake and a request, and after its answer, nothing that the server sends or does gets through. A request on a
 * connection that the CRT knows to be closing would end the process.
 */
import type { Socket } from 'node:net';
import { alertOf, dataBytes, recordReader, recordType, suiteOf, type TlsRecord } from './tls-records.js';

/**
 * How far it is: `resting` between handshake, request and answer, when the CRT can know of no end; `over` when nothing goes
 * through any more.
 */
export type RelayState = 'shaking hands' | 'resting' | 'answering' | 'over';

/** How the server ended a handshake. */
export interface HandshakeEnd {
  /** The number of the alert that it sent, in the clear. */
  readonly alert: number | undefined;
  readonly isTls: boolean;
}

export class Relay {
  readonly #crt: Socket;
  readonly #server: Socket;
  readonly #ended: (end?: HandshakeEnd) => void;
  readonly #readRecords = recordReader();
  #state: RelayState = 'shaking hands';
  #isClosed = false;
  #suite: number | undefined;
  /** Whether what the server sends is encrypted. */
  #isEncrypted = false;
  /** What the server has answered so far. */
  #answerBytes = 0;

  /**
   * Errors of both sides are expected to be listened to: a close follows them.
   *
   * @param ended is told how the server ended the connection before its handshake was done, or that it is over after that. What
   * ends a handshake on the side of the CRT, the CRT tells.
   */
  constructor(crt: Socket, server: Socket, ended: (end?: HandshakeEnd) => void) {
    this.#crt = crt;
    this.#server = server;
    this.#ended = ended;
    server.on('data', (chunk: Buffer) => this.#fromServer(chunk));
    server.on('end', () => this.#serverEnded());
    server.on('close', () => this.#serverEnded());
    server.on('drain', () => crt.resume());
    crt.on('data', (chunk: Buffer) => {
      if (!server.destroyed && !server.write(chunk)) crt.pause();
    });
    crt.on('close', () => this.end());
    crt.on('drain', () => server.resume());
    crt.resume();
    if (server.destroyed) this.#serverEnded();
  }

  get state(): RelayState {
    return this.#state;
  }

  /** Lets an answer through. The request has to be made before anything else happens. */
  beginAnswer(): void {
    this.#answerBytes = 0;
    this.#state = 'answering';
  }

  /**
   * Lets nothing through any more. It rests where what came is the answer and not a byte beyond it, which would make the CRT
   * close the connection; otherwise it ends.
   */
  endAnswer(bytes: number): void {
    if (this.#state === 'answering' && this.#answerBytes === bytes) this.#state = 'resting';
    else this.end();
  }

  /** Closes both sides. */
  end(handshakeEnd?: HandshakeEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const wasShakingHands = this.#state === 'shaking hands';
    this.#state = 'over';
    this.#crt.destroy();
    this.#server.destroy();
    if (handshakeEnd || !wasShakingHands) this.#ended(handshakeEnd);
  }

  #fromServer(chunk: Buffer): void {
    try {
      for (const record of this.#readRecords(chunk)) this.#takeRecord(record);
    } catch {
      this.#serverFailed({ alert: undefined, isTls: false });
    }
  }

  #takeRecord(record: TlsRecord): void {
    switch (this.#state) {
      case 'shaking hands':
        return this.#takeHandshake(record);
      case 'answering':
        // What is no data, such as an alert, makes it an answer that this relay does not rest after.
        this.#answerBytes += record.type === recordType.data ? dataBytes(record, this.#suite) : NaN;
        return this.#toCrt(record);
      case 'resting':
        // Nothing was asked for: it is an alert, or a server that says why it ends the connection.
        return this.end();
      case 'over':
    }
  }

  #takeHandshake(record: TlsRecord): void {
    const { type } = record;
    const alert = this.#isEncrypted ? undefined : alertOf(record);
    // The first record that is encrypted ends the handshake of the server; RFC 5246, section 7.3.
    const isLast = this.#isEncrypted && type === recordType.handshake;
    if (alert !== undefined || (this.#isEncrypted && !isLast)) return this.#serverFailed({ alert, isTls: true });
    this.#suite ??= suiteOf(record);
    this.#isEncrypted = type === recordType.changeCipherSpec;
    this.#toCrt(record);
    if (isLast) this.#state = 'resting';
  }

  #toCrt({ bytes }: TlsRecord): void {
    if (!this.#crt.write(bytes)) this.#server.pause();
  }

  /** An answer that is under way is ended by it, after what came before. */
  #serverEnded(): void {
    if (this.#state !== 'answering') return this.#serverFailed({ alert: undefined, isTls: true });
    this.#state = 'over';
    this.#crt.end();
  }

  #serverFailed(handshakeEnd: HandshakeEnd): void {
    // What was still under way to the CRT gets there.
    if (this.#state !== 'over') this.end(this.#state === 'shaking hands' ? handshakeEnd : undefined);
  }
}
