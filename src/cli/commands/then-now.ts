/** `podyssey then-now`: what became of the same manifests in a cluster of 2017, of 2020, and of today, side by side. */
import type {KubeEvent} from '../../engine/api/types.ts';
import {COMPARED, type Profile, pluginsOf} from '../../engine/cluster/profiles/profiles.ts';
import {objectsOf} from '../../selectors/objects.ts';
import {podFacts} from '../../selectors/pods.ts';
import {clean, pad, wrap} from '../../selectors/text.ts';
import {print, printJson} from '../output.ts';
import {startCluster, type Taken} from '../start-cluster.ts';

export interface ThenNowOptions {
  nodes: number;
  seed: number;
  off: string[];
  output: 'text' | 'json';
}

/** What one cluster made of the manifests. */
interface Outcome {
  readonly version: string;
  readonly year: number;
  readonly plugins: readonly string[];
  readonly manifests: readonly {
    readonly kind: string;
    readonly apiVersion: string;
    readonly name: string;
    readonly answer: string;
    readonly dropped: readonly string[];
    readonly filledIn: readonly string[];
  }[];
  readonly pods: readonly {readonly name: string; readonly state: string; readonly node: string}[];
  /** What went wrong afterwards: messages of warnings, each once. */
  readonly warnings: readonly string[];
}

/** How long the pods may take, in virtual milliseconds: what has not come by then does not come. */
const PATIENCE_MS = 120_000;

export async function thenNow(files: readonly string[], options: ThenNowOptions): Promise<void> {
  const outcomes = COMPARED.map(profile => outcomeOf(profile, files, options));
  if (options.output === 'json') printJson(outcomes, 1);
  else print(sideBySide(outcomes, process.stdout.columns ?? WIDTH));
}

function outcomeOf(profile: Profile, files: readonly string[], {nodes, seed, off}: ThenNowOptions): Outcome {
  const {cluster, took} = startCluster({filename: [...files], nodes, seed, off, profile: profile.name});
  cluster.settle(PATIENCE_MS);
  const warnings = (objectsOf(cluster.machine, 'events') as unknown as KubeEvent[])
    .filter(e => e.type === 'Warning')
    .map(e => e.message ?? '');
  return {
    version: profile.name,
    year: profile.year,
    plugins: pluginsOf(profile),
    manifests: took.map(manifestOf),
    pods: podFacts(cluster.machine).map(({name, phase, node}) => ({name, state: phase, node})),
    warnings: [...new Set(warnings)],
  };
}

const manifestOf = ({manifest: {object, file, line}, refusal, dropped, filledIn}: Taken): Outcome['manifests'][number] => ({
  kind: object.kind,
  apiVersion: object.apiVersion,
  name: object.metadata.name ?? '',
  answer: refusal === undefined ? 'created' : refusal.replace(`${file}:${line}: `, ''),
  dropped,
  filledIn,
});

const WIDTH = 120;
const LABEL = 10;

/** A column a cluster, a row a question. */
function sideBySide(outcomes: readonly Outcome[], width: number): string {
  const column = Math.max(20, Math.floor((width - LABEL) / outcomes.length) - 2);
  const row = (label: string, cells: readonly (readonly string[])[]): string[] => {
    const wrapped = cells.map(cell => cell.flatMap(text => wrap(clean(text), column)));
    const height = Math.max(0, ...wrapped.map(lines => lines.length));
    return Array.from({length: height}, (_, i) =>
      `${pad(i === 0 ? label : '', LABEL)}${wrapped.map(lines => pad(lines[i] ?? '', column)).join('  ')}`.trimEnd(),
    );
  };
  const manifests = (outcomes[0]?.manifests ?? []).flatMap(({kind, apiVersion, name}, i) => [
    '',
    `${apiVersion} ${kind} ${clean(name)}`,
    ...row(
      'answer',
      outcomes.map(o => [o.manifests[i]!.answer]),
    ),
    ...row(
      'dropped',
      outcomes.map(o => [...o.manifests[i]!.dropped]),
    ),
    ...row(
      'filled in',
      outcomes.map(o => [...o.manifests[i]!.filledIn]),
    ),
  ]);
  return `${[
    ...row(
      '',
      outcomes.map(o => [`Kubernetes ${o.version} (${o.year})`]),
    ),
    ...row(
      'admission',
      outcomes.map(o => [`${o.plugins.length} plugins`]),
    ),
    ...manifests,
    '',
    ...row(
      'pods',
      outcomes.map(o => o.pods.map(p => `${p.name}: ${p.state}${p.node ? ` on ${p.node}` : ''}`)),
    ),
    ...row(
      'warnings',
      outcomes.map(o => [...o.warnings]),
    ),
  ].join('\n')}\n`;
}
