import {beforeAll, describe, expect, it} from 'vitest';
import {createWorld, type World} from './world.ts';

describe('Tab', () => {
  let world: World;
  beforeAll(() => {
    world = createWorld({nodes: 2});
    world.run('kubectl create deployment web --image=nginx');
    world.run('kubectl run solo --image=nginx');
    world.files['pod.yaml'] = '';
    world.cluster.advance(3000);
  });

  it('offers commands and what is below them', () => {
    expect(world.tab('kubectl cr')).toEqual(['create']);
    expect(world.tab('kubectl rollout re')).toEqual(['restart', 'resume']);
    expect(world.tab('kubectl create s')).toEqual(['secret', 'service', 'serviceaccount']);
  });

  it('offers kinds, and then names', () => {
    expect(world.tab('kubectl get dep')).toEqual(['deployments']);
    expect(world.tab('kubectl get pods,dep')).toEqual(['pods,deployments']);
    expect(world.tab('kubectl describe deploy ')).toEqual(['web']);
    expect(world.tab('kubectl rollout status deploy/')).toEqual(['deploy/web']);
    expect(world.tab('kubectl delete pod solo s')).toEqual([]);
    expect(world.tab('kubectl logs so')).toEqual(['solo']);
    expect(world.tab('kubectl drain ')).toEqual(['node-1', 'node-2']);
  });

  it('looks into the namespace that is on the line', () => {
    expect(world.tab('kubectl -n kube-system get deploy ')).not.toContain('web');
    expect(world.tab('kubectl get pods -n kube-n')).toEqual(['kube-node-lease']);
    expect(world.tab('kubectl get pods --namespace=kube-n')).toEqual(['--namespace=kube-node-lease']);
  });

  it('offers flags and their values', () => {
    expect(world.tab('kubectl get pods --show-l')).toEqual(['--show-labels']);
    expect(world.tab('kubectl get pods -o j')).toEqual(['json', 'jsonpath=']);
    expect(world.tab('kubectl logs solo -c ')).toEqual(['solo']);
    expect(world.tab('kubectl apply -f p')).toEqual(['pod.yaml']);
    expect(world.tab('kubectl --context ')).toEqual(['main']);
  });

  it('leaves what runs in the container alone', () => {
    expect(world.tab('kubectl exec solo -- so')).toEqual([]);
  });

  it('offers nothing where the server does not answer', () => {
    expect(world.tab('kubectl --server=https://10.9.9.9 get pods ')).toEqual([]);
  });
});
