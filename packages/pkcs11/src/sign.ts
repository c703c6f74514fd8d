/** Signatures with a key that stays in its token: PKCS#1 v1.5 for RSA, ECDSA for EC. */
import { createHash } from 'node:crypto';
import type { FoundKey } from './keys.js';
import type { Session } from './objects.js';

/** A hash that is signed. */
export type SigningHash = 'sha256' | 'sha384' | 'sha512';

/** What stands before a hash in a PKCS#1 v1.5 signature: its DigestInfo (RFC 8017, section 9.2, note 1). */
const digestInfos: Readonly<Record<SigningHash, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** Signs without holding up the process: the module works on another thread. An EC signature is `r` and `s`, one after the other. */
export async function signWith(
  { module: { calls, ck }, handle }: Session,
  key: FoundKey,
  data: Uint8Array,
  hash: SigningHash,
): Promise<Buffer> {
  const digest = createHash(hash).update(data).digest();
  const isRsa = key.type === 'RSA';
  const input = isRsa
    ? Buffer.concat([Buffer.from(digestInfos[hash], 'hex'), digest])
    : digest.subarray(0, coordinateBytes(key));
  calls.C_SignInit(handle, { mechanism: isRsa ? ck.CKM_RSA_PKCS : ck.CKM_ECDSA }, key.handle);
  // Long enough for RSA with 8192 bits.
  return Buffer.from(await calls.C_SignAsync(handle, input, Buffer.alloc(1024)));
}

/** A hash longer than the order of the curve is cut off, as ECDSA says; not every module does it. */
function coordinateBytes({ size }: FoundKey): number {
  return size === 'P-256' ? 32 : size === 'P-384' ? 48 : 64;
}

/** `r` and `s`, as tokens give them, in the DER that X.509 and TLS want. */
export function toDer(raw: Uint8Array): Buffer {
  const half = raw.length / 2;
  const body = Buffer.concat([integer(raw.subarray(0, half)), integer(raw.subarray(half))]);
  // Two numbers of at most 67 bytes: a length of one byte, or of two with P-521.
  const length = body.length < 128 ? [body.length] : [0x81, body.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), body]);
}

function integer(bytes: Uint8Array): Buffer {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first += 1;
  const digits = bytes.subarray(first);
  const padded = (digits[0] ?? 0) >= 128 ? [0, ...digits] : [...digits];
  return Buffer.from([0x02, padded.length, ...padded]);
}
