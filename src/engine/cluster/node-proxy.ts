/** How the API server reaches the nodes' kubelets and their pods. */
import {NodeError, type NodeProxy} from '../apiserver/node-proxy.ts';
import {findHost} from '../client/hosts.ts';
import {containerLogs, LogError} from '../kubelet/server/logs.ts';
import {answerPath} from '../kubelet/server/routes.ts';
import {attachContainer, execInContainer, forwardPort, StreamError} from '../kubelet/server/streams.ts';
import type {Kubelet} from '../kubelet/types.ts';
import type {Tx} from '../machine/types.ts';
import type {NodePrograms} from './nodes.ts';

const KUBELET_PORT = 10250;

/** What the kubelet refuses of a stream. */
function streaming<T>(serve: () => T): T {
  try {
    return serve();
  } catch (error) {
    if (error instanceof StreamError) throw new NodeError(error.message);
    throw error;
  }
}

export function createNodeProxy({kubelet, kubeletContext, fromControlPlane}: NodePrograms): NodeProxy {
  /** The kubelet that is asked for a path. A node without power is silent; one whose kubelet is stopped refuses. */
  const kubeletOf = (tx: Tx, node: string, path: string): Kubelet => {
    const ctx = kubeletContext(tx, node);
    if (ctx) return kubelet.open(ctx);
    const host = findHost(tx, node);
    const address = `${host?.address ?? node}:${KUBELET_PORT}`;
    const why = host?.up ? 'connect: connection refused' : 'i/o timeout';
    throw new NodeError(`Get "https://${address}${path}": dial tcp ${address}: ${why}`, true);
  };
  return {
    logs(tx, node, namespace, pod, query) {
      const asked = kubeletOf(tx, node, `/containerLogs/${namespace}/${pod}/${query.container}`);
      try {
        return containerLogs(asked, namespace, pod, query);
      } catch (error) {
        if (error instanceof LogError) throw new NodeError(error.message);
        throw error;
      }
    },
    exec(tx, node, namespace, pod, container, command, stdin) {
      const asked = kubeletOf(tx, node, `/exec/${namespace}/${pod}/${container}`);
      return streaming(() => {
        const {stdout, stderr, exitCode} = execInContainer(asked, namespace, pod, container, command, stdin);
        return {stdout, stderr, exitCode};
      });
    },
    attach(tx, node, namespace, pod, container) {
      const asked = kubeletOf(tx, node, `/attach/${namespace}/${pod}/${container}`);
      streaming(() => attachContainer(asked, namespace, pod, container));
    },
    portForward(tx, node, namespace, pod, port, request) {
      const asked = kubeletOf(tx, node, `/portForward/${namespace}/${pod}`);
      return streaming(() => forwardPort(asked, namespace, pod, port, request));
    },
    kubelet: (tx, node, path) => answerPath(kubeletOf(tx, node, path), path),
    request(tx, address, port, {method, path, headers}) {
      const answer = fromControlPlane(tx, address, port, {method, path, headers});
      if ('ok' in answer) return answer.ok;
      const words = {refused: 'connect: connection refused', timeout: 'i/o timeout', unreachable: 'connect: no route to host'}[
        answer.error
      ];
      throw new NodeError(`dial tcp ${address}:${port}: ${words}`);
    },
  };
}
