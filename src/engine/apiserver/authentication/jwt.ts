/**
 * JSON web tokens (RFC 7519): three parts that anybody can read and nobody can change. A real API server signs with a private key (RS256 or ES256);
 * here it is a keyed hash (HS256), so a token can be made and checked by pure code from a text in the configuration.
 */
import {isJsonObject} from '../../api/clone.ts';
import {hmacSha256} from './hmac.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Claims;
  /** Whether `verify` with this key holds. */
  verify(key: string): boolean;
}

const encoder = new TextEncoder();

/** A signed token. */
export function signJwt(claims: Claims, key: string, keyId: string): string {
  const content = `${encodeText(JSON.stringify({alg: 'HS256', kid: keyId}))}.${encodeText(JSON.stringify(claims))}`;
  return `${content}.${signature(content, key)}`;
}

/** Takes a token apart; undefined when it is none. The signature is not checked yet. */
export function parseJwt(token: string): Jwt | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  const [header, claims] = parts.slice(0, 2).map(decodeObject);
  if (!header || !claims) return undefined;
  return {header, claims, verify: key => signature(`${parts[0]}.${parts[1]}`, key) === parts[2]};
}

function signature(content: string, key: string): string {
  return encode(hmacSha256(encoder.encode(key), encoder.encode(content)));
}

const encodeText = (text: string): string => encode(encoder.encode(text));

function encode(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i++) binary += String.fromCharCode(bytes[i]!);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function decodeObject(part: string): Record<string, unknown> | undefined {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const value: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, character => character.charCodeAt(0))));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
