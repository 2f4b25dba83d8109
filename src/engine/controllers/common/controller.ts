/** What every loop of kube-controller-manager has in common: its program and its service account. upstream: cmd/kube-controller-manager/app */
import type {UserInfo} from '../../api/types.ts';
import type {Component} from '../../client/types.ts';

export const KUBE_CONTROLLER_MANAGER = 'kube-controller-manager';

const serviceAccountUser = (account: string): UserInfo => ({
  username: `system:serviceaccount:kube-system:${account}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
});

/** The program's own identity may list and watch everything; what a loop writes, it writes under its service account. */
export const sharedInformers: UserInfo = {username: 'system:kube-controller-manager', groups: ['system:authenticated']};

/** A row of the controller table. `account` is the service account in kube-system where it is not called as the controller is. */
export const controller = ({account, ...loop}: Omit<Component, 'process' | 'user' | 'informers'> & {account?: string}): Component => {
  const user = serviceAccountUser(account ?? loop.name);
  return {...loop, process: KUBE_CONTROLLER_MANAGER, user: () => user, informers: () => sharedInformers};
};
