/** Mounts and block devices of a container. upstream: pkg/apis/core/validation/validation.go ValidateVolumeMounts, ValidateVolumeDevices */
import {forbiddenField, invalidValue, notFoundField, notSupported, required} from '../../../api/field-errors.ts';
import type {Errors, Fields} from '../fields.ts';
import {validateLocalDescendingPath} from './paths.ts';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE_READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'];

function validateMountPropagation(errors: Errors, mode: string, container: Fields, path: string): void {
  if (!PROPAGATIONS.includes(mode)) errors.push(notSupported(path, mode, PROPAGATIONS));
  if (mode === 'Bidirectional' && container['securityContext']?.privileged !== true)
    errors.push(forbiddenField(path, 'Bidirectional mount propagation is available only to privileged containers'));
}

function validateRecursiveReadOnly(errors: Errors, mount: Fields, path: string): void {
  const mode = mount['recursiveReadOnly'];
  if (mode === undefined || mode === 'Disabled') return;
  if (!RECURSIVE_READ_ONLY.includes(mode)) {
    errors.push(notSupported(path, mode, RECURSIVE_READ_ONLY));
    return;
  }
  if (!mount['readOnly']) errors.push(forbiddenField(path, 'may only be specified when readOnly is true'));
  if (mount['mountPropagation'] !== undefined && mount['mountPropagation'] !== 'None')
    errors.push(forbiddenField(path, 'may only be specified when mountPropagation is None or not specified'));
}

export function validateMounts(errors: Errors, container: Fields, volumes: ReadonlyMap<string, Fields>, path: string): void {
  const mounts: readonly Fields[] | undefined = container['volumeMounts'];
  if (!mounts) return;
  const devices: readonly Fields[] = container['volumeDevices'] ?? [];
  const points = new Set<string>();
  mounts.forEach((mount, i) => {
    const at = `${path}[${i}]`;
    const {name, mountPath, subPath = '', subPathExpr = ''} = mount;
    if (!name) errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFoundField(`${at}.name`, name));
    if (!mountPath) errors.push(required(`${at}.mountPath`));
    if (points.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'));
    points.add(mountPath);
    if (devices.some(d => d['name'] === name)) errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'));
    if (devices.some(d => d['devicePath'] === mountPath))
      errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'));
    if (subPath) validateLocalDescendingPath(errors, subPath, `${path}.subPath`);
    if (subPathExpr) {
      if (subPath) errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      validateLocalDescendingPath(errors, subPathExpr, `${path}.subPathExpr`);
    }
    if (mount['mountPropagation'] !== undefined)
      validateMountPropagation(errors, mount['mountPropagation'], container, `${path}.mountPropagation`);
    validateRecursiveReadOnly(errors, mount, `${path}.recursiveReadOnly`);
  });
}

export function validateDevices(errors: Errors, container: Fields, volumes: ReadonlyMap<string, Fields>, path: string): void {
  const devices: readonly Fields[] | undefined = container['volumeDevices'];
  if (!devices) return;
  const mounts: readonly Fields[] = container['volumeMounts'] ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  devices.forEach((device, i) => {
    const at = `${path}[${i}]`;
    const {name, devicePath} = device;
    const volume = volumes.get(name);
    if (!name) errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalidValue(`${at}.name`, name, 'must be unique'));
    if (volume && !volume['persistentVolumeClaim'] && !volume['ephemeral'])
      errors.push(invalidValue(`${at}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    if (!volume) errors.push(notFoundField(`${at}.name`, name));
    if (!devicePath) errors.push(required(`${at}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must be unique'));
    if (devicePath?.split('/').includes('..'))
      errors.push(invalidValue(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some(m => m['name'] === name)) errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeMounts'));
    if (mounts.some(m => m['mountPath'] === devicePath))
      errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'));
    if (name) names.add(name);
  });
}
