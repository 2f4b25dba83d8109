import {describe, expect, it} from 'vitest';
import type {KubeObject} from '../../../../src/engine/api/types.ts';
import {authenticate} from '../../../../src/engine/apiserver/authentication/authenticate.ts';
import {parseJwt, signJwt} from '../../../../src/engine/apiserver/authentication/jwt.ts';
import {issueToken, legacyToken, POD_TOKEN_SECONDS} from '../../../../src/engine/apiserver/authentication/service-account.ts';
import type {AuthenticationConfig} from '../../../../src/engine/apiserver/authentication/types.ts';

const NOW = Date.UTC(2030, 0, 1);
const serviceAccounts = {issuer: 'https://kubernetes.default.svc.cluster.local', signingKey: 'sa-key'};
const config: AuthenticationConfig = {
  anonymous: {enabled: true},
  clientCA: 'kubernetes',
  requestHeader: {clientCA: 'front-proxy-ca', allowedNames: ['front-proxy-client']},
  serviceAccounts,
  oidc: [
    {issuerURL: 'https://id.example.com', clientID: 'kubernetes', signingKey: 'oidc-key', groupsClaim: 'groups', groupsPrefix: 'oidc:'},
  ],
};
const builder: KubeObject = {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'builder', namespace: 'dev', uid: 'uid-1'}};
const pod: KubeObject = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web', namespace: 'dev', uid: 'uid-2'}};

const store =
  (...objects: KubeObject[]) =>
  (resource: string, namespace: string, name: string): KubeObject | undefined =>
    objects.find(o => `${o.kind.toLowerCase()}s` === resource && (o.metadata.namespace ?? '') === namespace && o.metadata.name === name);

const withToken = (token: string, now = NOW, ...objects: KubeObject[]) =>
  authenticate({headers: {authorization: `Bearer ${token}`}, path: '/api'}, {config, now, get: store(...objects)});

const podToken = () =>
  issueToken(
    {serviceAccount: builder, pod: {name: 'web', uid: 'uid-2'}, expirationSeconds: POD_TOKEN_SECONDS, now: NOW, id: 'id-1'},
    serviceAccounts,
  );

describe('a service account token of a pod', () => {
  it('can be read by anybody', () => {
    expect(parseJwt(podToken().token)?.claims).toMatchObject({
      iss: 'https://kubernetes.default.svc.cluster.local',
      sub: 'system:serviceaccount:dev:builder',
      'kubernetes.io': {namespace: 'dev', pod: {name: 'web', uid: 'uid-2'}, serviceaccount: {name: 'builder', uid: 'uid-1'}},
    });
  });

  it('says who and where', () => {
    expect(withToken(podToken().token, NOW, builder, pod)).toMatchObject({
      user: {
        username: 'system:serviceaccount:dev:builder',
        uid: 'uid-1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:dev', 'system:authenticated'],
        extra: {'authentication.kubernetes.io/pod-name': ['web'], 'authentication.kubernetes.io/pod-uid': ['uid-2']},
      },
    });
  });

  it('dies with its pod', () => {
    expect(withToken(podToken().token, NOW, builder)).toMatchObject({error: 'service account token has been invalidated'});
  });

  it('is not good for another pod of the same name', () => {
    const other = {...pod, metadata: {...pod.metadata, uid: 'uid-3'}};
    expect(withToken(podToken().token, NOW, builder, other)).toMatchObject({
      error: 'pod UID (uid-3) does not match service account pod ref claim (uid-2)',
    });
  });

  it('cannot be changed', () => {
    const [header, claims = '', signature] = podToken().token.split('.');
    const admin = btoa(atob(claims).replace('dev:builder', 'dev:bandit')).replaceAll('=', '');
    expect(withToken([header, admin, signature].join('.'), NOW, builder, pod)).toMatchObject({error: 'invalid signature'});
  });

  it('runs out, but a year later than asked for', () => {
    const {token, expires} = podToken();
    expect(expires).toBe(NOW / 1000 + 3607);
    expect(withToken(token, NOW + 2 * 3600_000, builder, pod)).toHaveProperty('user');
    expect(withToken(token, NOW + 366 * 24 * 3600_000, builder, pod)).toMatchObject({error: 'service account token has expired'});
  });
});

describe('other credentials', () => {
  it('takes a legacy token only while its secret holds it', () => {
    const token = legacyToken(builder, 'builder-token', serviceAccounts);
    const secret = {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'builder-token', namespace: 'dev'}, data: {token: btoa(token)}};
    expect(withToken(token, NOW, builder, secret)).toMatchObject({user: {username: 'system:serviceaccount:dev:builder'}});
    expect(withToken(token, NOW, builder)).toMatchObject({error: 'service account token has been invalidated'});
  });

  it('prefixes users of an identity provider with its URL', () => {
    const token = signJwt(
      {iss: 'https://id.example.com', aud: 'kubernetes', sub: 'jane', groups: ['dev'], exp: NOW / 1000 + 60},
      'oidc-key',
      'k1',
    );
    expect(withToken(token)).toMatchObject({user: {username: 'https://id.example.com#jane', groups: ['oidc:dev', 'system:authenticated']}});
    expect(withToken(token, NOW + 61_000)).toMatchObject({
      error: 'oidc: verify token: oidc: token is expired (Token Expiry: 2030-01-01 00:01:00 +0000 UTC)',
    });
  });

  it('believes the headers of a front proxy, and of nobody else', () => {
    const headers = {'x-remote-user': 'jane', 'x-remote-group': ['dev']};
    const from = (commonName: string, issuer: string) =>
      authenticate(
        {headers, path: '/api', connection: {clientCertificate: {commonName, organizations: [], issuer}}},
        {config, now: NOW, get: store()},
      );
    expect(from('front-proxy-client', 'front-proxy-ca')).toMatchObject({user: {username: 'jane', groups: ['dev', 'system:authenticated']}});
    expect(from('bob', 'kubernetes')).toMatchObject({user: {username: 'bob'}});
    expect(from('mallory', 'front-proxy-ca')).toHaveProperty('error');
  });

  it('refuses a certificate that has run out', () => {
    const clientCertificate = {commonName: 'bob', organizations: [], issuer: 'kubernetes', notAfter: NOW - 1000};
    expect(authenticate({headers: {}, path: '/', connection: {clientCertificate}}, {config, now: NOW, get: store()})).toMatchObject({
      error: expect.stringContaining(
        'certificate has expired or is not yet valid: current time 2030-01-01T00:00:00Z is after 2029-12-31T23:59:59Z',
      ),
    });
  });

  it('knows passwords only with a password file', () => {
    const headers = {authorization: `Basic ${btoa('ann:secret')}`};
    const basicAuth = {ann: {password: 'secret', groups: ['old']}};
    expect(authenticate({headers, path: '/'}, {config: {...config, basicAuth}, now: NOW, get: store()})).toMatchObject({
      user: {username: 'ann'},
    });
    expect(authenticate({headers, path: '/'}, {config, now: NOW, get: store()})).toMatchObject({user: {username: 'system:anonymous'}});
  });
});
