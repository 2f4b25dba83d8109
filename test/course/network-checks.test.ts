import {describe, expect, it} from 'vitest';
import {evaluate, read} from '../../src/course/checks.ts';
import type {Chronicle} from '../../src/course/records.ts';
import type {Check, Query} from '../../src/course/types.ts';
import {program} from '../../src/session/shell/line.ts';
import {programNamed} from '../../src/session/shell/programs/table.ts';
import {type ProgramEnv, runToEnd} from '../../src/session/shell/shell.ts';
import {clusterOf} from '../clusters.ts';

const cluster = clusterOf({nodes: 2});
const chronicle: Chronicle = {cluster, from: cluster.history.position, commands: [], rewound: 0, predicted: false, ordered: 0};

const type = (line: string): void => {
  const [name = '', ...argv] = line.split(' ');
  const env = {cluster, state: {files: {}, variables: {}, cache: {}}, disabled: []} as unknown as ProgramEnv;
  runToEnd(programNamed(name)!.run(argv, env, program), cluster);
};

describe('a lesson can ask', () => {
  it('whether a packet arrived, and which way it took', () => {
    const arrived: Check = {eventually: {packet: {to: {port: 443}, connection: {verdict: 'answered', hops: [{station: 'service'}]}}}};
    expect(evaluate(arrived, chronicle).met).toBe(false);
    type('trace 10.96.0.1:443 --from node-1');
    expect(evaluate(arrived, chronicle).met).toBe(true);
    const refused: Check = {eventually: {packet: {connection: {verdict: 'refused'}}}};
    expect(evaluate(refused, chronicle).gap()).toContain('a packet to 10.96.0.1:443 (answered)');
  });

  it('how many questions a name cost', () => {
    type('nslookup www.example.com');
    const asked: Query = {of: {lookup: {name: 'www.example.com'}}, field: 'lookup.queries.length'};
    expect(read(asked, chronicle)).toBe('2');
  });
});
