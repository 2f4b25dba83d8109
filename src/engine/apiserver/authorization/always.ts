/** upstream: staging/src/k8s.io/apiserver/pkg/authorization/authorizerfactory/builtin.go */
import {SYSTEM_PRIVILEGED_GROUP} from '../../api/well-known.ts';
import {ALLOW, type Authorizer, NO_OPINION} from './types.ts';

/** What kube-apiserver puts before every configured authorizer: this group may do anything, whatever the policy says. */
export const privilegedGroups: Authorizer = {
  name: 'PrivilegedGroup',
  authorize: ({user}) => (user.groups.includes(SYSTEM_PRIVILEGED_GROUP) ? ALLOW : NO_OPINION),
};

export const alwaysAllow: Authorizer = {name: 'AlwaysAllow', authorize: () => ALLOW};

export const alwaysDeny: Authorizer = {
  name: 'AlwaysDeny',
  authorize: () => ({decision: 'NoOpinion', reason: 'Everything is forbidden.'}),
};
