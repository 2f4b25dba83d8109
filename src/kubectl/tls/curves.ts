/** The public point that belongs to a private number, on the curves that Go's crypto/x509 knows. */

/** y^2 = x^3 - 3x + b over the numbers modulo p; only what multiplying needs. */
interface Curve {
  readonly p: bigint;
  readonly x: bigint;
  readonly y: bigint;
}

const hex = (digits: string): bigint => BigInt(`0x${digits}`);

/** By object identifier. Parameters of FIPS 186-5. */
const CURVES: Readonly<Record<string, Curve>> = {
  // P-224
  '1.3.132.0.33': {
    p: 2n ** 224n - 2n ** 96n + 1n,
    x: hex('b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21'),
    y: hex('bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34'),
  },
  // P-256
  '1.2.840.10045.3.1.7': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    x: hex('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'),
    y: hex('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5'),
  },
  // P-384
  '1.3.132.0.34': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    x: hex('aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7'),
    y: hex('3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f'),
  },
  // P-521
  '1.3.132.0.35': {
    p: 2n ** 521n - 1n,
    x: hex(
      'c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66',
    ),
    y: hex(
      '11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650',
    ),
  },
};

export const isKnownCurve = (oid: string): boolean => oid in CURVES;

/** Non-negative. */
export const mod = (a: bigint, p: bigint): bigint => ((a % p) + p) % p;

/** By Fermat's little theorem; p is prime. */
export function inverse(a: bigint, p: bigint): bigint {
  let result = 1n;
  for (let base = mod(a, p), exponent = p - 2n; exponent > 0n; exponent >>= 1n, base = (base * base) % p)
    if (exponent & 1n) result = (result * base) % p;
  return result;
}

/** Undefined is the point at infinity. */
type Point = readonly [x: bigint, y: bigint] | undefined;

function add(a: Point, b: Point, p: bigint): Point {
  if (!a) return b;
  if (!b) return a;
  if (a[0] === b[0] && mod(a[1] + b[1], p) === 0n) return undefined;
  const slope = a[0] === b[0] ? (3n * a[0] * a[0] - 3n) * inverse(2n * a[1], p) : (b[1] - a[1]) * inverse(b[0] - a[0], p);
  const x = mod(slope * slope - a[0] - b[0], p);
  return [x, mod(slope * (a[0] - x) - a[1], p)];
}

/** The point of a private number; undefined for a number that has none. */
export function publicPoint(oid: string, secret: bigint): Point {
  const {p, x, y} = CURVES[oid]!;
  let result: Point;
  for (let point: Point = [x, y], left = secret; left > 0n; left >>= 1n, point = add(point, point, p))
    if (left & 1n) result = add(result, point, p);
  return result;
}
