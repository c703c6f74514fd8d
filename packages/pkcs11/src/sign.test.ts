import { createSign, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toDer } from './sign.js';

describe('toDer', () => {
  it.each(['P-256', 'P-384', 'P-521'])('makes of an ECDSA signature what Node verifies (%s)', (namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    // Enough for leading zeros and leading ones in both numbers.
    for (let i = 0; i < 64; i += 1) {
      const raw = createSign('sha256').update(`${i}`).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify('sha256', Buffer.from(`${i}`), publicKey, toDer(raw))).toBe(true);
    }
  });

  it.each([
    ['0001', '0002', '3006020101020102'],
    ['0080', '7f00', '300802020080' + '02027f00'],
    ['0000', '0001', '3006020100020101'],
    ['00000000', 'ffffffff', '300a020100' + '020500ffffffff'],
  ])('writes r %s and s %s as the shortest positive numbers', (r, s, der) => {
    expect(toDer(Buffer.from(r + s, 'hex')).toString('hex')).toBe(der);
  });
});
