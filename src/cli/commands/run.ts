/** `podyssey run`: a fresh cluster, manifests or a script applied to it, and what became of it. */
import type {Cluster} from '../../engine/cluster/cluster.ts';
import {ShellSyntaxError} from '../../engine/runtime/process/shell/tokens.ts';
import {commandWords} from '../../engine/runtime/process/shell/words.ts';
import {documentOf} from '../../selectors/document.ts';
import {storyOf} from '../../selectors/story.ts';
import {KUBECONFIG_PATH, kubeconfigText} from '../../session/shell/kubeconfig.ts';
import {program} from '../../session/shell/line.ts';
import {parseWait} from '../../session/shell/programs/wait.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../session/shell/shell.ts';
import {commandsOf} from '../../session/shell/unfinished.ts';
import {Failure} from '../failure.ts';
import {textOf} from '../manifests.ts';
import {print, printJson} from '../output.ts';
import {type ClusterStart, startCluster} from '../start-cluster.ts';

export interface RunOptions extends ClusterStart {
  script?: string;
  until: string;
  output: 'text' | 'json';
}

/** Runs, prints, returns nothing; throws Failure where something was refused. */
export async function run(options: RunOptions): Promise<void> {
  const until = options.until === 'idle' ? undefined : parseWait(options.until);
  if (options.until !== 'idle' && until === undefined)
    throw new Failure(`--until is idle or a duration such as 5m, not ${options.until}`, 2);
  if (!options.filename?.length && !options.script && until === undefined)
    throw new Failure('run: name manifests with -f FILE, or kubectl lines with --script FILE', 2);
  const {cluster, from, refused} = startCluster(options);
  if (options.script) refused.push(...script(cluster, options.script, options.as));
  if (until === undefined) cluster.settle();
  else cluster.advance(until);

  if (options.output === 'json') printJson(documentOf(cluster, options.seed, from), 1);
  else print(storyOf(cluster, from));
  if (refused.length) throw new Failure(refused.join('\npodyssey: '));
}

/** How long a cluster may take to come to rest between two lines. */
const REST_MS = 60_000;

/** Runs the lines of a script in the learner's shell; returns what the failed ones said. Files that a line names are read beside the script. */
function script(cluster: Cluster, file: string, as: string | undefined): string[] {
  const commands = commandsOf(textOf(file).split('\n'));
  const files: Record<string, string> = {[KUBECONFIG_PATH]: kubeconfigText({}, {user: 'kubernetes-admin', namespace: 'default'})};
  for (const {text} of commands) for (const name of namedFiles(text)) files[name] = textOf(name);
  const env: ProgramEnv = {cluster, state: newShell(files), disabled: []};
  const failed: string[] = [];
  for (const {at, text} of commands) {
    // The flag stands in the first line, before what a here-document may bring.
    const line = as && /^(kubectl|k)\b/.test(text) ? text.replace(/^(kubectl|k)\b/, `$& --as ${as}`) : text;
    const ended = runToEnd(program(line, env), cluster);
    if (ended.exitCode !== 0)
      failed.push(`${file}:${at + 1}: ${text.split('\n')[0]}: ${ended.stderr.trim() || `exit code ${ended.exitCode}`}`);
    cluster.settle(REST_MS);
  }
  return failed;
}

/** The manifests that a line reads; none where it cannot be read itself: running it says why. */
function namedFiles(line: string): string[] {
  let commands: string[][];
  try {
    commands = commandWords(line);
  } catch (error) {
    if (error instanceof ShellSyntaxError) return [];
    throw error;
  }
  return commands.flatMap(words =>
    words.flatMap((word, i) => {
      if (word === '-f' || word === '--filename') return words[i + 1] && words[i + 1] !== '-' ? [words[i + 1]!] : [];
      const inline = /^--filename=(.+)$/.exec(word)?.[1];
      return inline ? [inline] : [];
    }),
  );
}
