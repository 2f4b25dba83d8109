/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/diff/diff.go */

import {structuredPatch} from 'diff';
import {withoutManagedFields} from '../../engine/api/metadata.ts';
import {ApiError, type KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info, manifestInfos, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stdout} from '../effects.ts';
import {BareFailure, Failure, failureText} from '../failure.ts';
import {patchTypeFor, schemaFor} from '../patch/client-patch.ts';
import {asApplied, lastApplied} from '../patch/last-applied.ts';
import {threeWay} from '../patch/three-way.ts';
import {toYaml} from '../text/yaml.ts';
import type {Effects} from '../types.ts';
import {ALLOWLIST_FLAG, leftOver} from './prune.ts';
import {FIELD_MANAGER_FLAG} from './write-flags.ts';

/** The object as it would be after an apply, without applying it. */
function* merged(context: Context, info: Info, live: KubeObject | undefined): Effects<KubeObject> {
  const query = {dryRun: 'All', fieldManager: context.flags.string('field-manager') || 'kubectl-client-side-apply'};
  if (context.flags.bool('server-side'))
    return yield* context.client.patch<KubeObject>({...info}, 'apply', info.object, {
      query: {
        ...query,
        fieldManager: context.flags.string('field-manager') || 'kubectl',
        force: String(context.flags.bool('force-conflicts')),
      },
    });
  // The annotation that tells what was applied last is not compared.
  const modified = asApplied(info.object!);
  const {name: _, ...place} = info;
  if (!live) return yield* context.client.create<KubeObject>(place, modified, {query});
  const patch = threeWay(lastApplied(live) ?? {}, modified, live, schemaFor(info.kind));
  return yield* context.client.patch<KubeObject>({...info}, patchTypeFor(info.kind), patch, {query});
}

function shown(context: Context, object: KubeObject | undefined): string {
  if (!object) return '';
  return toYaml(context.flags.bool('show-managed-fields') ? object : withoutManagedFields(object));
}

const fileName = ({kind, version, namespace, name}: Info): string =>
  [...(kind.group ? [kind.group] : []), version, kind.kind, namespace, name].join('.');

/** Secrets are told apart without being shown. */
const masked = (text: string, kind: string): string => (kind === 'Secret' ? text.replace(/^( {2}[^:\s]+: ).+$/gm, '$1***') : text);

function unified(before: string, after: string, name: string, time: string): string {
  const {hunks} = structuredPatch(name, name, before, after, '', '', {context: 3});
  if (hunks.length === 0) return '';
  const head = `diff -u -N /tmp/LIVE/${name} /tmp/MERGED/${name}\n--- /tmp/LIVE/${name}\t${time}\n+++ /tmp/MERGED/${name}\t${time}\n`;
  const range = (start: number, lines: number): string => (lines === 1 ? String(start) : `${lines === 0 ? start - 1 : start},${lines}`);
  const body = hunks.map(
    h => `@@ -${range(h.oldStart, h.oldLines)} +${range(h.newStart, h.newLines)} @@\n${h.lines.map(line => `${line}\n`).join('')}`,
  );
  return head + body.join('');
}

export const diff: Command = {
  name: 'diff',
  use: 'diff -f FILENAME',
  short: 'Diff the live version against a would-be applied version',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...FIELD_MANAGER_FLAG(''),
    concurrency: {type: 'int', value: '1', usage: 'Number of objects to process in parallel when diffing against the live version.'},
    'force-conflicts': {type: 'bool', value: 'false', usage: 'If true, server-side apply will force the changes against conflicts.'},
    ...ALLOWLIST_FLAG,
    prune: {type: 'bool', value: 'false', usage: 'Include resources that would be deleted by pruning.'},
    'server-side': {type: 'bool', value: 'false', usage: 'If true, apply runs in the server instead of the client.'},
    'show-managed-fields': {type: 'bool', value: 'false', usage: 'If true, include managed fields in the diff.'},
  },
  *run(context) {
    try {
      return yield* compare(context);
    } catch (error) {
      // 1 means that there are differences: failures count from there. upstream: CheckDiffErr
      const {text, exitCode} = failureText(error);
      throw new BareFailure(text.trimEnd(), exitCode + 1);
    }
  },
};

/** Prints the differences; 1 where there are any. */
function* compare(context: Context): Effects<number> {
  if (context.flags.list('filename').length === 0) throw new Failure('must specify one of -f and -k');
  const time = new Date(context.now())
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.\d+)Z$/, '$1000000 +0000');
  let different = false;
  const infos = yield* manifestInfos(context);
  for (const info of infos) {
    let live: KubeObject | undefined;
    try {
      live = yield* context.client.get({...info});
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
    }
    const after = yield* merged(context, info, live);
    const [a, b] = [live, after].map(object => masked(shown(context, object), info.kind.kind));
    const text = unified(a!, b!, fileName(info), time);
    if (!text) continue;
    different = true;
    yield* stdout(text);
  }
  for (const info of context.flags.bool('prune') ? yield* leftOver(context, infos) : []) {
    different = true;
    yield* stdout(unified(masked(shown(context, info.object), info.kind.kind), '', fileName(info), time));
  }
  return different ? 1 : 0;
}
