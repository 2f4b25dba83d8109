/** What the loops of cloud-controller-manager have in common. upstream: cmd/cloud-controller-manager */
import type {Component} from '../../client/types.ts';
import {controller} from '../common/controller.ts';

const CLOUD_CONTROLLER_MANAGER = 'cloud-controller-manager';

/** A row of its table: like kube-controller-manager's, in another program. */
export const cloudController = (loop: Parameters<typeof controller>[0]): Component => {
  const {informers: _shared, ...own} = controller(loop);
  return {...own, process: CLOUD_CONTROLLER_MANAGER};
};
