/** A claim is tried: its lines are typed at a cluster, and what is seen there says whether it is so. */
import {evaluate} from '../../../course/checks.ts';
import type {Claim, Past} from '../../../course/claims/types.ts';
import type {Chronicle} from '../../../course/records.ts';
import {HOSTS, type Host} from '../../../engine/client/hosts.ts';
import type {Cluster} from '../../../engine/cluster/cluster.ts';
import {profileOf, serverOf} from '../../../engine/cluster/profiles/profiles.ts';
import {stdout} from '../../../kubectl/effects.ts';
import type {Effects} from '../../../kubectl/types.ts';
import {type ProgramEnv, runToEnd} from '../../shell/shell.ts';

/** Runs a line of the shell. */
export type Type = (line: string, env: ProgramEnv) => Effects<number>;

/** Where kubeadm's own set-up of then is what the text speaks of. */
const PAST: readonly Past[] = [{version: '1.18'}, {version: '1.9'}];

/** How long kubelets that were told something new take to be at work again. */
const RESTART_MS = 5000;

/** Types the claim's lines as the learner would. Ends with whether it is so there; undefined where neither that nor its opposite was seen. */
export function* tryClaim({files, run, ifSo, ifNot}: Claim, env: ProgramEnv, type: Type): Effects<boolean | undefined> {
  env.state = {...env.state, files: {...env.state.files, ...files}};
  const {cluster} = env;
  const from = cluster.history.position;
  const commands: Chronicle['commands'][number][] = [];
  for (const line of run) {
    yield* stdout(`$ ${line}\n`);
    const {position} = cluster.history;
    commands.push({line, exitCode: yield* type(line, env), position});
  }
  const seen: Chronicle = {cluster, from, commands, rewound: 0, predicted: false, ordered: 0};
  const [so, not] = [evaluate(ifSo, seen).met, evaluate(ifNot, seen).met];
  return so === not ? undefined : so;
}

/** Puts back at once what would be in the learner's way. */
export function* tidyUp({tidy = []}: Claim, env: ProgramEnv, type: Type): Effects<void> {
  for (const line of tidy) yield* silently(type(line, env));
}

/** Takes away what a trial left to be looked at. */
export function* clearAway({files = {}, leaves, run}: Claim, env: ProgramEnv, type: Type): Effects<void> {
  const created = Object.keys(files).filter(file => run.some(line => line.startsWith('kubectl create ') && line.split(' ').includes(file)));
  const lines = created.map(file => `kubectl delete -f ${file} --ignore-not-found --force --grace-period=0 --wait=false`);
  for (const line of leaves ? [...lines, `kubectl delete ${leaves} --ignore-not-found`] : lines) yield* silently(type(line, env));
}

/** A program whose output nobody sees. */
function* silently(program: Effects<number>): Effects<void> {
  for (let next = program.next(); !next.done; ) {
    const {kind} = next.value;
    next = program.next(kind === 'stdout' || kind === 'stderr' ? undefined : yield next.value);
  }
}

/** What a trial in a cluster of another year came to. */
export interface PastTrial {
  readonly version: string;
  readonly year: number;
  readonly output: string;
  readonly so: boolean | undefined;
}

/** Tries a claim in clusters that are this one, set up as those of their time: on branches, so that this one does not feel it. */
export function tryInPast(claim: Claim, {cluster, state, disabled}: ProgramEnv, type: Type): PastTrial[] {
  return (claim.once ? [claim.once] : PAST).map(past => {
    const branch = cluster.history.branch();
    const profile = goBack(branch, past);
    const trial: {so: boolean | undefined} = {so: undefined};
    function* tried(): Effects<number> {
      trial.so = yield* tryClaim(claim, {cluster: branch, state, disabled}, type);
      return 0;
    }
    const {output} = runToEnd(tried(), branch);
    return {version: profile.name, year: profile.year, output, ...trial};
  });
}

function goBack(cluster: Cluster, {version, server, kubelets}: Past) {
  const profile = profileOf(version)!;
  cluster.control({action: 'configure', change: {...serverOf(profile), ...server}});
  if (kubelets) {
    for (const [, {name}] of [...cluster.machine.table<Host>(HOSTS).entries()])
      cluster.control({action: 'kubelet-config', node: name, change: kubelets});
    cluster.advance(RESTART_MS);
  }
  return profile;
}
