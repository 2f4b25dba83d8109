/** A keyed hash (RFC 2104) over SHA-256. */
import {sha256} from '../../api/sha256.ts';

const BLOCK = 64;

/** The 32 bytes that only a holder of the key can make for these bytes. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(key.length > BLOCK ? sha256(key) : key);
  const keyed = (pad: number, content: Uint8Array): Uint8Array => {
    const message = new Uint8Array(BLOCK + content.length);
    for (let i = 0; i < BLOCK; i++) message[i] = block[i]! ^ pad;
    message.set(content, BLOCK);
    return sha256(message);
  };
  return keyed(0x5c, keyed(0x36, bytes));
}
