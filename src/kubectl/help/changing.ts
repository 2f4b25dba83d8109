/** Help for the commands that change what there is. */
import type {Pages} from './types.ts';

export const CHANGING = {
  set: {long: ['Changes one thing of an object, which patch and edit could do too.']},
  'set env': {
    long: ['Of all containers, unless -c names some. NAME- takes a variable away. The pods are replaced, for their template has changed.'],
    examples: [
      ['Set a variable', 'set env deployment/web COLOR=green'],
      ['See them', 'set env deployment/web --list'],
      ['All entries of a config map', 'set env deployment/web --from=configmap/settings'],
      ['Take one away', 'set env deployment/web COLOR-'],
    ],
  },
  'set image': {
    long: ['Containers by their names; * is all of them.'],
    examples: [
      ['Of one container', 'set image deployment/web nginx=nginx:1.28'],
      ['Of all', 'set image deployment/web "*=nginx:1.27"'],
      ['In a file, without a server', 'set image -f web.yaml nginx=nginx:1.28 --local -o yaml'],
    ],
  },
  'set resources': {
    long: ['What containers ask for, and what they may use at the most. 0 takes a value away.'],
    examples: [
      ['Both', 'set resources deployment web --requests=cpu=100m,memory=64Mi --limits=cpu=200m,memory=128Mi'],
      ['Of one container', 'set resources deployment web -c=nginx --limits=memory=256Mi'],
    ],
  },
  'set selector': {
    long: ['Which pods a service is for. The selectors of workloads cannot be changed.'],
    examples: [['Another set of pods', 'set selector service web app=web,tier=front']],
  },
  'set serviceaccount': {
    long: ['Pods made from the template from now on are this account.'],
    examples: [['Who the pods are', 'set serviceaccount deployment web default']],
  },
  'set subject': {
    long: ['Adds to those whom a binding is for.'],
    examples: [['One more user', 'set subject rolebinding readers --user=bob']],
  },
  edit: {
    long: [
      'Opens the object in an editor, and sends what has changed when it is closed. A text that the server refuses comes back with the reason.',
    ],
    examples: [['Change a deployment', 'edit deployment web']],
  },
  delete: {
    long: [
      'What belongs to an object goes too, unless --cascade=orphan. A pod may take its grace period; with --now it has a second.',
      'Where finalizers hold an object back, the command waits with it; --wait=false does not.',
    ],
    examples: [
      ['One pod', 'delete pod db'],
      ['What a file describes', 'delete -f web.yaml'],
      ['All with a label', 'delete pods,services -l app=web'],
      ['All of a kind in this namespace', 'delete configmaps --all'],
    ],
  },
  rollout: {
    long: ['How deployments, daemon sets and stateful sets go from one template to the next.'],
    examples: [
      ['See how far it is', 'rollout status deployment/web'],
      ['Make all pods anew', 'rollout restart deployment/web'],
    ],
  },
  'rollout history': {
    long: [
      'The templates that are still known. A change without a reason shows <none>: the annotation kubernetes.io/change-cause gives one.',
    ],
    examples: [
      ['All of them', 'rollout history deployment/web'],
      ['One in detail', 'rollout history deployment/web --revision=1'],
    ],
  },
  'rollout pause': {
    long: ['Changes to the template are kept and not rolled out until it is resumed.'],
    examples: [['Hold', 'rollout pause deployment/web']],
  },
  'rollout resume': {
    long: ['What has changed in the meantime is rolled out in one go.'],
    examples: [['Go on', 'rollout resume deployment/web']],
  },
  'rollout restart': {
    long: ['All pods are made anew, as many at a time as the strategy allows.'],
    examples: [
      ['One deployment', 'rollout restart deployment/web'],
      ['All with a label', 'rollout restart deployment -l app=web'],
    ],
  },
  'rollout status': {
    long: ['Waits until the last template has been rolled out; with --watch=false it only says how far it is.'],
    examples: [
      ['Wait for it', 'rollout status deployment/web'],
      ['For a minute at the most', 'rollout status deployment/web --timeout=1m'],
    ],
  },
  'rollout undo': {
    long: ['An earlier template becomes the newest one.'],
    examples: [
      ['The one before', 'rollout undo deployment/web'],
      ['A certain one', 'rollout undo deployment/web --to-revision=2'],
    ],
  },
  scale: {
    long: ['With --current-replicas or --resource-version it is done only where these are right when the server gets it.'],
    examples: [
      ['Three pods', 'scale deployment/web --replicas=3'],
      ['Only from three to five', 'scale deployment/web --current-replicas=3 --replicas=5'],
      ['None', 'scale deployment web --replicas=0'],
    ],
  },
  autoscale: {
    long: ['Makes a HorizontalPodAutoscaler, which scales by what the pods use. They have to request what it is a share of.'],
    examples: [['Two to five, at four fifths of the cpu', 'autoscale deployment web --min=2 --max=5 --cpu=80%']],
  },
  apply: {
    long: [
      'Makes what is not there and changes what is, so that it becomes as the file says. What the file no longer says is taken away; what others set stays.',
      'The server remembers which fields come from whom with --server-side; without it the last file is kept in an annotation.',
    ],
    examples: [
      ['A file', 'apply -f web.yaml'],
      ['Only see what the server would make of it', 'apply -f web.yaml --dry-run=server'],
      ['With the server keeping the books', 'apply -f pod.yaml --server-side'],
    ],
  },
  'apply edit-last-applied': {
    long: ['The text that the next apply compares with, in an editor.'],
    examples: [['Change it', 'apply edit-last-applied deployment/shop']],
  },
  'apply set-last-applied': {
    long: ['As if a file had been applied, without changing the object.'],
    examples: [['From a file', 'apply set-last-applied -f same.yaml']],
  },
  'apply view-last-applied': {
    long: ['What was applied last without --server-side.'],
    examples: [
      ['As YAML', 'apply view-last-applied deployment/shop'],
      ['As JSON', 'apply view-last-applied deployment/shop -o json'],
    ],
  },
  patch: {
    long: [
      'A strategic patch merges lists by their keys, a merge patch replaces them, a JSON patch is a list of operations. --type says which.',
    ],
    examples: [
      ['Merged', `patch deployment web -p '{"spec":{"replicas":3}}'`],
      [
        'One container by its name',
        `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.28"}]}}}}'`,
      ],
      ['Operations', `patch deployment web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":2}]'`],
      ['Through a subresource', `patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`],
    ],
  },
  replace: {
    long: ['The file has to be the whole object. --force deletes it and makes it anew.'],
    examples: [
      ['As the file says', 'replace -f same.yaml'],
      ['Away with the old one', 'replace --force -f cache.yaml'],
    ],
  },
  label: {
    long: ['KEY=VALUE sets one, KEY- takes it away. One that is there is only changed with --overwrite.'],
    examples: [
      ['Set', 'label pod db tier=back'],
      ['Change', 'label pod db tier=data --overwrite'],
      ['Take away', 'label pod db tier-'],
      ['All nodes', 'label nodes --all disk=ssd'],
    ],
  },
  annotate: {
    long: ['As label does; but nothing can be selected by annotations, and their values may be long.'],
    examples: [
      ['Say why', 'annotate deployment web kubernetes.io/change-cause="first version"'],
      ['Take away', 'annotate deployment web kubernetes.io/change-cause-'],
    ],
  },
} satisfies Pages;
