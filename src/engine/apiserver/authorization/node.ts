/**
 * What a kubelet may do: read what belongs to the pods of its own node, and write itself.
 * upstream: plugin/pkg/auth/authorizer/node/node_authorizer.go
 */

import {groupResourceOf} from '../../api/group-version.ts';
import type {rbac, UserInfo} from '../../api/types.ts';
import {NAMESPACE_NODE_LEASE, NODES_GROUP} from '../../api/well-known.ts';
import {relatedToNode} from './node-graph.ts';
import {rulesAllow} from './rbac/rules.ts';
import {ALLOW, type Attributes, type Authorizer, NO_OPINION, type PolicyReader, READ_VERBS, type Verdict} from './types.ts';

const USER_PREFIX = 'system:node:';
const OWN_OBJECT_VERBS = new Set(['get', 'create', 'update', 'patch', 'delete']);

/** The node a user is: '' when the name says none; undefined when it is no node. upstream: pkg/auth/nodeidentifier/default.go */
export function nodeIdentity(user: UserInfo): string | undefined {
  return user.username.startsWith(USER_PREFIX) && user.groups.includes(NODES_GROUP) ? user.username.slice(USER_PREFIX.length) : undefined;
}

const no = (reason: string): Verdict => ({decision: 'NoOpinion', reason});

type Check = (node: string, attributes: Attributes, policy: PolicyReader) => Verdict;

/** `nodeRules` are those of the ClusterRole system:node, for what is the same for every node. */
export function nodeAuthorizer(nodeRules: readonly rbac.PolicyRule[]): Authorizer {
  return {
    name: 'Node',
    authorize(attributes, policy) {
      const node = nodeIdentity(attributes.user);
      if (node === undefined) return NO_OPINION;
      if (node === '') return no(`unknown node for user "${attributes.user.username}"`);
      const check = attributes.isResourceRequest
        ? CHECKS[groupResourceOf({group: attributes.apiGroup, resource: attributes.resource})]
        : undefined;
      if (check) return check(node, attributes, policy);
      return rulesAllow(attributes, nodeRules) ? ALLOW : NO_OPINION;
    },
  };
}

/** The resources whose objects are told apart. */
const CHECKS: Readonly<Record<string, Check>> = {
  secrets: readNamespaced,
  configmaps: readNamespaced,
  persistentvolumeclaims: (node, attributes, policy) =>
    attributes.subresource === 'status' ? updateStatus(node, attributes, policy) : getOne(node, attributes, policy),
  persistentvolumes: getOne,
  'resourceclaims.resource.k8s.io': getOne,
  'volumeattachments.storage.k8s.io': getOne,
  serviceaccounts: (node, attributes, policy) =>
    attributes.verb === 'get' && attributes.subresource === ''
      ? readNamespaced(node, attributes, policy)
      : createToken(node, attributes, policy),
  'leases.coordination.k8s.io': lease,
  'csinodes.storage.k8s.io': csiNode,
  'resourceslices.resource.k8s.io': resourceSlice,
  nodes: ownNode,
  pods: ownPods,
};

function related(node: string, attributes: Attributes, policy: PolicyReader): Verdict {
  if (!attributes.name) return no('No Object name found');
  return relatedToNode(node, attributes, policy) ? ALLOW : no(`no relationship found between node '${node}' and this object`);
}

function readNamespaced(node: string, attributes: Attributes, policy: PolicyReader): Verdict {
  if (!READ_VERBS.has(attributes.verb)) return no('can only read resources of this type');
  if (attributes.subresource) return no('cannot read subresource');
  if (!attributes.namespace) return no('can only read namespaced object of this type');
  return related(node, attributes, policy);
}

function getOne(node: string, attributes: Attributes, policy: PolicyReader): Verdict {
  if (attributes.verb !== 'get') return no('can only get individual resources of this type');
  if (attributes.subresource) return no('cannot get subresource');
  return related(node, attributes, policy);
}

function updateStatus(node: string, attributes: Attributes, policy: PolicyReader): Verdict {
  if (attributes.verb !== 'update' && attributes.verb !== 'patch') return no('can only get/update/patch this type');
  return related(node, attributes, policy);
}

function createToken(node: string, attributes: Attributes, policy: PolicyReader): Verdict {
  if (attributes.verb !== 'create' || !attributes.name) return no('can only create tokens for individual service accounts');
  if (attributes.subresource !== 'token') return no('can only create token subresource of serviceaccount');
  return related(node, attributes, policy);
}

/** The name of a lease is not known when it is created; NodeRestriction looks at it then. */
function lease(node: string, {verb, namespace, name}: Attributes): Verdict {
  if (!OWN_OBJECT_VERBS.has(verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (namespace !== NAMESPACE_NODE_LEASE) return no(`can only access leases in the "${NAMESPACE_NODE_LEASE}" system namespace`);
  if (verb !== 'create' && name !== node) return no('can only access node lease with the same name as the requesting node');
  return ALLOW;
}

function csiNode(node: string, {verb, subresource, name}: Attributes): Verdict {
  if (!OWN_OBJECT_VERBS.has(verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (subresource) return no('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node) return no('can only access CSINode with the same name as the requesting node');
  return ALLOW;
}

function resourceSlice(node: string, attributes: Attributes, policy: PolicyReader): Verdict {
  if (attributes.subresource) return no('cannot authorize ResourceSlice subresources');
  switch (attributes.verb) {
    case 'create':
      return ALLOW;
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return related(node, attributes, policy);
    case 'watch':
    case 'list':
    case 'deletecollection':
      return selectsOwn(attributes, node) ? ALLOW : no('can only list/watch/deletecollection resourceslices with nodeName field selector');
    default:
      return no(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
      );
  }
}

/** Compared by name, so a kubelet can look for its Node before there is one. */
function ownNode(node: string, {verb, subresource, name}: Attributes): Verdict {
  if (subresource === '') {
    if (verb === 'create' || verb === 'update' || verb === 'patch') return ALLOW;
    if (READ_VERBS.has(verb)) {
      if (name === node) return ALLOW;
      return no(
        name
          ? `node '${node}' cannot read '${name}', only its own Node object`
          : `node '${node}' cannot read all nodes, only its own Node object`,
      );
    }
  }
  return subresource === 'status' && (verb === 'update' || verb === 'patch') ? ALLOW : NO_OPINION;
}

function ownPods(node: string, attributes: Attributes, policy: PolicyReader): Verdict {
  const {verb, subresource, name} = attributes;
  switch (subresource) {
    case '':
      if (verb === 'get') return related(node, attributes, policy);
      if (verb === 'list' || verb === 'watch') {
        if (selectsOwn(attributes, node)) return ALLOW;
        return name ? related(node, attributes, policy) : no('can only list/watch pods with spec.nodeName field selector');
      }
      // Mirror pods; NodeRestriction keeps it to those.
      return verb === 'create' || verb === 'delete' ? ALLOW : NO_OPINION;
    case 'status':
      return verb === 'update' || verb === 'patch' ? ALLOW : NO_OPINION;
    case 'eviction':
      return verb === 'create' ? ALLOW : NO_OPINION;
    default:
      return NO_OPINION;
  }
}

/** Pods and ResourceSlices name the node in the same field. */
function selectsOwn({fieldSelector}: Attributes, node: string): boolean {
  const terms = fieldSelector?.split(',') ?? [];
  return terms.includes(`spec.nodeName=${node}`) || terms.includes(`spec.nodeName==${node}`);
}
