/** The programs of the network. */
import type {Component} from '../client/types.ts';
import {type Installed, kubeFlannel} from './cni/flannel.ts';
import {coredns} from './dns/coredns.ts';
import {ingressController} from './ingress/ingress-controller.ts';
import {kubeProxy} from './proxy/kube-proxy.ts';

export const networkComponents = (installed: Installed): readonly Component[] => [
  kubeFlannel(installed),
  kubeProxy,
  coredns,
  ingressController,
];
