/** Help for the commands about nodes, containers, certificates and kubectl itself. */
import type {Pages} from './types.ts';

export const RUNNING = {
  certificate: {long: ['Whether a certificate that somebody asks for may be signed. The signer does it once it is approved.']},
  'certificate approve': {
    long: ['Look at the request first: who holds the certificate is who it says.'],
    examples: [['Let it be signed', 'certificate approve ann']],
  },
  'certificate deny': {
    long: ['It will not be signed, even if it is approved later.'],
    examples: [['Refuse it', 'certificate deny ann']],
  },
  cordon: {
    long: ['No new pods come to the node; those on it stay.'],
    examples: [['Close a node', 'cordon node-1']],
  },
  uncordon: {
    long: ['Pods may come again. Those that left do not come back by themselves.'],
    examples: [['Open it again', 'uncordon node-1']],
  },
  drain: {
    long: [
      'Closes the node and evicts its pods, as far as budgets allow it. Pods of daemon sets stay, for they would come back at once: say --ignore-daemonsets.',
      'A pod that nothing would make again is only taken with --force, and one with an emptyDir only with --delete-emptydir-data.',
    ],
    examples: [
      ['Before a node is switched off', 'drain node-1 --ignore-daemonsets --force'],
      ['See who would have to go', 'drain node-1 --ignore-daemonsets --force --dry-run=client'],
    ],
  },
  taint: {
    long: ['KEY=VALUE:EFFECT, where the effect is NoSchedule, PreferNoSchedule or NoExecute. A taint with - behind it is taken away.'],
    examples: [
      ['Only for pods that tolerate it', 'taint nodes node-1 team=shop:NoSchedule'],
      ['For everybody again', 'taint nodes node-1 team:NoSchedule-'],
    ],
  },
  attach: {
    long: ['To what the first process of a container writes from now on. exec starts another one.'],
    examples: [['See what it writes', 'attach db']],
  },
  exec: {
    long: ['Another process in a container that runs. A terminal for it needs -it.'],
    examples: [
      ['One command', 'exec db -- ls /'],
      ['In one of the pods of a deployment', 'exec deployment/web -- hostname'],
      ['In a container by its name', 'exec db -c db -- env'],
    ],
  },
  'port-forward': {
    long: [
      'LOCAL:REMOTE makes a port of a pod one of your own machine for as long as the command runs. Of a service, one of its pods is taken.',
    ],
    examples: [
      ['The same port', 'port-forward pod/db 6379'],
      ['Another one', 'port-forward service/web 8080:80'],
    ],
  },
  debug: {
    long: [
      'Adds a container to a pod that runs, makes a copy of a pod with something changed, or starts a pod on a node that sees all of its files.',
      'A container that was added stays in the pod until the pod is gone.',
    ],
    examples: [
      ['Look around beside a container', 'debug db --image=busybox:1.36 --target=db --profile=general'],
      ['In a copy, with another image', 'debug db --copy-to=db-copy --set-image=db=redis:7.2 --profile=general'],
      ['On a node', 'debug node/node-1 --image=busybox:1.36 --profile=sysadmin'],
    ],
  },
  proxy: {long: ['Not here: this kubectl talks to a cluster inside the program. podyssey serve opens a port for others.']},
  cp: {long: ['Not here: it works through tar in the container, which these have not.']},
  kustomize: {long: ['Not here, and neither is -k.']},
  completion: {long: ['Not here: the prompt completes with Tab already.']},
  plugin: {long: ['Not here: the prompt starts no programs of your machine.']},
  config: {
    long: [
      'Which clusters kubectl knows, as whom it asks, and which pair of both a context names.',
      'Of --kubeconfig, $KUBECONFIG and ~/.kube/config the first that is given counts; several files in $KUBECONFIG are read as one.',
    ],
  },
  'config current-context': {
    long: ['The one that is used where --context says nothing else.'],
    examples: [['Its name', 'config current-context']],
  },
  'config delete-cluster': {
    long: ['Only the entry of the file goes; the cluster does not know of it.'],
    examples: [['Forget a cluster', 'config delete-cluster other']],
  },
  'config delete-context': {
    long: ['Its cluster and its user stay in the file.'],
    examples: [['Forget a context', 'config delete-context second']],
  },
  'config delete-user': {
    long: ['Only the entry of the file goes; what the user may do does not change.'],
    examples: [['Forget a user', 'config delete-user guest']],
  },
  'config get-clusters': {long: ['By their names.'], examples: [['All of them', 'config get-clusters']]},
  'config get-contexts': {
    long: ['The star stands before the current one.'],
    examples: [
      ['All of them', 'config get-contexts'],
      ['Only the names', 'config get-contexts -o name'],
    ],
  },
  'config get-users': {long: ['By their names; view shows more.'], examples: [['All of them', 'config get-users']]},
  'config rename-context': {
    long: ['Where it is the current one, it stays so under its new name.'],
    examples: [['Another name', 'config rename-context second spare']],
  },
  'config set': {
    long: ['The path of a field, joined by points, and its value.'],
    examples: [['The server of a cluster', 'config set clusters.other.server https://10.0.0.2:6443']],
  },
  'config set-cluster': {
    long: ['What is there already is kept, as far as no option says otherwise.'],
    examples: [['Where it answers', 'config set-cluster other --server=https://10.0.0.2:6443']],
  },
  'config set-context': {
    long: ['What is there already is kept, as far as no option says otherwise.'],
    examples: [
      ['Another namespace from now on', 'config set-context --current --namespace=shop'],
      ['A new one', 'config set-context night --cluster=other --user=guest'],
    ],
  },
  'config set-credentials': {
    long: ['A certificate and its key, a token, or a name and a password.'],
    examples: [['A token', 'config set-credentials guest --token=secret']],
  },
  'config unset': {
    long: ['Takes a field away, or all below it.'],
    examples: [['No current context', 'config unset current-context']],
  },
  'config use-context': {
    long: ['From now on commands go there.'],
    examples: [['Elsewhere', 'config use-context second']],
  },
  'config view': {
    long: ['All files as one. Secrets are hidden unless --raw.'],
    examples: [
      ['All', 'config view'],
      ['Only what the current context needs', 'config view --minify'],
      ['One value', "config view -o jsonpath='{.clusters[*].name}'"],
    ],
  },
} satisfies Pages;
