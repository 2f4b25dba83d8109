/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/rollout, pkg/polymorphichelpers */

import {compactJson} from '../../engine/api/go-json.ts';
import {groupResourceOf} from '../../engine/api/group-version.ts';
import {rfc3339} from '../../engine/api/time.ts';
import type {apps, core, KubeObject} from '../../engine/api/types.ts';
import {
  DEPLOYMENT_REVISION_ANNOTATION,
  DESIRED_REPLICAS_ANNOTATION,
  LAST_APPLIED_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  POD_TEMPLATE_HASH_LABEL,
  REVISION_HISTORY_ANNOTATION,
} from '../../engine/api/well-known.ts';
import {FILE_FLAGS, type Info, lookUp, SELECTOR_FLAG} from '../builder.ts';
import type {PatchType} from '../client.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {rawText} from '../describe/page.ts';
import {writePodTemplate} from '../describe/pod.ts';
import {ownedReplicaSets, revisionOf} from '../describe/replica-sets.ts';
import {sleep, stdout} from '../effects.ts';
import {Failure, joinErrors} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, OUTPUT_FLAGS, printDone, printerFor} from '../output.ts';
import {rolloutStatus} from '../printers/rollout-status.ts';
import {alignTabs, DESCRIBE_TABS} from '../text/tab-writer.ts';
import type {Effects} from '../types.ts';
import {POLL_MS, watchSlice} from '../watch.ts';
import {selectorOf} from '../workload-pods.ts';
import {FIELD_MANAGER_FLAG} from './write-flags.ts';

const CHANGE_CAUSE = 'kubernetes.io/change-cause';

interface Revision {
  number: number;
  cause: string;
  template: core.PodTemplateSpec | undefined;
  /** What undoing sends: a whole template, or a patch kept in a ControllerRevision. */
  patch: unknown;
}

/** The revisions of a workload, oldest first. Throws Failure for kinds that have none. */
function* revisionsOf(context: Context, {kind, object, namespace}: Info): Effects<Revision[]> {
  if (kind.kind === 'Deployment') {
    const sets = yield* ownedReplicaSets(object as apps.Deployment, context.reader);
    return sets
      .filter(rs => revisionOf(rs) > 0)
      .map(rs => ({
        number: revisionOf(rs),
        cause: rs.metadata?.annotations?.[CHANGE_CAUSE] ?? '',
        template: rs.spec?.template,
        patch: rs,
      }))
      .sort((a, b) => a.number - b.number);
  }
  if (kind.kind !== 'DaemonSet' && kind.kind !== 'StatefulSet')
    throw new Failure(`no history viewer has been implemented for "${kind.group}/${kind.version}, Kind=${kind.kind}"`);
  const all = yield* context.reader.list<apps.ControllerRevision>('apps/v1', 'controllerrevisions', {
    namespace,
    labelSelector: selectorOf(object!) ?? '',
  });
  return all
    .filter(r => r.metadata?.ownerReferences?.some(o => o.controller && o.uid === object!.metadata.uid))
    .map(r => ({
      number: r.revision,
      cause: r.metadata?.annotations?.[CHANGE_CAUSE] ?? '',
      template: (r.data as {spec?: {template?: core.PodTemplateSpec}} | undefined)?.spec?.template,
      patch: r.data,
    }))
    .sort((a, b) => a.number - b.number);
}

/** A revision as an object: the ReplicaSet that keeps it, or the workload with the template of then. */
function asItWas({kind, object}: Info, {template, patch}: Revision): KubeObject {
  if (kind.kind === 'Deployment') return {...(patch as KubeObject), apiVersion: 'apps/v1', kind: 'ReplicaSet'};
  return {...object!, spec: {...(object as {spec?: object}).spec, template}} as KubeObject;
}

const ROLLOUT_FLAGS = {...FILE_FLAGS, ...SELECTOR_FLAG} satisfies Command['flags'];
const CHANGE_FLAGS = {
  ...ROLLOUT_FLAGS,
  ...OUTPUT_FLAGS,
  ...DRY_RUN_FLAG,
  ...FIELD_MANAGER_FLAG('kubectl-rollout'),
} satisfies Command['flags'];

/** Does something for each that is found, and throws what went wrong with any. Throws Failure where nothing is named, or found. */
function* each(context: Context, act: (info: Info) => Effects<void>): Effects<void> {
  if (context.args.length === 0 && context.flags.list('filename').length === 0) throw new Failure('required resource not specified');
  const {infos, errors} = yield* lookUp(context, context.args, {optionalNames: true, selector: context.flags.string('selector')});
  const failures = [...errors];
  for (const info of infos) {
    try {
      yield* act(info);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw joinErrors(failures);
  if (infos.length === 0) throw new Failure('no resources found');
}

const history: Command = {
  name: 'history',
  use: 'rollout history (TYPE NAME | TYPE/NAME) [flags]',
  short: 'View rollout history',
  flags: {
    ...ROLLOUT_FLAGS,
    ...OUTPUT_FLAGS,
    revision: {type: 'int', value: '0', usage: 'See the details, including podTemplate of the revision specified'},
  },
  completes: 'resources',
  *run(context) {
    const wanted = context.flags.int('revision');
    if (wanted < 0) throw new Failure(`revision must be a positive integer: ${wanted}`);
    yield* each(context, function* (info) {
      const revisions = yield* revisionsOf(context, info);
      const print = printerFor(context);
      if (print) {
        const asked = revisions.filter(r => wanted === 0 || r.number === wanted);
        if (wanted > 0 && asked.length === 0) throw new Failure('unable to find the specified revision');
        for (const revision of asked) yield* stdout(print(asItWas(info, revision)));
        return;
      }
      let text: string;
      if (wanted > 0) {
        const found = revisions.find(r => r.number === wanted);
        if (!found) throw new Failure('unable to find the specified revision');
        text = `with revision #${wanted}\n${rawText(page => writePodTemplate(page, found.template))}`;
      } else if (revisions.length === 0) text = '\nNo rollout history found.';
      else {
        const rows = revisions.map(r => `${r.number}\t${r.cause || '<none>'}\n`).join('');
        text = `\n${alignTabs(`REVISION\tCHANGE-CAUSE\n${rows}`, DESCRIBE_TABS)}`;
      }
      yield* printDone(context, info, text);
    });
  },
};

interface Pausable {
  spec?: {paused?: boolean};
}

function* send(context: Context, info: Info, type: PatchType, patch: unknown, done: string): Effects<void> {
  if (dryRunOf(context) === 'client') {
    yield* printDone(context, info, done);
    return;
  }
  const object = yield* context.client.patch<KubeObject>({...info}, type, patch, {
    query: {fieldManager: context.flags.string('field-manager'), dryRun: dryRunQuery(context)},
  });
  yield* printDone(context, {...info, object}, done);
}

/** One command that sends one patch a workload, and collects the refusals. */
const changing = (
  name: string,
  short: string,
  change: (context: Context, info: Info) => Effects<void>,
  flags: Command['flags'] = {},
): Command => ({
  name,
  use: `rollout ${name} RESOURCE`,
  short,
  flags: {...CHANGE_FLAGS, ...flags},
  completes: 'resources',
  run: context => each(context, info => change(context, info)),
});

const pause = changing('pause', 'Mark the provided resource as paused', function* (context, info) {
  if (info.kind.kind !== 'Deployment') throw new Failure(`${groupResourceOf(info.kind)} "${info.name}" pausing is not supported`);
  if ((info.object as Pausable).spec?.paused) throw new Failure(`${groupResourceOf(info.kind)} "${info.name}" is already paused`);
  yield* send(context, info, 'strategic', {spec: {paused: true}}, 'paused');
});

const resume = changing('resume', 'Resume a paused resource', function* (context, info) {
  if (info.kind.kind !== 'Deployment') throw new Failure(`${groupResourceOf(info.kind)} "${info.name}" resuming is not supported`);
  if (!(info.object as Pausable).spec?.paused) throw new Failure(`${groupResourceOf(info.kind)} "${info.name}" is not paused`);
  yield* send(context, info, 'strategic', {spec: {paused: null}}, 'resumed');
});

const RESTARTABLE = ['Deployment', 'DaemonSet', 'StatefulSet'];
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

const restart = changing('restart', 'Restart a resource', function* (context, info) {
  if (!RESTARTABLE.includes(info.kind.kind)) throw new Failure(`${groupResourceOf(info.kind)} "${info.name}" restarting is not supported`);
  if ((info.object as Pausable).spec?.paused)
    throw new Failure(`${groupResourceOf(info.kind)} "${info.name}" can't restart paused deployment (run rollout resume first)`);
  const annotations = {[RESTARTED_AT]: rfc3339(context.now())};
  yield* send(context, info, 'strategic', {spec: {template: {metadata: {annotations}}}}, 'restarted');
});

/** Annotations that a rolled back Deployment does not take from its ReplicaSet. upstream: annotationsToSkip */
const OWN_ANNOTATIONS = [
  LAST_APPLIED_ANNOTATION,
  DEPLOYMENT_REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
  DESIRED_REPLICAS_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  'deprecated.deployment.rollback.revision',
];

/** The annotations after a rollback: the Deployment's own, and the revision's. */
function rolledBackAnnotations(deployment: KubeObject, revision: apps.ReplicaSet): Record<string, string> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => OWN_ANNOTATIONS.includes(key));
  const theirs = Object.entries(revision.metadata?.annotations ?? {}).filter(([key]) => !OWN_ANNOTATIONS.includes(key));
  return Object.fromEntries([...own, ...theirs]);
}

const withoutHash = (template: core.PodTemplateSpec | undefined): core.PodTemplateSpec => {
  const {[POD_TEMPLATE_HASH_LABEL]: _, ...labels} = template?.metadata?.labels ?? {};
  return {...template, metadata: {...template?.metadata, labels}};
};

const ROLLS_BACK: readonly string[] = ['DaemonSet', 'Deployment', 'StatefulSet'];

const undo: Command = {
  ...changing(
    'undo',
    'Undo a previous rollout',
    function* (context, info) {
      const {kind, name, object} = info;
      const to = context.flags.int('to-revision');
      if (!ROLLS_BACK.includes(kind.kind))
        throw new Failure(`no rollbacker has been implemented for "${kind.kind}${kind.group ? `.${kind.group}` : ''}"`);
      const revisions = yield* revisionsOf(context, info);
      if (to > 0 && !revisions.some(r => r.number === to)) throw new Failure(`unable to find specified revision ${to} in history`);
      if (to === 0 && revisions.length < 2) throw new Failure(`no rollout history found for ${kind.singular} "${name}"`);
      const found = to > 0 ? revisions.find(r => r.number === to)! : revisions.at(-2)!;
      const template = withoutHash(found.template);
      if (context.flags.string('dry-run') === 'client') {
        yield* printDone(
          context,
          info,
          rawText(page => writePodTemplate(page, found.template)),
        );
        return;
      }
      if ((object as Pausable).spec?.paused)
        throw new Failure("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
      const current = (object as {spec?: {template?: core.PodTemplateSpec}}).spec?.template;
      if (compactJson(withoutHash(current)) === compactJson(template)) {
        yield* printDone(context, info, `skipped rollback (current template already matches revision ${found.number})`);
        return;
      }
      if (kind.kind !== 'Deployment') {
        yield* send(context, info, 'strategic', found.patch, 'rolled back');
        return;
      }
      const annotations = rolledBackAnnotations(object!, found.patch as apps.ReplicaSet);
      const operations = [
        {op: 'replace', path: '/spec/template', value: template},
        {op: object!.metadata.annotations ? 'replace' : 'add', path: '/metadata/annotations', value: annotations},
      ];
      yield* send(context, info, 'json', operations, 'rolled back');
    },
    {'to-revision': {type: 'int', value: '0', usage: 'The revision to rollback to. Default to 0 (last revision).'}},
  ),
  use: 'rollout undo (TYPE NAME | TYPE/NAME) [flags]',
};

/** A line for every change of the workload, until its rollout is over. */
function* follow(context: Context, info: Info): Effects<void> {
  const {flags} = context;
  const wanted = flags.int('revision');
  const limit = flags.duration('timeout');
  const end = limit > 0 ? context.now() + limit : Number.POSITIVE_INFINITY;
  const {name, ...place} = info;
  let object = info.object!;
  // From about now: the version of an object that has long been quiet may lie before what is still kept. It comes once more, as it was.
  let version = '0';
  const check = function* (): Effects<boolean> {
    if (wanted > 0) {
      const now = revisionOf(object as {metadata?: {annotations?: Record<string, string>}});
      if (now !== wanted) throw new Failure(`desired revision (${wanted}) is different from the running revision (${now})`);
    }
    const {message, done} = rolloutStatus(object);
    yield* stdout(message);
    return done;
  };
  if (yield* check()) return;
  while (flags.bool('watch')) {
    if (context.now() >= end) throw new Failure('timed out waiting for the condition');
    yield* sleep(POLL_MS);
    const slice = yield* watchSlice<KubeObject>(context, place, version, {fieldSelector: `metadata.name=${name}`});
    version = slice.resourceVersion;
    for (const event of slice.events) {
      if (event.type === 'DELETED') throw new Failure('object has been deleted');
      if (event.object.metadata.resourceVersion === object.metadata.resourceVersion) continue;
      object = {...event.object, apiVersion: object.apiVersion, kind: object.kind};
      if (yield* check()) return;
    }
  }
}

const status: Command = {
  name: 'status',
  use: 'rollout status (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Show the status of the rollout',
  flags: {
    ...ROLLOUT_FLAGS,
    revision: {type: 'int', value: '0', usage: 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).'},
    timeout: {
      type: 'duration',
      value: '0s',
      usage:
        'The length of time to wait before ending watch, zero means never. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).',
    },
    watch: {type: 'bool', short: 'w', value: 'true', usage: "Watch the status of the rollout until it's done."},
  },
  completes: 'resources',
  run: context => each(context, info => follow(context, info)),
};

export const rollout: Command = {
  name: 'rollout',
  use: 'rollout SUBCOMMAND',
  short: 'Manage the rollout of a resource',
  subcommands: [history, pause, restart, resume, status, undo],
  alone: {stream: 'stdout', exitCode: 1},
};
