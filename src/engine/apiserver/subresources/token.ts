/** upstream: pkg/registry/core/serviceaccount/storage/token.go */
import {EPOCH, timeText} from '../../api/clock.ts';
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {admitSubresource} from '../admit.ts';
import {issueToken} from '../authentication/service-account.ts';
import {parseBody} from '../body.ts';
import {serverConfig} from '../config.ts';
import {readerOf} from '../gates.ts';
import {newUid} from '../identity.ts';
import {mustRead} from '../registry.ts';
import type {ApiResponse, Walk} from '../request.ts';
import {answer} from '../verbs/answer.ts';

interface TokenRequest extends KubeObject {
  spec?: {audiences?: string[]; expirationSeconds?: number; boundObjectRef?: {kind?: string; name?: string; uid?: string}};
}

const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 3600;
const BINDABLE: Record<string, string> = {Pod: 'pods', Secret: 'secrets', Node: 'nodes'};

/** Issues a bound, short-lived token for a service account. */
export function createToken(walk: Walk): ApiResponse {
  const {tx, info, kind} = walk;
  const account = mustRead(tx, kind, info.namespace, info.name);
  const body = admitSubresource(walk, (parseBody(walk, 'TokenRequest') ?? {metadata: {}}) as TokenRequest);
  const {audiences, expirationSeconds = DEFAULT_SECONDS, boundObjectRef: bound} = body.spec ?? {};
  const refuse = (field: string, value: unknown, why: string): never => {
    throw status.invalid({group: 'authentication.k8s.io', kind: 'TokenRequest'}, '', [
      {type: 'FieldValueInvalid', field, body: `Invalid value: ${value}: ${why}`},
    ]);
  };
  if (expirationSeconds < MIN_SECONDS)
    refuse('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 10 minutes');
  if (expirationSeconds > MAX_SECONDS)
    refuse('spec.expirationSeconds', expirationSeconds, 'may not specify a duration larger than 2^32 seconds');
  const issuer = serverConfig(tx).authentication.serviceAccounts;
  if (!issuer) throw status.methodNotSupported({group: '', resource: 'serviceaccounts'}, 'create');
  let reference = {};
  if (bound) {
    const resource = BINDABLE[bound.kind ?? ''];
    if (!resource) throw status.badRequest(`cannot bind token to object of type ${JSON.stringify(bound.kind ?? '')}`);
    const object = readerOf(tx)(resource, resource === 'nodes' ? '' : info.namespace, bound.name ?? '');
    if (!object) throw status.notFound({group: '', resource}, bound.name ?? '');
    const {uid} = object.metadata;
    if (bound.uid && bound.uid !== uid) {
      throw status.conflict(
        {group: '', resource},
        bound.name ?? '',
        `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      );
    }
    reference = {[bound.kind!.toLowerCase()]: {name: bound.name, uid}};
  }
  const {token, expires} = issueToken(
    {serviceAccount: account, ...reference, ...(audiences && {audiences}), expirationSeconds, now: EPOCH + tx.now, id: newUid(tx)},
    issuer,
  );
  return answer(walk, 201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {name: info.name, namespace: info.namespace, creationTimestamp: timeText(tx.now)},
    spec: {audiences: audiences ?? issuer.audiences ?? [issuer.issuer], expirationSeconds, boundObjectRef: bound ?? null},
    status: {token, expirationTimestamp: timeText(expires * 1000 - EPOCH)},
  });
}
