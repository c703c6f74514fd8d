/**
 * Reads a TLS 1.2 connection from outside, record by record: what is still in the clear, and the kind and length of what is not.
 * It decrypts nothing.
 */

/** What a record holds; the numbers of RFC 5246, section 6.2.1. */
export const recordType = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const;

/** A whole record, its header included. */
export interface TlsRecord {
  readonly type: number;
  readonly bytes: Buffer;
}

const headerBytes = 5;
/** RFC 5246, section 6.2.3: the most that an encrypted record holds. */
const maxRecordBytes = 2 ** 14 + 2048;

/** Cuts what one side sends into records. What is no TLS throws. */
export function recordReader(): (chunk: Buffer) => TlsRecord[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const records: TlsRecord[] = [];
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const type = bytes[at] as number;
      const length = bytes.readUInt16BE(at + 3);
      if (type < 20 || type > 23 || bytes[at + 1] !== 3 || length > maxRecordBytes) throw new Error('not TLS');
      const end = at + headerBytes + length;
      if (end > bytes.length) break;
      records.push({ type, bytes: bytes.subarray(at, end) });
      at = end;
    }
    rest = bytes.subarray(at);
    return records;
  };
}

/** The number of an alert that is in the clear; RFC 5246, section 7.2. */
export function alertOf({ type, bytes }: TlsRecord): number | undefined {
  return type === recordType.alert && bytes.length === headerBytes + 2 ? bytes[headerBytes + 1] : undefined;
}

/** The cipher suite that a server has chosen, where the record begins with its hello; RFC 5246, section 7.4.1.3. */
export function suiteOf({ type, bytes }: TlsRecord): number | undefined {
  const sessionAt = headerBytes + 4 + 2 + 32;
  if (type !== recordType.handshake || bytes[headerBytes] !== 2 || bytes.length <= sessionAt) return undefined;
  const suiteAt = sessionAt + 1 + (bytes[sessionAt] as number);
  return bytes.length >= suiteAt + 2 ? bytes.readUInt16BE(suiteAt) : undefined;
}

/** How many bytes of data an encrypted record holds; `NaN` for suites that pad, with which nobody can know. */
export function dataBytes({ bytes }: TlsRecord, suite: number | undefined): number {
  return bytes.length - headerBytes - (overheads.get(suite ?? 0) ?? NaN);
}

/** AES-GCM has 8 bytes of nonce and 16 of tag in each record (RFC 5288), ChaCha20-Poly1305 the tag (RFC 7905). */
const overheads: ReadonlyMap<number, number> = new Map([
  ...[0x009c, 0x009d, 0x009e, 0x009f, 0xc02b, 0xc02c, 0xc02f, 0xc030].map((suite) => [suite, 24] as const),
  ...[0xcca8, 0xcca9, 0xccaa].map((suite) => [suite, 16] as const),
]);
