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

/** Recorded against 1.20 with kubectl 1.32: lines whose answer is another one today, or that depend on the recorded computers. */
const NOT_TODAY: Readonly<Record<string, string>> = {};

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
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: <rv>')
    .replace(/ from \S+ namespace$/gm, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/ +$/gm, '')
    .trim();
}

it.skipIf(!fs.existsSync(file))('prints what kubectl prints', {timeout: 60_000}, () => {
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
    cluster.advance(1500);
    const line = entry.command.replace('kubectl', 'kubectl');
    const got = run(line, {
      maxSleepMs: 90_000,
      ...(entry.user !== 'admin' && {as: entry.user}),
      ...(entry.stdin !== undefined && {stdin: entry.stdin}),
      edit: text => text,
    });
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
