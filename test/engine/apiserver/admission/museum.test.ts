import {describe, expect, it} from 'vitest';
import {ask, pod} from './stage.ts';

describe('PodSecurityPolicy (until v1.25)', () => {
  const config = {
    podSecurityPolicies: [
      {name: 'restricted', volumes: ['emptyDir']},
      {name: 'privileged', privileged: true, hostNetwork: true, volumes: ['*']},
    ],
  };
  const privileged = pod({containers: [{name: 'app', image: 'nginx', securityContext: {privileged: true}}]});
  const admit = (object: object, ...policies: string[]) =>
    ask({plugin: 'PodSecurityPolicy', config, object, may: policies.map(name => `use podsecuritypolicies/${name}`)});

  it('refuses everybody who may use no policy', () => {
    expect(admit(pod()).refused).toBe('pods "web" is forbidden: unable to validate against any pod security policy: []');
  });
  it('says what is wrong', () => {
    expect(admit(privileged, 'restricted').refused).toContain(
      'spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed',
    );
  });
  it('notes the policy that let the pod in', () => {
    expect(admit(privileged, 'restricted', 'privileged').object.metadata.annotations).toEqual({'kubernetes.io/psp': 'privileged'});
    expect(admit(pod(), 'restricted', 'privileged').object.metadata.annotations).toEqual({'kubernetes.io/psp': 'privileged'});
  });
});

describe('Initializers (until v1.14)', () => {
  const sidecar = {
    name: 'sidecar.example.com',
    resources: ['pods'],
    patch: [{op: 'add', path: '/spec/containers/-', value: {name: 'proxy'}}],
  };
  const admit = (...initializers: object[]) => ask({plugin: 'Initializers', config: {initializers: initializers as never}, object: pod()});

  it('run one after the other', () => {
    expect(admit(sidecar).object.spec.containers.map(({name}: {name: string}) => name)).toEqual(['app', 'proxy']);
  });
  it('let nothing through when one is dead', () => {
    expect(admit({name: 'gone.example.com', resources: ['*'], dead: true}, sidecar)).toMatchObject({code: 504});
  });
  it('are only for what they name', () => {
    expect(admit({name: 'gone.example.com', resources: ['services'], dead: true}).refused).toBeUndefined();
  });
});

describe('InitializerConfigurations', () => {
  const configuration = (resources: string[]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1alpha1',
    kind: 'InitializerConfiguration',
    metadata: {name: 'mesh'},
    initializers: [{name: 'proxy.mesh.example', rules: [{apiGroups: [''], resources}]}],
  });
  const admit = (resources: string[], ...initializers: object[]) =>
    ask({plugin: 'Initializers', config: {initializers: initializers as never}, store: [configuration(resources) as never], object: pod()});

  it('jam what they name when nobody answers to the name', () => {
    expect(admit(['pods'])).toMatchObject({code: 504});
    expect(admit(['services']).refused).toBeUndefined();
  });
  it('let their controller change it', () => {
    const patch = [{op: 'add', path: '/spec/containers/-', value: {name: 'proxy'}}];
    expect(admit(['pods'], {name: 'proxy.mesh.example', patch}).object.spec.containers).toHaveLength(2);
  });
});
