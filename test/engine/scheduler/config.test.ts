import {describe, expect, it} from 'vitest';
import {readConfiguration} from '../../../src/engine/scheduler/config/configuration.ts';
import type {KubeSchedulerConfiguration, Plugins} from '../../../src/engine/scheduler/config/types.ts';

const defaults = readConfiguration().frameworks.get('default-scheduler')!;
const names = (list: readonly {name: string}[]): string[] => list.map(p => p.name);
const profile = (plugins: Plugins) => readConfiguration({profiles: [{plugins}]}).frameworks.get('default-scheduler')!;
const refused = (configuration: KubeSchedulerConfiguration): string => {
  try {
    readConfiguration(configuration);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the default profile', () => {
  it('filters in this order', () => {
    expect(names(defaults.filter)).toEqual([
      'NodeUnschedulable',
      'NodeName',
      'TaintToleration',
      'NodeAffinity',
      'NodePorts',
      'NodeResourcesFit',
      'VolumeRestrictions',
      'NodeVolumeLimits',
      'VolumeBinding',
      'VolumeZone',
      'PodTopologySpread',
      'InterPodAffinity',
      'NodeDeclaredFeatures',
    ]);
  });

  it('scores with these weights', () => {
    expect(Object.fromEntries(defaults.score.map(s => [s.plugin.name, s.weight]))).toEqual({
      TaintToleration: 3,
      NodeAffinity: 2,
      NodeResourcesFit: 1,
      PodTopologySpread: 2,
      InterPodAffinity: 2,
      NodeResourcesBalancedAllocation: 1,
      ImageLocality: 1,
    });
  });

  it('tries to deallocate claims before it preempts pods', () => {
    expect(names(defaults.postFilter)).toEqual(['DynamicResources', 'DefaultPreemption']);
  });

  it('backs off from one second to ten', () => {
    expect(readConfiguration()).toMatchObject({initialBackoffMs: 1000, maxBackoffMs: 10_000, percentageOfNodesToScore: 0});
  });
});

describe('plugins of a profile', () => {
  it('are switched off everywhere, or at one extension point', () => {
    expect(names(profile({multiPoint: {disabled: [{name: 'DefaultPreemption'}]}}).postFilter)).toEqual(['DynamicResources']);
    const unscored = profile({score: {disabled: [{name: 'TaintToleration'}]}});
    expect(unscored.score.map(s => s.plugin.name)).not.toContain('TaintToleration');
    expect(names(unscored.filter)).toContain('TaintToleration');
  });

  it('are all switched off by *', () => {
    const only = profile({score: {disabled: [{name: '*'}], enabled: [{name: 'ImageLocality', weight: 7}]}});
    expect(only.score.map(s => [s.plugin.name, s.weight])).toEqual([['ImageLocality', 7]]);
  });

  it('get another weight in their old place, or before all others when named at the point itself', () => {
    const everywhere = profile({multiPoint: {enabled: [{name: 'NodeAffinity', weight: 9}]}});
    expect(everywhere.score.map(s => [s.plugin.name, s.weight]).slice(0, 2)).toEqual([
      ['TaintToleration', 3],
      ['NodeAffinity', 9],
    ]);
    const atScore = profile({score: {enabled: [{name: 'NodeAffinity', weight: 9}]}});
    expect(atScore.score.map(s => [s.plugin.name, s.weight]).slice(0, 2)).toEqual([
      ['NodeAffinity', 9],
      ['TaintToleration', 3],
    ]);
  });

  it('take arguments, each default filled in', () => {
    const args = {scoringStrategy: {type: 'MostAllocated', resources: [{name: 'nvidia.com/gpu', weight: 5}, {name: 'cpu'}]}};
    const {frameworks} = readConfiguration({profiles: [{pluginConfig: [{name: 'NodeResourcesFit', args}]}]});
    expect(frameworks.get('default-scheduler')!.score.find(s => s.plugin.name === 'NodeResourcesFit')!.plugin.args).toEqual({
      scoringStrategy: {
        type: 'MostAllocated',
        resources: [
          {name: 'nvidia.com/gpu', weight: 5},
          {name: 'cpu', weight: 1},
        ],
      },
    });
  });
});

describe('a configuration that kube-scheduler would refuse', () => {
  const withArgs = (name: string, args: object) => refused({profiles: [{pluginConfig: [{name, args}]}]});

  it.each([
    [
      {apiVersion: 'kubescheduler.config.k8s.io/v1beta3'},
      'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3"',
    ],
    [{percentageOfNodesToScore: 101}, 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
    [{podMaxBackoffSeconds: 0}, 'podMaxBackoffSeconds: Invalid value: 0: must be greater than or equal to PodInitialBackoffSeconds'],
    [{profiles: [{schedulerName: 'a'}, {schedulerName: 'a'}]}, 'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"'],
  ])('%j', (configuration, message) => {
    expect(refused(configuration)).toBe(message);
  });

  it('names the argument', () => {
    expect(withArgs('InterPodAffinity', {hardPodAffinityWeight: 101})).toBe(
      'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]',
    );
    expect(withArgs('NodeResourcesFit', {scoringStrategy: {type: 'RequestedToCapacityRatio'}})).toBe(
      'profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio',
    );
  });

  it.each([
    [{filterTimeout: '-1s'}, 'filterTimeout: Invalid value: -1s: must be zero or positive'],
    [{bindingTimeout: '500ms'}, 'bindingTimeout: Invalid value: 500ms: must be at least 1 second'],
  ])('has timeouts for devices that cannot be: %j', (args, why) => {
    expect(withArgs('DynamicResources', args)).toBe(`profiles[0].pluginConfig[0].args.${why}`);
    const fine = {filterTimeout: '0s', bindingTimeout: '1s'};
    expect(() => readConfiguration({profiles: [{pluginConfig: [{name: 'DynamicResources', args: fine}]}]})).not.toThrow();
  });

  it('sorts its one queue in several ways', () => {
    const sorted = (...names: string[]) => ({plugins: {queueSort: {enabled: names.map(name => ({name})), disabled: [{name: '*'}]}}});
    const [one, two] = [
      {schedulerName: 'a', ...sorted('PrioritySort')},
      {schedulerName: 'b', ...sorted('MySort')},
    ];
    expect(refused({profiles: [one, two]})).toBe(
      'profiles[1].plugins.queueSort: Invalid value: {"Enabled":[{"Name":"MySort","Weight":0}],"Disabled":[{"Name":"*","Weight":0}]}: must be the same for all profiles',
    );
    expect(refused({profiles: [sorted('PrioritySort', 'MySort')]})).toBe(
      'profiles[0].plugins.queueSort.Enabled: Invalid value: 2: only one queue sort plugin can be enabled',
    );
    expect(() => readConfiguration({profiles: [one, {...one, schedulerName: 'b'}]})).not.toThrow();
  });

  it('adds affinities that no node could be asked about', () => {
    const added = (addedAffinity: object) => refused({profiles: [{pluginConfig: [{name: 'NodeAffinity', args: {addedAffinity}}]}]});
    const path = 'profiles[0].pluginConfig[0].args.addedAffinity';
    const needs = (expression: object) => ({
      requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [expression]}]},
    });
    const at = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]`;
    expect(added(needs({key: 'a b', operator: 'In', values: ['x']}))).toContain(`${at}.key: Invalid value: "a b"`);
    expect(added(needs({key: 'cores', operator: 'Gt', values: ['many']}))).toContain(`${at}.values[0]: Invalid value: "many"`);
    expect(added(needs({key: 'a', operator: 'Like', values: ['x']}))).toContain(`${at}.operator: Unsupported value: "Like"`);

    const wishes = (weight: number, ...values: string[]) => ({
      preferredDuringSchedulingIgnoredDuringExecution: [
        {weight, preference: {matchFields: [{key: 'metadata.name', operator: 'In', values}]}},
      ],
    });
    expect(added(wishes(5, 'a', 'b'))).toContain(
      `${path}.preferredDuringSchedulingIgnoredDuringExecution[0].matchFields[0].values: Invalid value: ["a","b"]: must have one element`,
    );
    expect(() =>
      readConfiguration({profiles: [{pluginConfig: [{name: 'NodeAffinity', args: {addedAffinity: wishes(0, 'a', 'b')}}]}]}),
    ).not.toThrow();
  });

  it('has plugins that nobody knows, or no longer', () => {
    expect(refused({profiles: [{plugins: {filter: {enabled: [{name: 'Nonsense'}]}}}]})).toContain('plugin "Nonsense" does not exist');
    expect(refused({profiles: [{plugins: {filter: {enabled: [{name: 'EBSLimits'}]}}}]})).toContain('was invalid in version');
  });

  it('leaves nobody to bind', () => {
    expect(refused({profiles: [{plugins: {bind: {disabled: [{name: '*'}]}}}]})).toContain('at least one bind plugin is needed');
  });
});

describe('whom the scheduler talks to', () => {
  it.each<[KubeSchedulerConfiguration, string]>([
    [{clientConnection: {burst: -100}}, 'clientConnection.burst: Invalid value: -100: must be non-negative'],
    [
      {leaderElection: {resourceLock: 'configmaps'}},
      'leaderElection.resourceLock: Invalid value: "configmaps": resourceLock value must be "leases"',
    ],
    [{leaderElection: {resourceName: ''}}, 'leaderElection.resourceName: Required value'],
    [{leaderElection: {leaseDuration: '10s'}}, 'leaderElection.leaseDuration: Invalid value: 10s: must be greater than `RenewDeadline`'],
    [{extenders: [{prioritizeVerb: 'prioritize'}]}, 'extenders[0].weight: Invalid value: 0: must have a positive weight applied to it'],
    [
      {extenders: [{bindVerb: 'bind'}, {bindVerb: 'bar'}]},
      'extenders: Invalid value: "found 2 extenders implementing bind": only one extender can implement bind',
    ],
    [
      {extenders: [{managedResources: [{name: 'example.com/foo'}]}, {managedResources: [{name: 'example.com/foo'}]}]},
      'extenders[1].managedResources[0].name: Invalid value: "example.com/foo": duplicate extender managed resource name',
    ],
    [
      {extenders: [{managedResources: [{name: 'kubernetes.io/foo'}]}]},
      'extenders[0].managedResources[0].name: Invalid value: "kubernetes.io/foo": is an invalid extended resource name',
    ],
  ])('is checked: %j', (configuration, message) => expect(refused(configuration)).toBe(message));

  it('may be said as it is by default, and anything where there is no election', () => {
    const extender = {urlPrefix: 'http://extender', filterVerb: 'filter', prioritizeVerb: 'prioritize', weight: 1, bindVerb: 'bind'};
    expect(refused({clientConnection: {qps: 50, burst: 100}, extenders: [extender, {urlPrefix: 'http://other'}]})).toBe('');
    expect(refused({leaderElection: {leaderElect: false, resourceLock: 'configmaps', leaseDuration: '0s'}})).toBe('');
  });

  it('all faults are told at once', () => {
    expect(refused({clientConnection: {burst: -1}, parallelism: 0, extenders: [{prioritizeVerb: 'p', weight: -1}]})).toBe(
      '[clientConnection.burst: Invalid value: -1: must be non-negative, parallelism: Invalid value: 0: should be an integer value greater than zero, extenders[0].weight: Invalid value: -1: must have a positive weight applied to it]',
    );
  });
});
