/** The stages of the strip: what a write passes from kubectl to a running container. */
import type {StageName} from '../engine/apiserver/request.ts';

/** The part within the API server: which stages of a request make one of the strip. */
export const served: readonly {readonly id: string; readonly of: readonly StageName[]}[] = [
  {id: 'TLS', of: ['tls']},
  {id: 'authn', of: ['authentication', 'impersonation']},
  {id: 'authz', of: ['authorization']},
  {id: 'decode', of: ['routing', 'decoding', 'defaulting']},
  {id: 'mutate', of: ['mutating-admission']},
  {id: 'validate', of: ['validation']},
  {id: 'admit', of: ['validating-admission']},
  {id: 'etcd', of: ['encoding', 'etcd']},
];

/** The strip's stages in their order. */
export const stageIds = [
  'kubectl',
  ...served.map(stage => stage.id),
  'watch',
  'controllers',
  'scheduler',
  'kubelet',
  'sandbox',
  'CNI',
  'containers',
  'status',
] as const;
