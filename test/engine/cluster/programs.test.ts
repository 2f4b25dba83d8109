import {describe, expect, it} from 'vitest';
import {createComponents} from '../../../src/engine/cluster/components.ts';
import {createNodePrograms} from '../../../src/engine/cluster/nodes.ts';
import {OPTIONAL_PROGRAMS, PROGRAMS} from '../../../src/engine/cluster/programs.ts';
import {createCluster} from '../../../src/engine/index.ts';

const POD = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web'}, spec: {containers: [{name: 'web', image: 'nginx'}]}};

describe('the programs of a cluster', () => {
  it('are those of its components, and the API server', () => {
    const of = new Set(createComponents({}, createNodePrograms()).map(component => component.process));
    expect([...PROGRAMS].sort()).toEqual([...of, 'kube-apiserver'].sort());
    for (const optional of OPTIONAL_PROGRAMS) expect(of).toContain(optional);
  });

  it('can be chosen: what does not run does nothing', () => {
    const bound = (components: Record<string, boolean>): boolean => {
      const cluster = createCluster({nodes: 1, components});
      cluster.request({method: 'POST', path: '/api/v1/namespaces/default/pods', body: POD});
      cluster.settle();
      const {body} = cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods/web'});
      return Boolean((body as {spec: {nodeName?: string}}).spec.nodeName);
    };
    expect(bound({})).toBe(true);
    expect(bound({'kube-scheduler': false})).toBe(false);
  });

  it('a name that none of them has is refused', () => {
    expect(() => createCluster({off: ['kube-schedulr']})).toThrow(
      /there is no component "kube-schedulr": it can be kube-apiserver, .*kube-scheduler/,
    );
    expect(() => createCluster({components: {etcd: true}})).toThrow(RangeError);
  });
});
