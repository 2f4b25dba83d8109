/** ASN.1 as certificates and keys are written in: DER. */

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

export const TAG = {integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30} as const;
/** `[n]` with something inside. */
export const contextTag = (n: number): number => 0xa0 | n;

/** The values that stand one after another. Throws RangeError where one is cut off. */
export function derValues(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at++]!;
    let length = bytes[at++] ?? Number.NaN;
    if (length > 0x7f) {
      const digits = bytes.subarray(at, at + (length & 0x7f));
      at += length & 0x7f;
      length = digits.reduce((sum, digit) => sum * 256 + digit, 0);
    }
    const end = at + length;
    if (!(end <= bytes.length)) throw new RangeError('asn1: syntax error: data truncated');
    values.push({tag, content: bytes.subarray(at, end)});
    at = end;
  }
  return values;
}

/** What is inside a sequence. Throws RangeError where it is none. */
export function sequence(value: DerValue | undefined): DerValue[] {
  if (value?.tag !== TAG.sequence) throw new RangeError('not a sequence');
  return derValues(value.content);
}

/** The content of a value of that kind. Throws RangeError where it is of another. */
export function contentOf(value: DerValue | undefined, tag: number): Uint8Array {
  if (value?.tag !== tag) throw new RangeError('another tag');
  return value.content;
}

/** Big-endian and unsigned. */
export const numberOf = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** `1.2.840.113549.1.1.1` */
export function oidOf(value: DerValue | undefined): string {
  const parts: number[] = [];
  let part = 0;
  for (const byte of contentOf(value, TAG.oid)) {
    part = part * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (parts.length === 0) parts.push(Math.min(Math.trunc(part / 40), 2), part - 40 * Math.min(Math.trunc(part / 40), 2));
    else parts.push(part);
    part = 0;
  }
  return parts.join('.');
}
