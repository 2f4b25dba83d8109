/** Secrets' data on the wire. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Text of base64; what is no digit is left out. */
export function fromBase64(text: string): string {
  const digits = [...text].map(c => ALPHABET.indexOf(c)).filter(n => n >= 0);
  const bytes: number[] = [];
  for (let i = 0; i + 1 < digits.length; i += 4) {
    const [a = 0, b = 0, c, d] = digits.slice(i, i + 4);
    bytes.push((a << 2) | (b >> 4));
    if (c !== undefined) bytes.push(((b & 15) << 4) | (c >> 2));
    if (c !== undefined && d !== undefined) bytes.push(((c & 3) << 6) | d);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
