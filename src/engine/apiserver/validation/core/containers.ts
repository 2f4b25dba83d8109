/**
 * The containers of a pod: regular, init and ephemeral ones.
 * upstream: pkg/apis/core/validation/validation.go validateContainerCommon, validateContainers, validateInitContainers, validateEphemeralContainers
 */
import {duplicate, forbiddenField, invalidValue, notFoundField, notSupported, required} from '../../../api/field-errors.ts';
import {isDNS1123Label, isValidPortName, isValidPortNum} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {validateResourceRequirements} from '../resources.ts';
import {validateEnv, validateEnvFrom} from './container-env.ts';
import {validateDevices, validateMounts} from './container-mounts.ts';
import {validateLifecycleAndProbes} from './probes.ts';
import {validateContainerSecurityContext} from './security-context.ts';
import {validatePullPolicy} from './volume-sources.ts';

/** What all containers of one pod spec share. */
export interface PodScope {
  readonly volumes: ReadonlyMap<string, Fields>;
  readonly claimNames: ReadonlySet<string>;
  readonly gracePeriod: number | undefined;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
}

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

function validatePorts(errors: Errors, ports: readonly Fields[] | undefined, path: string): void {
  if (!ports) return;
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `${path}[${i}]`;
    const {name, containerPort, hostPort, protocol} = port;
    if (name) {
      const messages = isValidPortName(name);
      addInvalid(errors, `${at}.name`, name, messages);
      if (messages.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name));
      if (messages.length === 0) names.add(name);
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`));
    else addInvalid(errors, `${at}.containerPort`, containerPort, isValidPortNum(containerPort));
    if (hostPort) addInvalid(errors, `${at}.hostPort`, hostPort, isValidPortNum(hostPort));
    if (!protocol) errors.push(required(`${at}.protocol`));
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  });
}

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const RESIZE_RESOURCES = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

function validateResizePolicy(errors: Errors, policies: readonly Fields[] | undefined, restartPolicy: string, path: string): void {
  const seen = new Set<string>();
  policies?.forEach((policy, i) => {
    const {resourceName, restartPolicy: restart} = policy;
    if (seen.has(resourceName)) errors.push(duplicate(`${path}[${i}]`, resourceName));
    seen.add(resourceName);
    if (!resourceName) errors.push(required(path));
    else if (!RESIZE_RESOURCES.includes(resourceName)) errors.push(notSupported(path, resourceName, RESIZE_RESOURCES));
    if (!restart) errors.push(required(path));
    else if (!RESIZE_POLICIES.includes(restart)) errors.push(notSupported(path, restart, RESIZE_POLICIES));
    if (restartPolicy === 'Never' && restart !== 'NotRequired')
      errors.push(invalidValue(path, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  });
}

function validateCommon(errors: Errors, container: Fields, scope: PodScope, path: string): void {
  const {name, image, terminationMessagePolicy: policy} = container;
  if (!name) errors.push(required(`${path}.name`));
  else addInvalid(errors, `${path}.name`, name, isDNS1123Label(name));
  if (!image) errors.push(required(`${path}.image`));
  if (!policy) errors.push(required(`${path}.terminationMessagePolicy`));
  else if (!MESSAGE_POLICIES.includes(policy)) errors.push(notSupported(`${path}.terminationMessagePolicy`, policy, MESSAGE_POLICIES));
  validatePorts(errors, container['ports'], `${path}.ports`);
  validateEnv(errors, container['env'], `${path}.env`);
  validateEnvFrom(errors, container['envFrom'], `${path}.envFrom`);
  validateMounts(errors, container, scope.volumes, `${path}.volumeMounts`);
  validateDevices(errors, container, scope.volumes, `${path}.volumeDevices`);
  validatePullPolicy(errors, container['imagePullPolicy'], `${path}.imagePullPolicy`);
  validateResourceRequirements(errors, container['resources'], scope.claimNames, `${path}.resources`);
  validateResizePolicy(errors, container['resizePolicy'], scope.restartPolicy, `${path}.resizePolicy`);
  validateContainerSecurityContext(errors, container['securityContext'], `${path}.securityContext`, scope.hostUsers);
}

function checkHostPorts(errors: Errors, containers: readonly Fields[], path: string): void {
  const taken = new Set<string>();
  containers.forEach((container, i) => {
    container['ports']?.forEach((port: Fields, j: number) => {
      if (!port['hostPort']) return;
      const key = `${port['protocol'] ?? ''}/${port['hostIP'] ?? ''}/${port['hostPort']}`;
      if (taken.has(key)) errors.push(duplicate(`${path}[${i}].ports[${j}].hostPort`, key));
      taken.add(key);
    });
  });
}

const CONTAINER_RESTART = ['Always', 'Never', 'OnFailure'];
const MAX_RESTART_RULES = 20;
const MAX_EXIT_CODES = 255;
const RESTART_ACTIONS = ['Restart', 'RestartAllContainers'];

/** Gates ContainerRestartRules, on by default since v1.35, and RestartAllContainersOnContainerExits, since v1.36. */
function validateContainerRestart(errors: Errors, container: Fields, path: string): void {
  const {restartPolicy, restartPolicyRules: rules} = container;
  if (restartPolicy !== undefined && !CONTAINER_RESTART.includes(restartPolicy))
    errors.push(notSupported(`${path}.restartPolicy`, restartPolicy, CONTAINER_RESTART));
  if (!has(rules)) return;
  const at = `${path}.restartPolicyRules`;
  if (restartPolicy === undefined) errors.push(required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'));
  if (rules.length > MAX_RESTART_RULES)
    errors.push({type: 'FieldValueTooMany', field: at, body: `Too many: ${rules.length}: must have at most ${MAX_RESTART_RULES} items`});
  rules.forEach((rule: Fields, i: number) => {
    if (!RESTART_ACTIONS.includes(rule['action'])) errors.push(notSupported(`${at}[${i}].action`, rule['action'], RESTART_ACTIONS));
    const codes: Fields | undefined = rule['exitCodes'];
    if (!codes) {
      errors.push(required(`${at}[${i}].exitCodes`, 'must be specified'));
      return;
    }
    if (codes['operator'] !== 'In' && codes['operator'] !== 'NotIn')
      errors.push(notSupported(`${at}[${i}].exitCodes.operator`, codes['operator'], ['In', 'NotIn']));
    if ((codes['values']?.length ?? 0) > MAX_EXIT_CODES)
      errors.push({
        type: 'FieldValueTooMany',
        field: `${at}[${i}].exitCodes.values`,
        body: `Too many: ${codes['values'].length}: must have at most ${MAX_EXIT_CODES} items`,
      });
  });
}

export function validateContainers(errors: Errors, containers: readonly Fields[] | undefined, scope: PodScope, path: string): void {
  if (!containers || containers.length === 0) {
    errors.push(required(path));
    return;
  }
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    validateCommon(errors, container, scope, at);
    if (names.has(container['name'])) errors.push(duplicate(`${at}.name`, container['name']));
    names.add(container['name']);
    validateLifecycleAndProbes(errors, container, scope.gracePeriod, at);
    validateContainerRestart(errors, container, at);
  });
  checkHostPorts(errors, containers, path);
}

const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';

export function validateInitContainers(
  errors: Errors,
  containers: readonly Fields[] | undefined,
  regular: readonly Fields[],
  scope: PodScope,
  path: string,
): void {
  if (!containers) return;
  const names = new Set(regular.map(c => c['name']));
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    validateCommon(errors, container, scope, at);
    validateContainerRestart(errors, container, at);
    const {name} = container;
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else if (name) names.add(name);
    checkHostPorts(errors, [container], path);
    if (container['restartPolicy'] === 'Always') validateLifecycleAndProbes(errors, container, scope.gracePeriod, at);
    else
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'])
        if (container[field]) errors.push(forbiddenField(`${at}.${field}`, NOT_FOR_INIT));
  });
}

/** What an ephemeral container may not have, in the order of Go's structure. */
const NOT_FOR_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];
const EPHEMERAL = 'cannot be set for an Ephemeral Container';

const isGiven = (value: unknown): boolean =>
  value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

export function validateEphemeralContainers(
  errors: Errors,
  ephemeral: readonly Fields[] | undefined,
  others: readonly Fields[],
  scope: PodScope,
  path: string,
): void {
  if (!has(ephemeral)) return;
  const otherNames = new Set(others.map(c => c['name']));
  const names = new Set(otherNames);
  ephemeral!.forEach((container, i) => {
    const at = `${path}[${i}]`;
    validateCommon(errors, container, scope, at);
    validateImageSpaces(errors, container, at);
    if (names.has(container['name'])) errors.push(duplicate(`${at}.name`, container['name']));
    names.add(container['name']);
    const target = container['targetContainerName'];
    if (target && !otherNames.has(target)) errors.push(notFoundField(`${at}.targetContainerName`, target));
    for (const field of NOT_FOR_EPHEMERAL) if (isGiven(container[field])) errors.push(forbiddenField(`${at}.${field}`, EPHEMERAL));
    container['volumeMounts']?.forEach((mount: Fields, j: number) => {
      for (const field of ['subPath', 'subPathExpr'])
        if (mount[field]) errors.push(forbiddenField(`${at}.volumeMounts[${j}].${field}`, EPHEMERAL));
    });
  });
}

/** Templates may pad an image's name; pods may not. */
export function validateImageSpaces(errors: Errors, container: Fields, path: string): void {
  const image: string = container['image'] ?? '';
  if (image.trim() !== image) errors.push(invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace'));
}
