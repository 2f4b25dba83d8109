/** The specification of a pod, in pods and in templates. upstream: pkg/apis/core/validation/validation.go ValidatePodSpec */

import {duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {MAX_INT32} from '../../../api/int32.ts';
import {inclusiveRangeError, isDNS1123Label, isDNS1123Subdomain, isQualifiedName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {parseResourceList, podRequests} from '../../../api/pod-resources.ts';
import {cmp, parseQuantity, printQuantity, ZERO} from '../../../api/quantity.ts';
import {addInvalid, type Errors, type Fields, has, keysOf} from '../fields.ts';
import {validateIP} from '../ip.ts';
import {validateAnnotations, validateLabels} from '../meta.ts';
import {validateResourceRequirements} from '../resources.ts';
import {hasUnfitValues, validateAffinity, validateTolerations, validateTopologySpread} from './affinity.ts';
import {type PodScope, validateContainers, validateEphemeralContainers, validateInitContainers} from './containers.ts';
import {containersWithPath, validatePodAnnotations, validateProfilesMatch} from './pod-annotations.ts';
import {validatePodSecurityContext} from './security-context.ts';
import {validateVolumes} from './volumes.ts';
import {validateWindowsHostProcess, validateWindowsPod} from './windows.ts';

export interface PodOptions {
  /** The object is a Pod, not something with a template. */
  readonly resourceIsPod: boolean;
  /** What the pod was: what was wrong with it already may stay so. upstream: pkg/api/pod/util.go GetValidationOptionsFromPodSpecAndMeta */
  readonly before?: Fields;
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];

/** An enumerated field that must be set. */
function validateChoice(errors: Errors, value: string | undefined, values: readonly string[], path: string): void {
  if (!value) errors.push(required(path));
  else if (!values.includes(value)) errors.push(notSupported(path, value, values));
}

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARS = 2048;

/** Underscores are allowed in search paths. upstream: IsDNS1123SubdomainWithUnderscore */
const SEARCH_PATTERN = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';
const SEARCH_ERROR = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SEARCH_PATTERN}')`;
const SEARCH_RE = new RegExp(`^${SEARCH_PATTERN}$`);

function validateDNSConfig(errors: Errors, config: Fields | undefined, policy: string | undefined, path: string): void {
  if (policy === 'None') {
    if (!config) {
      errors.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if (!has(config['nameservers'])) {
      errors.push(required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
      return;
    }
  }
  if (!config) return;
  const {nameservers = [], searches = [], options = []} = config;
  if (nameservers.length > MAX_NAMESERVERS)
    errors.push(invalidValue(`${path}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  nameservers.forEach((server: string, i: number) => {
    validateIP(errors, server, `${path}.nameservers[${i}]`);
  });
  if (searches.length > MAX_SEARCHES)
    errors.push(invalidValue(`${path}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`));
  if (searches.join(' ').length > MAX_SEARCH_CHARS)
    errors.push(
      invalidValue(
        `${path}.searches`,
        searches,
        `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`,
      ),
    );
  searches.forEach((search: string, i: number) => {
    if (search === '.') return;
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    const at = `${path}.searches[${i}]`;
    if (name.length > 253) errors.push(invalidValue(at, name, 'must be no more than 253 characters'));
    if (!SEARCH_RE.test(name)) errors.push(invalidValue(at, name, SEARCH_ERROR));
  });
  options.forEach((option: Fields, i: number) => {
    if (!option['name']) errors.push(required(`${path}.options[${i}]`, 'must not be empty'));
  });
}

function validateHostNetwork(errors: Errors, spec: Fields, path: string, options: PodOptions): void {
  if (!spec['hostNetwork']) return;
  spec['containers']?.forEach((container: Fields, i: number) => {
    container['ports']?.forEach((port: Fields, j: number) => {
      const hostPort = port['hostPort'] ?? 0;
      if ((options.resourceIsPod || hostPort !== 0) && hostPort !== port['containerPort'])
        errors.push(
          invalidValue(`${path}.containers[${i}].ports[${j}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true'),
        );
    });
  });
}

function validateHostUsers(errors: Errors, spec: Fields, path: string): void {
  if (spec['hostUsers'] !== false) return;
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec[field]) errors.push(forbiddenField(`${path}.${field}`, 'when `hostUsers` is false'));
}

/** In the internal type's names. */
const claimJson = (claim: Fields): Fields => ({
  Name: claim['name'] ?? '',
  ResourceClaimName: claim['resourceClaimName'] ?? null,
  ResourceClaimTemplateName: claim['resourceClaimTemplateName'] ?? null,
});

function validateResourceClaims(errors: Errors, claims: readonly Fields[] | undefined, path: string): Set<string> {
  const names = new Set<string>();
  claims?.forEach((claim, i) => {
    const at = `${path}[${i}]`;
    const {name, resourceClaimName, resourceClaimTemplateName} = claim;
    if (!name) errors.push(required(`${at}.name`));
    else if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else {
      addInvalid(errors, `${at}.name`, name, isDNS1123Label(name));
      names.add(name);
    }
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined)
      errors.push(invalidValue(at, claimJson(claim), 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
      errors.push(invalidValue(at, claimJson(claim), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'])
      if (claim[field] !== undefined) addInvalid(errors, `${at}.${field}`, claim[field], nameIsDNSSubdomain(claim[field], false));
  });
  return names;
}

function validatePodLevelResources(errors: Errors, spec: Fields, claimNames: ReadonlySet<string>, path: string): void {
  const resources: Fields | undefined = spec['resources'];
  if (!resources) return;
  if (resources['claims']) errors.push(forbiddenField(`${path}.claims`, 'claims cannot be set for Resources at pod-level'));
  validateResourceRequirements(errors, resources, claimNames, path, true);
  const total = podRequests({spec} as never, {skipPodLevelResources: true, excludeOverhead: true});
  for (const name of keysOf(total)) {
    const own = resources['requests']?.[name] === undefined ? ZERO : parseQuantity(resources['requests'][name]);
    if (cmp(total[name]!, own) > 0)
      errors.push(
        invalidValue(
          `${path}.requests[${name}]`,
          printQuantity(own),
          `must be greater than or equal to aggregate container requests of ${printQuantity(total[name]!)}`,
        ),
      );
  }
  spec['containers']?.forEach((container: Fields, i: number) => {
    const limits = parseResourceList(container['resources']?.limits);
    for (const name of keysOf(limits)) {
      const podLimit = resources['limits']?.[name];
      if (podLimit !== undefined && cmp(limits[name]!, parseQuantity(podLimit)) > 0)
        errors.push(
          invalidValue(
            `${path}.containers[${i}][${name}].limits`,
            printQuantity(limits[name]!),
            `must be less than or equal to pod limits of ${printQuantity(parseQuantity(podLimit))}`,
          ),
        );
    }
  });
}

const subdomainField = (errors: Errors, spec: Fields, field: string, path: string): void => {
  if (spec[field]) addInvalid(errors, `${path}.${field}`, spec[field], nameIsDNSSubdomain(spec[field], false));
};

function validateGates(errors: Errors, spec: Fields, path: string): void {
  spec['readinessGates']?.forEach((gate: Fields, i: number) => {
    addInvalid(errors, `${path}.readinessGates[${i}].conditionType`, gate['conditionType'], isQualifiedName(gate['conditionType']));
  });
  const seen = new Set<string>();
  spec['schedulingGates']?.forEach((gate: Fields, i: number) => {
    const at = `${path}.schedulingGates[${i}]`;
    addInvalid(errors, at, gate['name'], isQualifiedName(gate['name']));
    if (seen.has(gate['name'])) errors.push(duplicate(at, gate['name']));
    seen.add(gate['name']);
  });
}

function validateHostnames(errors: Errors, spec: Fields, path: string): void {
  for (const field of ['hostname', 'subdomain'])
    if (spec[field]) addInvalid(errors, `${path}.${field}`, spec[field], isDNS1123Label(spec[field]));
  const override = spec['hostnameOverride'];
  if (override === undefined) return;
  const at = `${path}.hostnameOverride`;
  if (spec['hostNetwork']) errors.push(forbiddenField(at, 'when `hostNetwork` is true'));
  if (spec['setHostnameAsFQDN']) errors.push(forbiddenField(at, 'may not be specified when `setHostnameAsFQDN` is true'));
  if (override.length > 64) errors.push(invalidValue(at, override, 'must be no more than 64 characters'));
  addInvalid(errors, at, override, isDNS1123Subdomain(override));
}

const OPERATING_SYSTEMS = ['linux', 'windows'];

function validateOS(errors: Errors, spec: Fields, path: string): void {
  if (!spec['os']) return;
  const {name} = spec['os'];
  if (!name) errors.push(required(`${path}.os.name`));
  else if (!OPERATING_SYSTEMS.includes(name)) errors.push(notSupported(`${path}.os`, name, OPERATING_SYSTEMS));
  else if (name === 'windows') validateWindowsPod(errors, spec, path);
  else {
    const forbid = (at: string): FieldError =>
      forbiddenField(`${at}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod');
    if (spec['securityContext']?.windowsOptions) errors.push(forbid(path));
    for (const [container, at] of containersWithPath(spec, path)) if (container['securityContext']?.windowsOptions) errors.push(forbid(at));
  }
}

/** `podName` is '' in templates. */
export function validatePodSpec(errors: Errors, spec: Fields, podName: string, path: string, options: PodOptions): void {
  // 1. What containers refer to, then the containers.
  if (spec['terminationGracePeriodSeconds'] === undefined) errors.push(required(`${path}.terminationGracePeriodSeconds`));
  const volumes = validateVolumes(errors, spec['volumes'], podName, `${path}.volumes`, options);
  const claimNames = validateResourceClaims(errors, spec['resourceClaims'], `${path}.resourceClaims`);
  const scope: PodScope = {
    volumes,
    claimNames,
    gracePeriod: spec['terminationGracePeriodSeconds'],
    restartPolicy: spec['restartPolicy'],
    hostUsers: spec['hostUsers'] !== false,
  };
  const {containers = [], initContainers = []} = spec;
  validateContainers(errors, containers, scope, `${path}.containers`);
  validateInitContainers(errors, spec['initContainers'], containers, scope, `${path}.initContainers`);
  validateEphemeralContainers(
    errors,
    spec['ephemeralContainers'],
    [...containers, ...initContainers],
    scope,
    `${path}.ephemeralContainers`,
  );
  validatePodLevelResources(errors, spec, claimNames, `${path}.resources`);

  // 2. The pod as a whole.
  validateHostNetwork(errors, spec, path, options);
  validateChoice(errors, spec['restartPolicy'], RESTART_POLICIES, `${path}.restartPolicy`);
  validateChoice(errors, spec['dnsPolicy'], DNS_POLICIES, `${path}.dnsPolicy`);
  validateLabels(errors, spec['nodeSelector'], `${path}.nodeSelector`);
  validatePodSecurityContext(errors, spec, path);
  validateAffinity(errors, spec['affinity'], `${path}.affinity`, hasUnfitValues(options.before?.['affinity']));
  validateDNSConfig(errors, spec['dnsConfig'], spec['dnsPolicy'], `${path}.dnsConfig`);
  validateGates(errors, spec, path);
  validateTopologySpread(errors, spec['topologySpreadConstraints'], `${path}.topologySpreadConstraints`);
  validateWindowsHostProcess(errors, spec, path);
  validateHostUsers(errors, spec, path);

  // 3. Names and numbers.
  subdomainField(errors, spec, 'serviceAccountName', path);
  subdomainField(errors, spec, 'nodeName', path);
  const deadline = spec['activeDeadlineSeconds'];
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32))
    errors.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, inclusiveRangeError(1, MAX_INT32)));
  validateHostnames(errors, spec, path);
  validateTolerations(errors, spec['tolerations'], `${path}.tolerations`);
  spec['hostAliases']?.forEach((alias: Fields, i: number) => {
    validateIP(errors, alias['ip'], `${path}.hostAliases[${i}].ip`);
    alias['hostnames']?.forEach((name: string, j: number) => {
      addInvalid(errors, `${path}.hostAliases[${i}].hostnames[${j}]`, name, isDNS1123Subdomain(name));
    });
  });
  subdomainField(errors, spec, 'priorityClassName', path);
  const runtimeClass = spec['runtimeClassName'];
  if (runtimeClass !== undefined) addInvalid(errors, `${path}.runtimeClassName`, runtimeClass, nameIsDNSSubdomain(runtimeClass, false));
  if (spec['preemptionPolicy'] !== undefined)
    validateChoice(errors, spec['preemptionPolicy'], PREEMPTION_POLICIES, `${path}.preemptionPolicy`);
  if (spec['overhead']) validateResourceRequirements(errors, {limits: spec['overhead']}, new Set(), `${path}.overhead`);
  validateOS(errors, spec, path);
}

/** A template's labels, annotations and spec. `path` names the template. */
export function validatePodTemplateSpec(errors: Errors, template: Fields, path: string): void {
  const {metadata: meta = {}, spec} = template;
  validateLabels(errors, meta.labels, `${path}.labels`);
  validateAnnotations(errors, meta.annotations, `${path}.annotations`);
  validatePodAnnotations(errors, meta.annotations, spec, `${path}.annotations`);
  validatePodSpec(errors, spec, '', `${path}.spec`, {resourceIsPod: false});
  validateProfilesMatch(errors, meta.annotations, spec, `${path}.spec`);
  if (has(spec.ephemeralContainers))
    errors.push(forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
}
