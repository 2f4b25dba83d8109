/** A manifest in, what its author is warned of out. */
import {describe, expect, it} from 'vitest';
import {read} from './read.ts';

function warnings(manifest: string): readonly string[] {
  const {object, strategy} = read(manifest);
  strategy.prepareForCreate(object);
  return strategy.warningsOnCreate?.(object) ?? [];
}

function updateWarnings(before: string, after: string): readonly string[] {
  const [old, {object, strategy}] = [read(before).object, read(after)];
  strategy.prepareForUpdate(object, old, '');
  return strategy.warningsOnUpdate?.(object, old) ?? [];
}

const MASTER = 'node-role.kubernetes.io/master';
const INSTEAD = 'use "node-role.kubernetes.io/control-plane" instead';
const CONTAINERS = 'containers: [{name: c, image: nginx}]';

describe('labels of nodes', () => {
  it('an old one is told wherever a pod names it, and so is a value that only a wish may have', () => {
    const wish = `{key: ${MASTER}, operator: In, values: [a/b]}`;
    const affinity = `{nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [${wish}]}}]}}`;
    const said = warnings(
      `{apiVersion: v1, kind: Pod, metadata: {}, spec: {${CONTAINERS}, nodeSelector: {${MASTER}: ''}, affinity: ${affinity}}}`,
    );
    const at = 'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0]';
    expect(said).toEqual([
      `spec.nodeSelector[${MASTER}]: ${INSTEAD}`,
      `${at}.key: ${MASTER} is ${INSTEAD}`,
      expect.stringMatching(/values\[0\]: a\/b is invalid, a valid label must be/),
    ]);
  });
  it('in classes and capacities', () => {
    expect(
      warnings(`
        {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {}, provisioner: x.y/z,
         allowedTopologies: [{matchLabelExpressions: [{key: ${MASTER}, values: [a]}]}]}`),
    ).toEqual([`allowedTopologies[0].matchLabelExpressions[0].key: ${INSTEAD}`]);
    expect(
      warnings(`
        {apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {}, storageClassName: a,
         nodeTopology: {matchLabels: {${MASTER}: a}}}`),
    ).toEqual([`nodeTopology.matchLabels.${MASTER}: ${INSTEAD}`]);
    expect(
      warnings(`{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {}, handler: a, scheduling: {nodeSelector: {${MASTER}: a}}}`),
    ).toEqual([`scheduling.nodeSelector: ${INSTEAD}`]);
  });
});

describe('storage', () => {
  it('of a volume: how it names its class, its policy, its plugin', () => {
    expect(
      warnings(`
        {apiVersion: v1, kind: PersistentVolume, metadata: {annotations: {volume.beta.kubernetes.io/storage-class: a}},
         spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Recycle, storageos: {volumeName: a}}}`),
    ).toEqual([
      'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
      expect.stringContaining('spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated.'),
      'spec.storageOS: deprecated in v1.22, non-functional in v1.25+',
    ]);
  });
  it('of a claim: parts of bytes, in its limits too', () => {
    expect(
      warnings(`
        {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {},
         spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1500m}, limits: {storage: 2500m}}}}`),
    ).toEqual([
      'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
      'spec.resources.limits[storage]: fractional byte value "2500m" is invalid, must be an integer',
    ]);
  });
});

describe('templates', () => {
  it('name the whole way to what is at odds', () => {
    const ports = 'ports: [{containerPort: 80}, {name: b, containerPort: 80}]';
    const said = warnings(`
      {apiVersion: apps/v1, kind: Deployment, metadata: {}, spec: {selector: {matchLabels: {a: b}}, template: {
         metadata: {labels: {a: b}, annotations: {container.apparmor.security.beta.kubernetes.io/c: unconfined}},
         spec: {containers: [{name: c, image: nginx, ${ports}}]}}}}`);
    expect(said).toEqual([
      'spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
      'spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]',
    ]);
  });
  it('of StatefulSets come with claims and a history', () => {
    const set = (history: number) => `
      {apiVersion: apps/v1, kind: StatefulSet, metadata: {}, spec: {serviceName: a, revisionHistoryLimit: ${history}, selector: {matchLabels: {a: b}},
       template: {metadata: {labels: {a: b}}, spec: {${CONTAINERS}}},
       volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1500m}}}}]}}`;
    const bytes = 'resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer';
    expect(warnings(set(-1))).toEqual([
      `spec.volumeClaimTemplates[0].${bytes}`,
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    ]);
    expect(updateWarnings(set(1), set(2))).toEqual([`spec.volumeClaimTemplates[0].Spec.${bytes}`]);
  });
});

describe('jobs', () => {
  const spec = `{completionMode: Indexed, completions: 200000, parallelism: 20000, template: {spec: {restartPolicy: Never, ${CONTAINERS}}}}`;
  it('of too many indexes', () => {
    expect(warnings(`{apiVersion: batch/v1, kind: Job, metadata: {}, spec: ${spec}}`)).toEqual([
      expect.stringMatching(/^spec: In Indexed Jobs with a number of completions higher than 10\^5/),
    ]);
  });
  it('a zone in a schedule is told as long as it stays', () => {
    const cron = (schedule: string) =>
      `{apiVersion: batch/v1, kind: CronJob, metadata: {}, spec: {schedule: ${schedule}, jobTemplate: {spec: ${spec}}}}`;
    expect(updateWarnings(cron('TZ=UTC 1 * * * *'), cron('TZ=UTC 2 * * * *'))).toEqual([
      expect.stringMatching(/^spec.jobTemplate.spec: In Indexed Jobs/),
      expect.stringMatching(/^cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead/),
    ]);
  });
});
