/** What expressions about requests may speak of. upstream: apiserver/pkg/admission/plugin/cel/compile.go BuildRequestType, BuildNamespaceType, createEnvForOpts */
import type {Variables} from './check.ts';
import {AUTHORIZER, RESOURCE_CHECK} from './functions.ts';
import {BOOL, type CelType, DYN, INT, listOf, mapOf, recordType, STRING, TIMESTAMP} from './types.ts';

const strings = (...names: string[]): Record<string, CelType> => Object.fromEntries(names.map(name => [name, STRING]));
const STRINGS = listOf(STRING);
const LABELS = mapOf(STRING, STRING);

const KIND = recordType('kubernetes.GroupVersionKind', strings('group', 'version', 'kind'));
const RESOURCE = recordType('kubernetes.GroupVersionResource', strings('group', 'version', 'resource'));

const USER = recordType('kubernetes.UserInfo', {...strings('username', 'uid'), groups: STRINGS, extra: mapOf(STRING, STRINGS)});

const REQUEST = recordType('kubernetes.AdmissionRequest', {
  ...strings('subResource', 'requestSubResource', 'name', 'namespace', 'operation'),
  kind: KIND,
  resource: RESOURCE,
  requestKind: KIND,
  requestResource: RESOURCE,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});

const NAMESPACE = recordType('kubernetes.Namespace', {
  metadata: recordType('kubernetes.NamespaceMetadata', {
    ...strings('name', 'generateName', 'namespace', 'UID', 'resourceVersion'),
    labels: LABELS,
    annotations: LABELS,
    creationTimestamp: TIMESTAMP,
    deletionTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    generation: INT,
    finalizers: STRINGS,
  }),
  spec: recordType('kubernetes.NamespaceSpec', {finalizers: STRINGS}),
  status: recordType('kubernetes.NamespaceStatus', {
    conditions: listOf(
      recordType('kubernetes.NamespaceCondition', {...strings('status', 'type', 'message', 'reason'), lastTransitionTime: TIMESTAMP}),
    ),
    phase: STRING,
  }),
});

/** Of every expression about a request. What an object looks like is not known where kinds of many sorts may come. */
export const REQUEST_VARIABLES: Variables = {object: DYN, oldObject: DYN, request: REQUEST, namespaceObject: NAMESPACE};
export const PARAMS: Variables = {params: DYN};
export const AUTHORIZERS: Variables = {authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK};

/** The variables of a policy, of the types that they come to. */
export const composed = (types: Readonly<Record<string, CelType>>): Variables => ({variables: recordType('kubernetes.variables', types)});
