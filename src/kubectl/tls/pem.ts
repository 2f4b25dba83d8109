/** Blocks of PEM in a text. upstream: Go's encoding/pem */

export interface PemBlock {
  /** `CERTIFICATE`, `EC PRIVATE KEY` ... */
  readonly type: string;
  readonly bytes: Uint8Array;
}

const BLOCK = /^-----BEGIN ([^\n]*)-----[ \t\r]*\n([\s\S]*?)^-----END \1-----[ \t\r]*$/gm;
const HEADERS = /^(?:[^\n:]+:[^\n]*\n)+\s*\n/;

/** Undefined where the text is not base64. */
function bytesOf(text: string): Uint8Array | undefined {
  const digits = text.replace(HEADERS, '').replace(/\s/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  return Uint8Array.from(atob(digits), c => c.charCodeAt(0));
}

/** Every well-formed block, in order; what stands between them, and what is broken, is passed over. */
export const pemBlocks = (text: string): PemBlock[] =>
  [...text.matchAll(BLOCK)].flatMap(([, type = '', body = '']) => {
    const bytes = bytesOf(body);
    return bytes ? [{type, bytes}] : [];
  });
