/** Help for the commands that look. */
import type {Pages} from './types.ts';

export const LOOKING = {
  explain: {
    long: ['What a field means, and what is below it, as the server documents it. Fields are joined by points.'],
    examples: [
      ['The fields of a pod', 'explain pods'],
      ['One of them', 'explain pods.spec.containers.livenessProbe'],
      ['All below it, names only', 'explain deployment.spec.strategy --recursive'],
    ],
  },
  get: {
    long: [
      'Objects as rows of a table, of the namespace of the context unless -n or -A says otherwise. -o wide adds columns; -o yaml shows all there is.',
      'kubectl api-resources lists what can be asked for, with the short names.',
    ],
    examples: [
      ['All pods of the namespace', 'get pods'],
      ['With their nodes and addresses', 'get pods -o wide'],
      ['Everything about one', 'get deployment web -o yaml'],
      ['Of all namespaces, with a label', 'get pods -A -l app=web'],
      ['Only what is not running', 'get pods --field-selector=status.phase!=Running'],
      ['Several kinds at once', 'get deployments,services'],
      ['Columns of your own', 'get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image'],
      ['One value', "get deployment web -o jsonpath='{.spec.replicas}'"],
      ['The oldest first', 'get pods --sort-by=.metadata.creationTimestamp'],
    ],
  },
  describe: {
    long: ['What kubectl can find out about an object, for people to read: its fields, what belongs to it, and its last events.'],
    examples: [
      ['A node, with the pods on it', 'describe node node-1'],
      ['All pods with a label', 'describe pods -l app=web'],
      ['What a file describes', 'describe -f web.yaml'],
    ],
  },
  logs: {
    long: ['What containers wrote. -p asks for the container before the last restart, which is where the reason of a crash stands.'],
    examples: [
      ['Of a pod', 'logs db'],
      ['The last ten lines, with their times', 'logs db --tail=10 --timestamps'],
      ['Of the last hour', 'logs db --since=1h'],
      ['Of all pods with a label, each line with its pod', 'logs -l app=web --prefix'],
      ['Of one of the pods of a deployment', 'logs deployment/web'],
    ],
  },
  events: {
    long: ['What components reported, the latest last. Events are kept for an hour.'],
    examples: [
      ['Of the namespace', 'events'],
      ['About one object', 'events --for=pod/db'],
      ['Only what went wrong, everywhere', 'events --types=Warning -A'],
    ],
  },
  top: {long: ['What is used, as the metrics server measured it last. Requests and limits play no part in it.']},
  'top node': {
    long: ['The percentage is of what pods may have on the node.'],
    examples: [
      ['All nodes', 'top node'],
      ['The busiest first', 'top node --sort-by=cpu'],
    ],
  },
  'top pod': {
    long: ['A pod that has just begun is not measured yet.'],
    examples: [
      ['All pods of the namespace', 'top pod'],
      ['Each container by itself', 'top pod db --containers'],
    ],
  },
  'cluster-info': {
    long: ['Where the control plane answers, and services that belong to the cluster.'],
    examples: [['The addresses', 'cluster-info']],
  },
  'cluster-info dump': {
    long: ['Everything that somebody who is to help would ask for: objects and logs, to standard output or into files.'],
    examples: [['Of one namespace', 'cluster-info dump --namespaces=default']],
  },
  'explain-scheduling': {
    long: [
      'Asks every plugin of the scheduler about every node for this pod, without moving it. --make-win looks for what would have to change.',
    ],
    examples: [
      ['Why this node', 'explain-scheduling db'],
      ['One node in detail', 'explain-scheduling db --node=node-1'],
      ['What it would take', 'explain-scheduling db --make-win=node-2'],
    ],
  },
  'api-resources': {
    long: ['Every kind that the server serves now, those of custom resource definitions among them.'],
    examples: [
      ['All of them', 'api-resources'],
      ['Those without a namespace', 'api-resources --namespaced=false'],
      ['Of one group', 'api-resources --api-group=apps'],
    ],
  },
  'api-versions': {
    long: ['What may stand under apiVersion in a manifest.'],
    examples: [['All of them', 'api-versions']],
  },
  version: {
    long: ['They should be no more than one minor version apart.'],
    examples: [
      ['Of this program and of the server', 'version'],
      ['Without asking a server', 'version --client'],
    ],
  },
  diff: {
    long: ['What apply would change. It ends with 1 where there is a difference, and changes nothing.'],
    examples: [['A file and what is there', 'diff -f same.yaml']],
  },
  wait: {
    long: ['Until a condition holds, an object is there or gone, or a field has a value; or until the timeout, which is thirty seconds.'],
    examples: [
      ['Until a pod is ready', 'wait pod db --for=condition=Ready'],
      ['Until all pods with a label are, for two minutes', 'wait pod -l app=web --for=condition=Ready --timeout=2m'],
      ['Until a field has a value', "wait pod db --for=jsonpath='{.status.phase}'=Running"],
      ['Until something is gone', 'wait pod no-such-pod --for=delete'],
    ],
  },
  auth: {long: ['Who you are to the server, and what you may do.']},
  'auth can-i': {
    long: ['The server answers yes or no; no is also the exit code 1. --as asks for somebody else.'],
    examples: [
      ['May I?', 'auth can-i create deployments'],
      ['Everywhere?', 'auth can-i delete pods --all-namespaces'],
      ['All that I may do here', 'auth can-i --list'],
      ['And a service account?', 'auth can-i list pods --as=system:serviceaccount:kube-system:namespace-controller'],
    ],
  },
  'auth reconcile': {
    long: ['Adds what is missing to roles and bindings of a file, and keeps what there is more; apply would overwrite it.'],
    examples: [
      ['What a file gives', 'auth reconcile -f roles.yaml'],
      ['Only see what would change', 'auth reconcile -f roles.yaml --dry-run=client'],
    ],
  },
  'auth whoami': {
    long: ['The name and the groups that the server knows you by.'],
    examples: [['Who am I?', 'auth whoami']],
  },
} satisfies Pages;
