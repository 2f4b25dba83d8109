/** The secrets and config maps that a pod names, one as often as it is named. upstream: pkg/api/pod/util.go VisitPodSecretNames, VisitPodConfigmapNames */
import {allContainers} from './pods.ts';
import type {Pod} from './types.ts';

export function secretNames(pod: Pod): string[] {
  const spec = pod.spec!;
  const names = [
    ...(spec.imagePullSecrets ?? []).map(({name}) => name),
    ...allContainers(pod.spec).flatMap(({env, envFrom}) => [
      ...(envFrom ?? []).map(({secretRef}) => secretRef?.name),
      ...(env ?? []).map(({valueFrom}) => valueFrom?.secretKeyRef?.name),
    ]),
    ...(spec.volumes ?? []).flatMap(volume => [
      volume.azureFile?.secretName,
      volume.cephfs?.secretRef?.name,
      volume.cinder?.secretRef?.name,
      volume.flexVolume?.secretRef?.name,
      ...(volume.projected?.sources ?? []).map(({secret}) => secret?.name),
      volume.rbd?.secretRef?.name,
      volume.secret?.secretName,
      volume.scaleIO?.secretRef.name,
      volume.iscsi?.secretRef?.name,
      volume.storageos?.secretRef?.name,
      volume.csi?.nodePublishSecretRef?.name,
    ]),
  ];
  return names.filter(name => name !== undefined);
}

export function configMapNames(pod: Pod): string[] {
  const names = [
    ...allContainers(pod.spec).flatMap(({env, envFrom}) => [
      ...(envFrom ?? []).map(({configMapRef}) => configMapRef?.name),
      ...(env ?? []).map(({valueFrom}) => valueFrom?.configMapKeyRef?.name),
    ]),
    ...(pod.spec!.volumes ?? []).flatMap(volume => [
      ...(volume.projected?.sources ?? []).map(({configMap}) => configMap?.name),
      volume.configMap?.name,
    ]),
  ];
  return names.filter(name => name !== undefined);
}
