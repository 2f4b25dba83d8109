/** Lines that a real kubectl was given against a real control plane, in order, and what it printed: ours against the simulated cluster, blurred. */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';
import {createWorld} from './world.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.env['CONFORMANCE_GOLDEN'] ?? path.resolve(here, '../../../shared/conformance/golden');
const file = path.join(folder, 'kubectl.json');

interface Entry {
  id: string;
  user: string;
  command: string;
  exitCode?: number;
  stdout?: string;
  stderr?: string;
  stdin?: string;
  files?: Record<string, string>;
  today?: {differs?: boolean; notes?: string[]};
}

const VERSIONS = 'what the server of 1.36 serves, and the options of its kubectl, are others';
const MACHINES = 'tells of the recorded computers, their runtime or their images';
const PLACEMENT = 'depends on which of two equal nodes each pod went to';
const TIMING = 'caught in the middle of what takes another time here';
const WORDS = 'worded otherwise since';
const STREAMS = 'the recorded kubelet could not stream';
const ELSEWHERE = 'what the editor, or another client, did meanwhile was not recorded';

/** Recorded against 1.20 with kubectl 1.32: lines whose answer is another one today, or that depend on the recorded computers. */
const NOT_TODAY: Readonly<Record<string, string>> = {
  k006: MACHINES,
  k009: VERSIONS,
  k011: VERSIONS,
  k018: 'asked at their secure ports since 1.22, and all is well here',
  k019: VERSIONS,
  k054: 'a metrics server runs here',
  k058: PLACEMENT,
  k060: MACHINES,
  k064: 'pods carry the topology labels of their node since 1.35',
  k071: MACHINES,
  k072: MACHINES,
  k073: MACHINES,
  k075: 'pods have a generation since 1.33',
  k080: 'the server decides about unknown fields since 1.27',
  k083: 'the server decides about wrong types since 1.27',
  k093: WORDS,
  k099: WORDS,
  k107: TIMING,
  k125: 'pod templates have shown no creationTimestamp: null since 1.34, so hunks begin a line earlier',
  k136: WORDS,
  k137: WORDS,
  k142: ELSEWHERE,
  k239: 'impersonation is constrained since 1.36, and the first refusal is told',
  k153: '--cpu-percent is deprecated since 1.34',
  k158: TIMING,
  k163: 'endpoints are labelled with their manager since 1.33',
  k172: 'service accounts have no secrets since 1.24',
  k177: 'ingresses are in one group only since 1.22',
  k180: TIMING,
  k187: WORDS,
  k192: WORDS,
  k229: 'the recorded containers never ended by themselves',
  k234: 'selfsubjectreviews are among the rules since 1.27',
  k237: 'the recorded containers never ended by themselves',
  k250: VERSIONS,
  k259: PLACEMENT,
  k260: PLACEMENT,
  k272: ELSEWHERE,
  k275: 'the recorded kubelet paid no heed to --tail',
  k285: STREAMS,
  k286: STREAMS,
  k287: STREAMS,
  k291: PLACEMENT,
  k298: PLACEMENT,
  k299: PLACEMENT,
};

const OPENAPI_ONLY = 'server 1.20 has no /openapi/v3: today it is served (200) and used';

/** Whether v1.36 would answer alike. */
const judged = (entry: Entry): boolean =>
  entry.exitCode !== undefined &&
  !(entry.id in NOT_TODAY) &&
  (!entry.today?.differs || (entry.today.notes ?? []).every(note => note === OPENAPI_ONLY));

/** Ages, times, addresses, generated names and widths are not what is compared; nor the namespace that delete names since 1.34. */
function blur(text: string): string {
  return text
    .replace(/-(<hash>|[0-9a-f]{7,10})-(<rand5>|[bcdfghjklmnpqrstvwxz2456789]{5})\b/g, '-<hash>-<rand5>')
    .replace(/\b(j|cj-\d+)-[a-z0-9]{5}\b/g, '$1-<rand5>')
    .replace(/(replicaset\S*[/ ]"?\w+(?:-web)?)-[0-9a-f]{7,10}/g, '$1-<hash>')
    .replace(/kube-api-access-(<rand5>|[a-z0-9]{5})/g, 'kube-api-access-<rand5>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000/g, '<time>')
    .replace(/\b(\d+[smhd]){1,2}\b/g, '<age>')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, '<ip>')
    .replace(/\/(LIVE|MERGED)-\d+/g, '/$1')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000/g, '<time>')
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: <rv>')
    .replace(/ from \S+ namespace$/gm, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/ +$/gm, '')
    .trim();
}

const SPEAKING = ['sh', '-c', 'echo hello from the container; echo second line; sleep 9000'];

/** Pods that another client made in between: their containers speak. */
const speakingPod = (name: string, containers: readonly string[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name},
  spec: {containers: containers.map(container => ({name: container, image: 'busybox', command: SPEAKING}))},
});
const POD_LISTS = '/api/v1/namespaces/default/pods';

it.skipIf(!fs.existsSync(file))('prints what kubectl prints', () => {
  const {entries} = JSON.parse(fs.readFileSync(file, 'utf8')) as {entries: Entry[]};
  const {run, files, cluster} = createWorld({
    nodes: 3,
    people: {
      admin: {groups: ['system:masters', 'system:authenticated']},
      alice: {groups: ['dev', 'system:authenticated']},
      bad: 'bad token',
      anonymous: 'anonymous',
    },
  });
  run('kubectl cordon node-3');
  const failed: string[] = [];
  let total = 0;
  for (const entry of entries) {
    Object.assign(files, entry.files);
    if (entry.id === 'k274') {
      cluster.request({method: 'POST', path: POD_LISTS, body: speakingPod('logger', ['c'])});
      cluster.request({method: 'POST', path: POD_LISTS, body: speakingPod('logger2', ['a', 'b'])});
      cluster.advance(5000);
    }
    cluster.advance(1500);
    const got = run(entry.command, {
      maxSleepMs: 90_000,
      ...(entry.user !== 'admin' && {as: entry.user}),
      ...(entry.stdin !== undefined && {stdin: entry.stdin}),
      edit: text => text,
    });
    if (process.env['GOLDEN_SHOW']?.split(',').includes(entry.id)) console.log(entry.id, entry.command, got);
    if (!judged(entry)) continue;
    total++;
    const differences = (['stdout', 'stderr'] as const).filter(stream => blur(entry[stream] ?? '') !== blur(got[stream]));
    if (differences.length === 0 && got.exitCode === entry.exitCode) continue;
    failed.push(
      `${entry.id} ${entry.user}$ ${entry.command} (exit ${got.exitCode}, not ${entry.exitCode})\n${differences
        .map(stream => `- ${blur(entry[stream] ?? '')}\n+ ${blur(got[stream])}`)
        .join('\n')}`,
    );
  }
  if (process.env['GOLDEN_VERBOSE']) console.log(failed.join('\n\n'));
  console.log(`golden kubectl ${total - failed.length}/${total}`);
  expect((total - failed.length) / total).toBeGreaterThanOrEqual(0.9);
});
