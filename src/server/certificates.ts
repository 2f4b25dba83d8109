/** Real certificates, made on the spot: an authority that nobody else knows, and what it signs. */
import {randomBytes, X509Certificate} from 'node:crypto';
import {generate} from 'selfsigned';

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
  /** Of the certificate, SHA-256, in hex without colons. */
  readonly fingerprint: string;
}

export interface Authority extends KeyPair {
  /** A certificate for 127.0.0.1 and localhost; `expired`: it ran out an hour ago. */
  serving(expired?: boolean): Promise<KeyPair>;
  /** A client's; the groups are the organizations. */
  client(name: string, groups: readonly string[]): Promise<KeyPair>;
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const ELLIPTIC = {keyType: 'ec', curve: 'P-256', algorithm: 'sha256'} as const;

const named = (commonName: string, organizations: readonly string[] = []) => [
  {name: 'commonName', value: commonName},
  ...organizations.map(value => ({name: 'organizationName', value})),
];

type Made = Awaited<ReturnType<typeof generate>>;

const pairOf = ({cert, private: key}: Made): KeyPair => {
  return {certificate: cert, key, fingerprint: new X509Certificate(cert).fingerprint256.replaceAll(':', '')};
};

/** Makes an authority. Its name holds random letters, so that no two are taken for one another. */
export async function createAuthority(): Promise<Authority> {
  const now = Date.now();
  const life = {notBeforeDate: new Date(now - 2 * HOUR_MS), notAfterDate: new Date(now + YEAR_MS)};
  const made = await generate(named(`podyssey-${randomBytes(4).toString('hex')}`), {
    ...ELLIPTIC,
    ...life,
    extensions: [
      {name: 'basicConstraints', cA: true, critical: true},
      {name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true},
    ],
  });
  const ca = {cert: made.cert, key: made.private};
  return {
    ...pairOf(made),
    serving: async expired =>
      pairOf(
        await generate(named('kube-apiserver'), {
          ...ELLIPTIC,
          ...life,
          ...(expired && {notAfterDate: new Date(now - HOUR_MS)}),
          ca,
          extensions: [
            {name: 'basicConstraints', cA: false},
            {name: 'extKeyUsage', serverAuth: true},
            {
              name: 'subjectAltName',
              altNames: [
                {type: 7, ip: '127.0.0.1'},
                {type: 2, value: 'localhost'},
              ],
            },
          ],
        }),
      ),
    client: async (name, groups) =>
      pairOf(
        await generate(named(name, groups), {
          ...ELLIPTIC,
          ...life,
          ca,
          extensions: [
            {name: 'basicConstraints', cA: false},
            {name: 'extKeyUsage', clientAuth: true},
          ],
        }),
      ),
  };
}
