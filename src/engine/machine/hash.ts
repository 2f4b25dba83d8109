/** A 64-bit digest of text, for comparing states. Not cryptographic. Two murmur-style lanes, as sixteen hex digits. */

export interface Digest {
  a: number;
  b: number;
}

export const newDigest = (): Digest => ({a: 0xdeadbeef, b: 0x41c6ce57});

export function digestText(digest: Digest, text: string): void {
  let {a, b} = digest;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
    a = (a << 13) | (a >>> 19);
    b = (b << 17) | (b >>> 15);
  }
  digest.a = a;
  digest.b = b;
}

export function digestHex({a, b}: Digest): string {
  const mix = (x: number, y: number): number => Math.imul(x ^ (x >>> 16), 2246822507) ^ Math.imul(y ^ (y >>> 13), 3266489909);
  return [mix(a, b), mix(b, a)].map(n => (n >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The digest of one text, as hex. */
export function hashText(text: string): string {
  const digest = newDigest();
  digestText(digest, text);
  return digestHex(digest);
}
