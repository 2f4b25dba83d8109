import {describe, expect, it} from 'vitest';
import type {KubeObject, Pod, Stored} from '../../../src/engine/api/types.ts';
import {addNode, bind, createWorld, podTemplate, report, type World} from './world.ts';

const pods = (world: World) => world.list<Pod>('pods', 'default');
const names = (world: World) => pods(world).map(({metadata}) => metadata.name);
const status = (world: World, resource: string, name: string) => world.get(resource, 'default', name)!['status'] as Record<string, unknown>;

const workload = (apiVersion: string, kind: string, name: string, spec: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: {name, namespace: 'default'},
  spec: {selector: {matchLabels: {app: name}}, template: podTemplate(name), ...spec},
});

/** What a kubelet and a program would come to. */
function finish(world: World, pod: Stored<Pod>, phase: 'Succeeded' | 'Failed', exitCode = phase === 'Failed' ? 1 : 0): void {
  if (!pod.spec?.nodeName) bind(world, pod, 'node-1');
  const finishedAt = `${new Date(Date.UTC(2026, 3, 22, 9) + world.cluster.now).toISOString().slice(0, 19)}Z`;
  const terminated = {exitCode, finishedAt, reason: phase === 'Failed' ? 'Error' : 'Completed'};
  report(world, world.get<Pod>('pods', 'default', pod.metadata.name)!, phase, false, {
    containerStatuses: [{name: 'c', restartCount: 0, ready: false, image: '', imageID: '', state: {terminated}}],
  });
}

describe('daemon set', () => {
  const agent = (spec: object = {}) =>
    workload('apps/v1', 'DaemonSet', 'agent', {
      updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1, maxSurge: 0}},
      ...spec,
    });

  it('has one pod on each node, and on each that joins', () => {
    const world = createWorld({nodes: 2});
    world.create(agent());
    world.wait(1);
    expect(pods(world)).toHaveLength(2);
    const fields = pods(world).map(
      ({spec}) =>
        spec!.affinity!.nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms[0]!.matchFields![0]!.values![0],
    );
    expect(fields.sort()).toEqual(['node-1', 'node-2']);
    addNode(world, 'node-3');
    world.wait(1);
    expect(pods(world)).toHaveLength(3);
    expect(status(world, 'daemonsets', 'agent')).toMatchObject({desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 0});
  });

  it('stays off nodes whose taints it does not bear, and ignores those a daemon bears', () => {
    const world = createWorld({nodes: 3});
    world.patch('nodes', '', 'node-1', {spec: {taints: [{key: 'gpu', value: 'yes', effect: 'NoSchedule'}]}});
    world.patch('nodes', '', 'node-2', {spec: {unschedulable: true}});
    world.wait(1);
    world.create(agent());
    world.wait(1);
    expect(status(world, 'daemonsets', 'agent')).toMatchObject({desiredNumberScheduled: 2});
  });

  it('replaces its pods one by one', () => {
    const world = createWorld({nodes: 3});
    world.create(agent());
    world.wait(1);
    for (const pod of pods(world))
      bind(
        world,
        pod,
        pod.spec!.affinity!.nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms[0]!.matchFields![0]!
          .values![0]!,
      );
    world.play();
    expect(status(world, 'daemonsets', 'agent')).toMatchObject({numberAvailable: 3, updatedNumberScheduled: 3});
    world.patch('daemonsets', 'default', 'agent', {spec: {template: {spec: {terminationGracePeriodSeconds: 5}}}});
    world.wait(1);
    expect(pods(world).filter(({metadata}) => metadata.deletionTimestamp)).toHaveLength(1);
    world.play();
    expect(status(world, 'daemonsets', 'agent')).toMatchObject({numberAvailable: 3, updatedNumberScheduled: 3});
    expect(world.list('controllerrevisions', 'default')).toHaveLength(2);
  });
});

describe('a daemon set whose updates surge', () => {
  const agent = workload('apps/v1', 'DaemonSet', 'agent', {
    updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 0, maxSurge: 1}},
  });
  const bindAll = (world: World): void => {
    for (const pod of pods(world).filter(({spec}) => !spec!.nodeName))
      bind(
        world,
        pod,
        pod.spec!.affinity!.nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms[0]!.matchFields![0]!
          .values![0]!,
      );
  };
  const update = (world: World): void => {
    world.patch('daemonsets', 'default', 'agent', {spec: {template: {spec: {terminationGracePeriodSeconds: 5}}}});
    world.wait(0.5);
    bindAll(world);
  };
  const doomed = (world: World) => pods(world).filter(({metadata}) => metadata.deletionTimestamp);

  it('makes the new pod beside the old, which goes when the new one is ready', () => {
    const world = createWorld({nodes: 1});
    world.create(agent);
    world.wait(1);
    bindAll(world);
    world.play();
    update(world);
    expect([pods(world).length, doomed(world).length]).toEqual([2, 0]);
    world.play();
    expect(pods(world).map(({spec}) => spec!.terminationGracePeriodSeconds)).toEqual([5]);
  });

  it('does not wait for the new one when the old one is ready no more', () => {
    const world = createWorld({nodes: 1});
    world.create(agent);
    world.wait(1);
    bindAll(world);
    world.play();
    const [old] = pods(world);
    update(world);
    report(world, old!, 'Running', false);
    world.wait(0.5);
    expect(doomed(world).map(({metadata}) => metadata.name)).toEqual([old!.metadata.name]);
  });
});

describe('stateful set', () => {
  const db = (spec: object = {}) =>
    workload('apps/v1', 'StatefulSet', 'db', {
      replicas: 3,
      serviceName: 'db',
      podManagementPolicy: 'OrderedReady',
      updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 0}},
      ...spec,
    });

  it('makes its members in order, each when the one before is ready', () => {
    const world = createWorld();
    world.create(db());
    world.wait(1);
    expect(names(world)).toEqual(['db-0']);
    expect(pods(world)[0]!.spec).toMatchObject({hostname: 'db-0', subdomain: 'db'});
    expect(pods(world)[0]!.metadata.labels).toMatchObject({
      'apps.kubernetes.io/pod-index': '0',
      'statefulset.kubernetes.io/pod-name': 'db-0',
    });
    world.play();
    expect(names(world)).toEqual(['db-0', 'db-1', 'db-2']);
    expect(status(world, 'statefulsets', 'db')).toMatchObject({replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentReplicas: 3});
    expect(world.events('StatefulSet')[0]).toBe('SuccessfulCreate: create Pod db-0 in StatefulSet db successful');
  });

  it('updates from the last member to the first', () => {
    const world = createWorld();
    world.create(db());
    world.play();
    world.patch('statefulsets', 'default', 'db', {spec: {template: {spec: {terminationGracePeriodSeconds: 5}}}});
    world.wait(1);
    expect(
      pods(world)
        .filter(({metadata}) => metadata.deletionTimestamp)
        .map(({metadata}) => metadata.name),
    ).toEqual(['db-2']);
    world.play();
    expect(pods(world).every(({spec}) => spec!.terminationGracePeriodSeconds === 5)).toBe(true);
    const now = status(world, 'statefulsets', 'db');
    expect(now['currentRevision']).toBe(now['updateRevision']);
  });

  it('leaves members below the partition as they are', () => {
    const world = createWorld();
    world.create(db({updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 2}}}));
    world.play();
    world.patch('statefulsets', 'default', 'db', {spec: {template: {spec: {terminationGracePeriodSeconds: 5}}}});
    world.play();
    expect(pods(world).map(({spec}) => spec!.terminationGracePeriodSeconds)).toEqual([30, 30, 5]);
  });

  it('goes down from the last member, and keeps its claims', () => {
    const world = createWorld();
    world.create(
      db({
        volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}}}],
      }),
    );
    world.play();
    expect(pods(world)[1]!.spec!.volumes![0]).toMatchObject({name: 'data', persistentVolumeClaim: {claimName: 'data-db-1'}});
    world.patch('statefulsets', 'default', 'db', {spec: {replicas: 1}});
    world.play();
    expect(names(world)).toEqual(['db-0']);
    expect(world.list('persistentvolumeclaims', 'default').map(({metadata}) => metadata.name)).toEqual([
      'data-db-0',
      'data-db-1',
      'data-db-2',
    ]);
  });

  const dataOf = {
    volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}}}],
  };
  const owners = (world: World) =>
    Object.fromEntries(
      world
        .list('persistentvolumeclaims', 'default')
        .map(({metadata}) => [
          metadata.name,
          metadata.ownerReferences?.map(ref => `${ref.kind} ${ref.name}${ref.controller ? ', controlling' : ''}`),
        ]),
    );

  it('lets the claims of members that are scaled away go with them, where it says so', () => {
    const world = createWorld();
    world.create(db({...dataOf, persistentVolumeClaimRetentionPolicy: {whenScaled: 'Delete'}}));
    world.play();
    expect(owners(world)).toEqual({'data-db-0': undefined, 'data-db-1': undefined, 'data-db-2': undefined});
    world.patch('statefulsets', 'default', 'db', {spec: {replicas: 2}});
    world.wait(0.3);
    // The member is on its way out, and its claim waits for it.
    expect(owners(world)).toEqual({'data-db-0': undefined, 'data-db-1': undefined, 'data-db-2': ['Pod db-2, controlling']});
    world.play();
    world.wait(2);
    expect(Object.keys(owners(world))).toEqual(['data-db-0', 'data-db-1']);
  });

  it('takes its claims with it, where it says so, and gives them back when it changes its mind', () => {
    const world = createWorld();
    world.create(db({...dataOf, replicas: 1, persistentVolumeClaimRetentionPolicy: {whenDeleted: 'Delete'}}));
    world.play();
    expect(owners(world)).toEqual({'data-db-0': ['StatefulSet db, controlling']});
    world.patch('statefulsets', 'default', 'db', {spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: 'Retain'}}});
    world.wait(1);
    expect(owners(world)).toEqual({'data-db-0': undefined});
    world.patch('statefulsets', 'default', 'db', {spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: 'Delete'}}});
    world.wait(1);
    world.remove('statefulsets', 'default', 'db');
    world.play();
    world.wait(2);
    expect(owners(world)).toEqual({});
  });

  it('replaces a member only when the one above has been ready for long enough', () => {
    const world = createWorld();
    world.create(db({replicas: 2, minReadySeconds: 5}));
    const pass = (seconds: number): void => {
      world.play();
      world.wait(seconds);
      world.play();
    };
    pass(6);
    world.wait(6);
    world.patch('statefulsets', 'default', 'db', {spec: {template: {spec: {terminationGracePeriodSeconds: 3}}}});
    const graces = () => pods(world).map(({spec}) => spec!.terminationGracePeriodSeconds);
    pass(2);
    expect(graces()).toEqual([30, 3]);
    pass(5);
    expect(graces()).toEqual([3, 3]);
  });

  it('has no maxUnavailable: the gate that brings it is off', () => {
    const world = createWorld();
    const set = world.create(db({updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 0, maxUnavailable: 2}}}));
    expect(set['spec']).toMatchObject({updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 0}}});
    expect(JSON.stringify(set)).not.toContain('maxUnavailable');
  });

  it('makes all at once when it is parallel', () => {
    const world = createWorld();
    world.create(db({podManagementPolicy: 'Parallel'}));
    world.wait(1);
    expect(names(world)).toEqual(['db-0', 'db-1', 'db-2']);
  });
});

describe('job', () => {
  const job = (spec: object = {}) =>
    workload('batch/v1', 'Job', 'sum', {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      selector: undefined,
      template: podTemplate('sum', 'busybox', {restartPolicy: 'Never'}),
      ...spec,
    });
  const conditions = (world: World) =>
    ((status(world, 'jobs', 'sum')['conditions'] ?? []) as {type: string; reason: string}[]).map(c => `${c.type} ${c.reason}`);
  const running = (world: World) => pods(world).filter(pod => !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''));

  it('is complete when enough pods have succeeded', () => {
    const world = createWorld();
    world.create(job({completions: 3, parallelism: 2}));
    world.wait(2);
    expect(pods(world)).toHaveLength(2);
    expect(pods(world)[0]!.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
    for (let i = 0; i < 2; i++) {
      for (const pod of running(world)) finish(world, pod, 'Succeeded');
      world.wait(3);
    }
    expect(status(world, 'jobs', 'sum')).toMatchObject({succeeded: 3});
    expect(conditions(world)).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
    expect(pods(world).flatMap(({metadata}) => metadata.finalizers ?? [])).toEqual([]);
    expect(world.events('Job').at(-1)).toBe('Completed: Job completed');
  });

  it('tries again after 10 s, then 20 s, and gives up beyond its limit', () => {
    const world = createWorld();
    world.create(job({backoffLimit: 2}));
    world.wait(2);
    finish(world, running(world)[0]!, 'Failed');
    world.wait(8);
    expect(running(world)).toHaveLength(0);
    world.wait(4);
    expect(running(world)).toHaveLength(1);
    finish(world, running(world)[0]!, 'Failed');
    world.wait(15);
    expect(running(world)).toHaveLength(0);
    world.wait(7);
    finish(world, running(world)[0]!, 'Failed');
    world.wait(5);
    expect(conditions(world)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
    expect(status(world, 'jobs', 'sum')).toMatchObject({failed: 3});
    expect(world.events('Job').at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit');
  });

  it('gives each pod of an indexed job its own index', () => {
    const world = createWorld();
    world.create(job({completions: 3, parallelism: 3, completionMode: 'Indexed'}));
    world.wait(2);
    expect(pods(world).map(({metadata}) => metadata.annotations!['batch.kubernetes.io/job-completion-index'])).toEqual(['0', '1', '2']);
    expect(pods(world)[1]!.spec!.hostname).toBe('sum-1');
    finish(world, pods(world)[0]!, 'Succeeded');
    finish(world, pods(world)[2]!, 'Succeeded');
    world.wait(2);
    expect(status(world, 'jobs', 'sum')).toMatchObject({completedIndexes: '0,2', succeeded: 2, active: 1});
  });

  it('ends at once by its failure policy', () => {
    const world = createWorld();
    const podFailurePolicy = {rules: [{action: 'FailJob', onExitCodes: {operator: 'In', values: [42]}}]};
    world.create(job({podFailurePolicy}));
    world.wait(2);
    finish(world, running(world)[0]!, 'Failed', 42);
    world.wait(3);
    expect(conditions(world)).toEqual(['FailureTarget PodFailurePolicy', 'Failed PodFailurePolicy']);
  });

  it('is content with less, by its success policy', () => {
    const world = createWorld();
    const rules = [{succeededIndexes: '0', succeededCount: 1}, {succeededCount: 2}];
    world.create(job({completions: 4, parallelism: 4, completionMode: 'Indexed', successPolicy: {rules}}));
    world.wait(2);
    const [, one, two, three] = pods(world);
    bind(world, two!, 'node-1');
    report(world, world.get<Pod>('pods', 'default', two!.metadata.name)!, 'Running', true);
    finish(world, three!, 'Succeeded');
    world.wait(2);
    expect(conditions(world)).toEqual([]);
    finish(world, one!, 'Succeeded');
    world.wait(2);
    expect(conditions(world)).toEqual(['SuccessCriteriaMet SuccessPolicy']);
    expect(pods(world).find(({metadata}) => metadata.name === two!.metadata.name)?.metadata.deletionTimestamp).toBeDefined();
    world.play();
    world.wait(2);
    expect(conditions(world)).toEqual(['SuccessCriteriaMet SuccessPolicy', 'Complete SuccessPolicy']);
    expect(status(world, 'jobs', 'sum')).toMatchObject({succeeded: 2, completedIndexes: '1,3'});
    const [{message}] = status(world, 'jobs', 'sum')['conditions'] as [{message: string}];
    expect(message).toBe('Matched rules at index 1');
  });

  it('is left alone when somebody else manages it', () => {
    const world = createWorld();
    world.create(job({managedBy: 'example.com/queue'}));
    world.wait(3);
    expect(pods(world)).toEqual([]);
    expect(status(world, 'jobs', 'sum')).toEqual({});
  });

  it('starts anew when it is resumed: its deadline counts from there', () => {
    const world = createWorld();
    world.create(job({activeDeadlineSeconds: 20}));
    world.wait(2);
    const first = status(world, 'jobs', 'sum')['startTime'];
    world.patch('jobs', 'default', 'sum', {spec: {suspend: true}});
    world.play();
    world.wait(15);
    world.patch('jobs', 'default', 'sum', {spec: {suspend: false}});
    world.wait(10);
    expect(status(world, 'jobs', 'sum')['startTime']).not.toBe(first);
    expect(conditions(world)).toEqual(['Suspended JobResumed']);
    expect(running(world)).toHaveLength(1);
    world.wait(12);
    expect(conditions(world)).toContain('FailureTarget DeadlineExceeded');
  });

  it('stops at its deadline, and is removed after its time', () => {
    const world = createWorld();
    world.create(job({activeDeadlineSeconds: 5, ttlSecondsAfterFinished: 60}));
    world.wait(7);
    expect(conditions(world)[0]).toBe('FailureTarget DeadlineExceeded');
    world.play();
    world.wait(3);
    expect(conditions(world)).toContain('Failed DeadlineExceeded');
    world.wait(70);
    world.play();
    expect(world.get('jobs', 'default', 'sum')).toBeUndefined();
  });

  it('makes no pod while it is suspended', () => {
    const world = createWorld();
    world.create(job({suspend: true}));
    world.wait(2);
    expect(pods(world)).toEqual([]);
    expect(conditions(world)).toEqual(['Suspended JobSuspended']);
    world.patch('jobs', 'default', 'sum', {spec: {suspend: false}});
    world.wait(2);
    expect(pods(world)).toHaveLength(1);
  });
});

describe('cron job', () => {
  const cron = (spec: object = {}): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {name: 'tick', namespace: 'default'},
    spec: {
      schedule: '*/1 * * * *',
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        spec: {
          parallelism: 1,
          completions: 1,
          backoffLimit: 6,
          completionMode: 'NonIndexed',
          suspend: false,
          template: podTemplate('tick', 'busybox', {restartPolicy: 'Never'}),
        },
      },
      ...spec,
    },
  });

  it('makes a job each minute', () => {
    const world = createWorld();
    world.create(cron());
    world.wait(130);
    expect(world.list('jobs', 'default').map(({metadata}) => metadata.name)).toHaveLength(2);
    expect(world.list('jobs', 'default')[0]!.metadata.name).toMatch(/^tick-\d{8}$/);
    expect(status(world, 'cronjobs', 'tick')['lastScheduleTime']).toBe('2026-04-22T09:02:00Z');
  });

  it('waits for the one before where it has to', () => {
    const world = createWorld();
    world.create(cron({concurrencyPolicy: 'Forbid'}));
    world.wait(190);
    expect(world.list('jobs', 'default')).toHaveLength(1);
    expect(world.events('CronJob').some(line => line.startsWith('JobAlreadyActive'))).toBe(true);
  });

  it('goes by the clock of its time zone', () => {
    const world = createWorld();
    // Nine o'clock UTC is 14:30 in Kolkata.
    world.create(cron({schedule: '32 14 * * *', timeZone: 'Asia/Kolkata'}));
    world.wait(100);
    expect(world.list('jobs', 'default')).toEqual([]);
    world.wait(30);
    const [job] = world.list('jobs', 'default');
    expect(job!.metadata.annotations).toEqual({'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-04-22T14:32:00+05:30'});
    expect(status(world, 'cronjobs', 'tick')['lastScheduleTime']).toBe('2026-04-22T09:02:00Z');
  });

  it('does nothing while suspended', () => {
    const world = createWorld();
    world.create(cron({suspend: true}));
    world.wait(130);
    expect(world.list('jobs', 'default')).toEqual([]);
  });
});

describe('pod disruption budget', () => {
  const budget = (spec: object): KubeObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {name: 'agent', namespace: 'default'},
    spec: {selector: {matchLabels: {app: 'agent'}}, ...spec},
  });
  const agents = workload('apps/v1', 'DaemonSet', 'agent', {
    updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1, maxSurge: 0}},
  });

  it('cannot reckon with pods whose controller has no size, and lets none go', () => {
    const world = createWorld();
    world.create(agents);
    world.wait(1);
    world.create(budget({maxUnavailable: 1}));
    world.wait(1);
    const text = 'daemonsets.apps does not implement the scale subresource';
    expect(status(world, 'poddisruptionbudgets', 'agent')).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: text}],
    });
    expect(world.events('PodDisruptionBudget')).toEqual([
      `CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: ${text}`,
    ]);
  });

  it('counts such pods as they are where it asks for a number of them', () => {
    const world = createWorld();
    world.create(agents);
    world.create(budget({minAvailable: 2}));
    world.wait(1);
    expect(status(world, 'poddisruptionbudgets', 'agent')).toMatchObject({expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 0});
  });

  it('says how many pods may go', () => {
    const world = createWorld();
    world.create(workload('apps/v1', 'ReplicaSet', 'web', {replicas: 4}));
    world.create({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: {name: 'web', namespace: 'default'},
      spec: {minAvailable: '60%', selector: {matchLabels: {app: 'web'}}},
    });
    world.play();
    expect(status(world, 'poddisruptionbudgets', 'web')).toMatchObject({
      expectedPods: 4,
      desiredHealthy: 3,
      currentHealthy: 4,
      disruptionsAllowed: 1,
    });
    const [first] = pods(world);
    report(world, first!, 'Running', false);
    world.wait(1);
    expect(status(world, 'poddisruptionbudgets', 'web')).toMatchObject({currentHealthy: 3, disruptionsAllowed: 0});
  });
});
