/** `kubectl create token`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_token.go */
import {ApiError, type KubeObject} from '../../../engine/api/types.ts';
import type {Command} from '../../command.ts';
import {stdout} from '../../effects.ts';
import {Failure} from '../../failure.ts';
import {OUTPUT_FLAGS, printerFor} from '../../output.ts';
import {nameArgument} from './generator.ts';

const BOUND_KINDS: Readonly<Record<string, string>> = {Pod: 'v1', Secret: 'v1', Node: 'v1'};

export const token: Command = {
  name: 'token',
  use: 'create token SERVICE_ACCOUNT_NAME',
  short: 'Request a service account token',
  flags: {
    ...OUTPUT_FLAGS,
    audience: {
      type: 'array',
      usage: 'Audience of the requested token. If unset, defaults to requesting a token for use with the Kubernetes API server.',
    },
    duration: {
      type: 'duration',
      value: '0s',
      usage:
        'Requested lifetime of the issued token. If not set or if set to 0, the lifetime will be determined by the server automatically.',
    },
    'bound-object-kind': {type: 'string', usage: 'Kind of an object to bind the token to. Supported kinds are Node, Pod, Secret.'},
    'bound-object-name': {type: 'string', usage: 'Name of an object to bind the token to.'},
    'bound-object-uid': {type: 'string', usage: 'UID of an object to bind the token to.'},
  },
  *run(context) {
    const {flags} = context;
    const name = nameArgument(context);
    const boundKind = flags.string('bound-object-kind');
    if (boundKind && !BOUND_KINDS[boundKind]) throw new Failure(`supported --bound-object-kind values are Node, Pod, Secret`);
    if (flags.duration('duration') < 0) throw new Failure('--duration must be greater than or equal to 0');
    const audiences = flags.list('audience');
    const request = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {},
      spec: {
        audiences,
        ...(flags.duration('duration') > 0 && {expirationSeconds: flags.duration('duration') / 1000}),
        ...(boundKind && {
          boundObjectRef: {
            kind: boundKind,
            apiVersion: BOUND_KINDS[boundKind],
            name: flags.string('bound-object-name'),
            ...(flags.string('bound-object-uid') && {uid: flags.string('bound-object-uid')}),
          },
        }),
      },
    };
    const kind = yield* context.kind('serviceaccounts');
    try {
      const answer = yield* context.client.create<KubeObject & {status?: {token?: string}}>(
        {kind, namespace: context.config.namespace, name, subresource: 'token'},
        request,
      );
      const print = printerFor(context);
      yield* stdout(print ? print(answer) : `${answer.status?.token ?? ''}\n`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new Failure(
        error.reason === 'NotFound' && error.message.includes('could not find the requested resource')
          ? `failed to create token: the server could not find the requested resource`
          : `failed to create token: ${error.message}`,
      );
    }
  },
};
