/** upstream: staging/src/k8s.io/apiserver/pkg/authorization/authorizerfactory/builtin.go */
import {ALLOW, type Authorizer, NO_OPINION} from './types.ts';

export const PRIVILEGED_GROUP = 'system:masters';

/** What kube-apiserver puts before every configured authorizer: this group may do anything, whatever the policy says. */
export const privilegedGroups: Authorizer = {
  name: 'PrivilegedGroup',
  authorize: ({user}) => (user.groups.includes(PRIVILEGED_GROUP) ? ALLOW : NO_OPINION),
};

export const alwaysAllow: Authorizer = {name: 'AlwaysAllow', authorize: () => ALLOW};

export const alwaysDeny: Authorizer = {
  name: 'AlwaysDeny',
  authorize: () => ({decision: 'NoOpinion', reason: 'Everything is forbidden.'}),
};
