/** Kept collections against what a walk over the keys finds, whatever happens to the store, forwards and backwards in time. */
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {collection} from '../../../src/engine/apiserver/collections.ts';
import {type KeyValue, KV} from '../../../src/engine/etcd/etcd.ts';
import {clusterOf} from '../../clusters.ts';

const PREFIXES = ['/registry/configmaps/', '/registry/configmaps/default/', '/registry/configmaps/other/'];
const namespaces = ['default', 'other'];

const act = fc.record({
  verb: fc.constantFrom('create', 'update', 'delete', 'undo', 'redo', 'look'),
  namespace: fc.constantFrom(...namespaces),
  name: fc.constantFrom('a', 'b', 'b-1', 'c', 'z'),
  prefix: fc.constantFrom(...PREFIXES),
});

it('are what is there, in the order of keys; the same array until something changes', () => {
  fc.assert(
    fc.property(fc.array(act, {minLength: 5, maxLength: 60}), acts => {
      const cluster = clusterOf({nodes: 0, off: ['kube-controller-manager', 'kube-scheduler']});
      cluster.request({method: 'POST', path: '/api/v1/namespaces', body: {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'other'}}});
      const {machine} = cluster;
      const there = (prefix: string): unknown[] => [...machine.table<KeyValue>(KV).range('key', prefix)].map(kv => kv.value);
      acts.forEach(({verb, namespace, name, prefix}, i) => {
        const path = `/api/v1/namespaces/${namespace}/configmaps`;
        const body = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}, data: {i: String(i)}};
        if (verb === 'create') cluster.request({method: 'POST', path, body});
        else if (verb === 'update') cluster.request({method: 'PUT', path: `${path}/${name}`, body});
        else if (verb === 'delete') cluster.request({method: 'DELETE', path: `${path}/${name}`});
        else if (verb === 'undo') cluster.history.undo();
        else if (verb === 'redo') cluster.history.redo();
        else {
          expect(collection(machine, prefix)).toEqual(there(prefix));
          expect(collection(machine, prefix)).toBe(collection(machine, prefix));
        }
      });
      for (const prefix of PREFIXES) {
        const found = collection(machine, prefix);
        const expected = there(prefix);
        expect(found).toHaveLength(expected.length);
        found.forEach((value, i) => void expect(value).toBe(expected[i]));
      }
    }),
    {numRuns: 30},
  );
});
