/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/auth */
import {resolve} from '../../engine/api/kinds.ts';
import {ApiError, type KubeObject, type rbac} from '../../engine/api/types.ts';
import {FILE_FLAGS, manifestInfos} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {compactRules, ruleCells} from '../describe/rbac.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, OUTPUT_FLAGS, printDone, printerFor} from '../output.ts';
import {alignTabs, TABLE_TABS} from '../text/tab-writer.ts';
import type {Effects} from '../types.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1';

const KNOWN_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  '*',
  'approve',
  'sign',
  'escalate',
  'attest',
  'post',
  'put',
  'head',
  'options',
  'proxy',
];

interface AccessReview {
  status?: {allowed?: boolean; reason?: string; evaluationError?: string};
}

interface RulesReview {
  status?: {
    resourceRules?: {verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[]}[];
    nonResourceRules?: {verbs: string[]; nonResourceURLs?: string[]}[];
    incomplete?: boolean;
    evaluationError?: string;
  };
}

function* listRules(context: Context): Effects<void> {
  const review = yield* context.client.send<RulesReview>('POST', `${REVIEWS}/selfsubjectrulesreviews`, {
    body: {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: {namespace: context.config.namespace},
    },
  });
  const {resourceRules = [], nonResourceRules = [], incomplete, evaluationError} = review.status ?? {};
  if (incomplete && evaluationError) yield* stderr(`warning: the list may be incomplete: ${evaluationError}\n`);
  const rules = compactRules([...resourceRules, ...nonResourceRules] as rbac.PolicyRule[]);
  const lines = rules.map(rule => `${ruleCells(rule)}\n`).join('');
  const header = context.flags.bool('no-headers') ? '' : 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n';
  yield* stdout(alignTabs(header + lines, TABLE_TABS));
}

interface Attributes {
  resourceAttributes?: Record<string, string>;
  nonResourceAttributes?: {path: string; verb: string};
}

/** What is asked, with the warnings about it. Throws Failure. */
function* attributesOf(context: Context): Effects<Attributes> {
  const {args, flags} = context;
  const [verb = '', what = '', name = ''] = args;
  if (what.startsWith('/')) return {nonResourceAttributes: {path: what, verb}};
  const [word = '', resourceName = name] = what.split('/');
  const kinds = yield* context.kinds();
  const kind = word === '*' ? undefined : resolve(word, kinds);
  if (!kind && word !== '*') yield* stderr(`Warning: the server doesn't have a resource type '${word}'\n\n`);
  if (kind && !kind.namespaced && !flags.bool('all-namespaces')) {
    const group = kind.group ? ` in group '${kind.group}'` : '';
    yield* stderr(`Warning: resource '${kind.resource}' is not namespace scoped${group}\n\n`);
  }
  if (!KNOWN_VERBS.includes(verb)) yield* stderr(`Warning: verb '${verb}' is not a known verb\n\n`);
  const [plural = '', ...group] = word.split('.');
  return {
    resourceAttributes: {
      ...(!flags.bool('all-namespaces') && {namespace: context.config.namespace}),
      verb,
      group: kind?.group ?? group.join('.'),
      resource: kind?.resource ?? plural,
      ...(flags.string('subresource') && {subresource: flags.string('subresource')}),
      ...(resourceName && {name: resourceName}),
    },
  };
}

const canI: Command = {
  name: 'can-i',
  use: 'auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: 'Check whether an action is allowed',
  flags: {
    'all-namespaces': {type: 'bool', short: 'A', value: 'false', usage: 'If true, check the specified action in all namespaces.'},
    list: {type: 'bool', value: 'false', usage: 'If true, prints all allowed actions.'},
    'no-headers': {type: 'bool', value: 'false', usage: 'If true, prints allowed actions without headers'},
    quiet: {type: 'bool', short: 'q', value: 'false', usage: 'If true, suppress output and just return the exit code.'},
    subresource: {type: 'string', usage: 'SubResource such as pod/log or deployment/scale'},
  },
  *run(context) {
    const {args, flags} = context;
    if (flags.bool('list')) {
      if (args.length > 0) throw new Failure('list option must be specified with no arguments');
      yield* listRules(context);
      return 0;
    }
    if (args.length !== 2)
      throw new Failure(
        `you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.`,
      );
    const spec = yield* attributesOf(context);
    const review = yield* context.client.send<AccessReview>('POST', `${REVIEWS}/selfsubjectaccessreviews`, {
      body: {kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec},
    });
    const {allowed, reason, evaluationError} = review.status ?? {};
    if (!flags.bool('quiet')) {
      const why = `${reason ? ` - ${reason}` : ''}${evaluationError ? ` - ${evaluationError}` : ''}`;
      yield* stdout(allowed ? 'yes\n' : `no${why}\n`);
    }
    return allowed ? 0 : 1;
  },
};

interface SelfReview extends KubeObject {
  status?: {userInfo?: {username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]>}};
}

const whoami: Command = {
  name: 'whoami',
  use: 'auth whoami',
  short: 'Experimental: Check self subject attributes',
  flags: OUTPUT_FLAGS,
  *run(context) {
    let review: SelfReview;
    try {
      review = yield* context.client.send<SelfReview>('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        body: {kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {}},
      });
    } catch (error) {
      if (error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Forbidden'))
        throw new Failure('the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it');
      throw error;
    }
    const print = printerFor(context);
    if (print) {
      yield* stdout(print(review));
      return;
    }
    const {username = '', uid, groups = [], extra = {}} = review.status?.userInfo ?? {};
    const rows: [string, string][] = [
      ['Username', username],
      ...(uid ? ([['UID', uid]] as [string, string][]) : []),
      ...(groups.length > 0 ? ([['Groups', `[${groups.join(' ')}]`]] as [string, string][]) : []),
      ...Object.keys(extra)
        .sort()
        .map((key): [string, string] => [`Extra: ${key}`, `[${extra[key]!.join(' ')}]`]),
    ];
    yield* stdout(alignTabs(`ATTRIBUTE\tVALUE\n${rows.map(row => `${row.join('\t')}\n`).join('')}`, TABLE_TABS));
  },
};

const RBAC_KINDS = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];

type RbacObject = KubeObject & {rules?: rbac.PolicyRule[]; subjects?: rbac.Subject[]};

/** The live object with what it lacks of the wanted one, and without what it has more where that is not to stay. */
function reconciled(live: RbacObject, wanted: RbacObject, {flags}: Context): RbacObject {
  const joined = <T>(have: readonly T[] = [], want: readonly T[] = [], removesExtra: boolean): T[] =>
    removesExtra ? [...want] : [...have, ...want.filter(item => !have.some(other => JSON.stringify(other) === JSON.stringify(item)))];
  return {
    ...live,
    ...(wanted.rules && {rules: joined(live.rules, wanted.rules, flags.bool('remove-extra-permissions'))}),
    ...(wanted.subjects && {subjects: joined(live.subjects, wanted.subjects, flags.bool('remove-extra-subjects'))}),
  };
}

const reconcile: Command = {
  name: 'reconcile',
  use: 'auth reconcile -f FILENAME',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  flags: {
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    'remove-extra-permissions': {type: 'bool', value: 'false', usage: 'If true, removes extra permissions added to roles'},
    'remove-extra-subjects': {type: 'bool', value: 'false', usage: 'If true, removes extra subjects added to rolebindings'},
  },
  *run(context) {
    const dryRun = dryRunOf(context);
    if (dryRun === 'server') throw new Failure('--dry-run=server for command reconcile is not supported yet');
    for (const info of yield* manifestInfos(context)) {
      if (!RBAC_KINDS.includes(info.kind.kind)) continue;
      const {name: _, ...place} = info;
      let live: RbacObject | undefined;
      try {
        live = yield* context.client.get<RbacObject>({...info});
      } catch (error) {
        if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
      }
      const wanted = live ? reconciled(live, info.object as RbacObject, context) : info.object;
      const write = live ? context.client.replace<KubeObject>({...info}, wanted) : context.client.create<KubeObject>(place, wanted);
      const object = dryRun === 'client' ? wanted : yield* write;
      yield* printDone(context, {...info, object}, 'reconciled');
    }
  },
};

export const auth: Command = {
  name: 'auth',
  use: 'auth',
  short: 'Inspect authorization',
  subcommands: [canI, reconcile, whoami],
};
