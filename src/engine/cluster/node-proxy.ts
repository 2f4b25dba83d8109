/** How the API server reaches the nodes' kubelets and their pods. */
import {CLUSTER_CA, serverConfig} from '../apiserver/config.ts';
import {NodeError, type NodeProxy} from '../apiserver/node-proxy.ts';
import type {TraceNote} from '../client/context.ts';
import {findHost} from '../client/hosts.ts';
import {PROCESSES, type Process} from '../client/processes.ts';
import {servingIssuer} from '../kubelet/certificate/serving.ts';
import {containerLogs, LogError} from '../kubelet/server/logs.ts';
import {answerPath} from '../kubelet/server/routes.ts';
import {attachContainer, execInContainer, forwardPort, StreamError} from '../kubelet/server/streams.ts';
import type {Kubelet} from '../kubelet/types.ts';
import type {Tx} from '../machine/types.ts';
import type {NodePrograms} from './nodes.ts';

const KUBELET_PORT = 10250;

/** Somebody at a kubelet's address: whatever he is asked he answers, and he remembers it. */
const impostorAnswers = {
  logs: 'all is well\n',
  exec: {stdout: 'all is well\n', stderr: '', exitCode: 0},
  kubelet: {status: 200, body: 'ok'},
} as const;

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
  const kubeletOf = (tx: Tx, node: string, path: string): Kubelet | 'impostor' => {
    const host = findHost(tx, node);
    const address = `${host?.address ?? node}:${KUBELET_PORT}`;
    const failed = (why: string): NodeError => new NodeError(`Get "https://${address}${path}": ${why}`, true);
    const ctx = kubeletContext(tx, node);
    const impostor = Boolean(host?.up && host.impostor);
    if (!ctx && !impostor) throw failed(`dial tcp ${address}: ${host?.up ? 'connect: connection refused' : 'i/o timeout'}`);
    if (serverConfig(tx).verifyKubelets && (impostor || servingIssuer(tx, node) !== CLUSTER_CA))
      throw failed('tls: failed to verify certificate: x509: certificate signed by unknown authority');
    if (!impostor) return kubelet.open(ctx!);
    if (tx.noting)
      tx.note({kind: 'trace', component: 'impostor', instance: node, stage: 'Heard', subject: `node/${node}`, detail: path} as TraceNote);
    return 'impostor';
  };
  return {
    logs(tx, node, namespace, pod, query) {
      const asked = kubeletOf(tx, node, `/containerLogs/${namespace}/${pod}/${query.container}`);
      if (asked === 'impostor') return impostorAnswers.logs;
      try {
        return containerLogs(asked, namespace, pod, query);
      } catch (error) {
        if (error instanceof LogError) throw new NodeError(error.message);
        throw error;
      }
    },
    exec(tx, node, namespace, pod, container, command, stdin) {
      const asked = kubeletOf(
        tx,
        node,
        `/exec/${namespace}/${pod}/${container}?${command.map(c => `command=${encodeURIComponent(c)}`).join('&')}`,
      );
      if (asked === 'impostor') return impostorAnswers.exec;
      return streaming(() => {
        const {stdout, stderr, exitCode} = execInContainer(asked, namespace, pod, container, command, stdin);
        return {stdout, stderr, exitCode};
      });
    },
    attach(tx, node, namespace, pod, container) {
      const asked = kubeletOf(tx, node, `/attach/${namespace}/${pod}/${container}`);
      if (asked !== 'impostor') streaming(() => attachContainer(asked, namespace, pod, container));
    },
    portForward(tx, node, namespace, pod, port, request) {
      const asked = kubeletOf(tx, node, `/portForward/${namespace}/${pod}`);
      if (asked === 'impostor') return undefined;
      return streaming(() => forwardPort(asked, namespace, pod, port, request));
    },
    kubelet(tx, node, path) {
      const asked = kubeletOf(tx, node, path);
      return asked === 'impostor' ? impostorAnswers.kubelet : answerPath(asked, path);
    },
    controlPlane(tx, program, port) {
      const lives = tx.table<Process>(PROCESSES).all('program', program);
      if (!lives.some(({running}) => running)) throw new NodeError(`dial tcp 127.0.0.1:${port}: connect: connection refused`, true);
    },
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
