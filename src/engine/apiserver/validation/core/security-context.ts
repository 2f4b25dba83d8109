/** Security contexts of pods and containers. upstream: pkg/apis/core/validation/validation.go validatePodSpecSecurityContext, ValidateSecurityContext */

import {duplicate, type FieldError, invalidValue, notSupported, required, tooLong} from '../../../api/field-errors.ts';
import {MAX_INT32} from '../../../api/int32.ts';
import {byteLength, inclusiveRangeError, isDNS1123Subdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields} from '../fields.ts';
import {validateLocalDescendingPath} from './paths.ts';

const MAX_ID = MAX_INT32;
const ID_RANGE = inclusiveRangeError(0, MAX_ID);

export function validateId(errors: Errors, id: number | undefined, path: string): void {
  if (id !== undefined && (id < 0 || id > MAX_ID)) errors.push(invalidValue(path, id, ID_RANGE));
}

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function validateSeccompProfile(errors: Errors, profile: Fields | undefined, path: string): void {
  if (!profile) return;
  const {type, localhostProfile} = profile;
  if (!type) errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, PROFILE_TYPES));
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.push(required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'));
    else validateLocalDescendingPath(errors, localhostProfile, `${path}.localhostProfile`);
  } else if (localhostProfile !== undefined)
    errors.push(
      invalidValue(
        `${path}.localhostProfile`,
        {Type: type ?? '', LocalhostProfile: localhostProfile},
        'can only be set when seccomp type is Localhost',
      ),
    );
}

const MAX_PROFILE_PATH = 4095;
const APPARMOR_LOCALHOST = 'must be set when AppArmor type is Localhost';

export function validateAppArmorProfile(errors: Errors, profile: Fields | undefined, path: string): void {
  if (!profile) return;
  const {type, localhostProfile} = profile;
  const at = `${path}.localhostProfile`;
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.push(required(at, APPARMOR_LOCALHOST));
    else {
      const trimmed = localhostProfile.trim();
      if (trimmed !== localhostProfile) errors.push(invalidValue(at, localhostProfile, 'must not be padded with whitespace'));
      else if (trimmed === '') errors.push(required(at, APPARMOR_LOCALHOST));
      if (byteLength(localhostProfile) > MAX_PROFILE_PATH) errors.push(tooLong(at, MAX_PROFILE_PATH));
    }
  } else if (!type) errors.push(required(`${path}.type`, 'type is required when appArmorProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, PROFILE_TYPES));
  else if (localhostProfile !== undefined)
    errors.push(invalidValue(at, localhostProfile, 'can only be set when AppArmor type is Localhost'));
}

const MAX_CREDENTIAL_SPEC_KIB = 64;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_DOMAIN = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** What is wrong with `DOMAIN\user`, in the server's order. */
function windowsUserComplaints(userName: string): string[] {
  if (userName === '') return ['runAsUserName cannot be an empty string'];
  if (/[\x00-\x1f\x7f]/.test(userName)) return ['runAsUserName cannot contain control characters'];
  const parts = userName.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const domain = parts.length === 2 ? parts[0]! : undefined;
  const user = parts.at(-1)!;
  const complaints: string[] = [];
  if (domain !== undefined && byteLength(domain) >= MAX_DOMAIN)
    complaints.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`);
  if (domain !== undefined && !NETBIOS.test(domain) && !DNS_DOMAIN.test(domain))
    complaints.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') complaints.push("runAsUserName's User cannot be empty");
  else if (byteLength(user) > MAX_USER) complaints.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`);
  if (/^[. ]+$/.test(user)) complaints.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) complaints.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return complaints;
}

function validateWindowsOptions(errors: Errors, options: Fields | undefined, path: string): void {
  if (!options) return;
  const {gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName} = options;
  if (name !== undefined) addInvalid(errors, `${path}.gmsaCredentialSpecName`, name, isDNS1123Subdomain(name));
  if (spec === '') errors.push(invalidValue(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'));
  else if (spec !== undefined && byteLength(spec) > MAX_CREDENTIAL_SPEC_KIB * 1024)
    errors.push(invalidValue(`${path}.gmsaCredentialSpec`, spec, `gmsaCredentialSpec size must be under ${MAX_CREDENTIAL_SPEC_KIB} KiB`));
  if (runAsUserName !== undefined) addInvalid(errors, `${path}.runAsUserName`, runAsUserName, windowsUserComplaints(runAsUserName));
}

const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const SYSCTL_RE = new RegExp(SYSCTL);
const SYSCTL_MAX = 253;

/** The namespace that a kernel parameter belongs to. upstream: component-helpers/node/util/sysctl/namespace.go */
function sysctlNamespace(name: string): 'ipc' | 'net' | 'uts' | '' {
  const dotted = name.replaceAll('/', '.');
  if (dotted === 'kernel.sem' || dotted.startsWith('kernel.shm') || dotted.startsWith('kernel.msg') || dotted.startsWith('fs.mqueue.'))
    return 'ipc';
  if (dotted === 'kernel.domainname' || dotted === 'kernel.hostname') return 'uts';
  return dotted.startsWith('net.') ? 'net' : '';
}

function hostSysctl(name: string, spec: Fields, path: string): FieldError | undefined {
  const namespace = sysctlNamespace(name);
  if (spec['hostNetwork'] && namespace === 'net') return invalidValue(path, name, "may not be specified when 'hostNetwork' is true");
  if (spec['hostIPC'] && namespace === 'ipc') return invalidValue(path, name, "may not be specified when 'hostIPC' is true");
  return undefined;
}

function validateSysctls(errors: Errors, sysctls: readonly Fields[] | undefined, spec: Fields, path: string): void {
  const seen = new Set<string>();
  sysctls?.forEach((sysctl, i) => {
    const at = `${path}[${i}].name`;
    const name: string = sysctl['name'];
    if (!name) errors.push(required(at));
    else if (byteLength(name) > SYSCTL_MAX || !SYSCTL_RE.test(name))
      errors.push(invalidValue(at, name, `must have at most ${SYSCTL_MAX} characters and match regex ${SYSCTL}`));
    else if (seen.has(name)) errors.push(duplicate(at, name));
    const host = hostSysctl(name, spec, at);
    if (host) errors.push(host);
    seen.add(name);
  });
}

/** Values of enumerated fields, sorted as the server lists them. */
const POD_POLICIES: readonly [field: string, values: readonly string[]][] = [
  ['supplementalGroupsPolicy', ['Merge', 'Strict']],
  ['seLinuxChangePolicy', ['MountOption', 'Recursive']],
];
const FS_GROUP_CHANGE_POLICIES = ['Always', 'OnRootMismatch'];

export function validatePodSecurityContext(errors: Errors, spec: Fields, path: string): void {
  const context: Fields | undefined = spec['securityContext'];
  if (!context) return;
  const at = `${path}.securityContext`;
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup']) validateId(errors, context[field], `${at}.${field}`);
  context['supplementalGroups']?.forEach((id: number, i: number) => {
    validateId(errors, id, `${at}.supplementalGroups[${i}]`);
  });
  if (spec['shareProcessNamespace'] && spec['hostPID'])
    errors.push(invalidValue(`${at}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  validateSysctls(errors, context['sysctls'], spec, `${at}.sysctls`);
  const change = context['fsGroupChangePolicy'];
  if (change !== undefined && !FS_GROUP_CHANGE_POLICIES.includes(change))
    errors.push(notSupported(`${at}.fsGroupChangePolicy`, change, FS_GROUP_CHANGE_POLICIES));
  validateSeccompProfile(errors, context['seccompProfile'], `${at}.seccompProfile`);
  validateWindowsOptions(errors, context['windowsOptions'], `${at}.windowsOptions`);
  validateAppArmorProfile(errors, context['appArmorProfile'], `${at}.appArmorProfile`);
  for (const [field, values] of POD_POLICIES)
    if (context[field] !== undefined && !values.includes(context[field]))
      errors.push(notSupported(`${at}.${field}`, context[field], values));
}

const PROC_MOUNTS = ['Default', 'Unmasked'];

/** A structure of these fields, with the value that Go's encoder shows where there is none. */
const goStruct = (value: Fields | undefined, fields: Readonly<Record<string, readonly [field: string, none: unknown]>>): Fields | null => {
  if (!value) return null;
  const shown: Fields = {};
  for (const name in fields) shown[name] = value[fields[name]![0]] ?? fields[name]![1];
  return shown;
};

const SELINUX = {User: ['user', ''], Role: ['role', ''], Type: ['type', ''], Level: ['level', '']} as const;
const WINDOWS = {
  GMSACredentialSpecName: ['gmsaCredentialSpecName', null],
  GMSACredentialSpec: ['gmsaCredentialSpec', null],
  RunAsUserName: ['runAsUserName', null],
  HostProcess: ['hostProcess', null],
} as const;
const PROFILE = {Type: ['type', ''], LocalhostProfile: ['localhostProfile', null]} as const;

/** The structure as Go's encoder shows the internal type. */
const internalJson = (c: Fields): Fields => ({
  Capabilities: c['capabilities'] ? {Add: c['capabilities'].add ?? null, Drop: c['capabilities'].drop ?? null} : null,
  Privileged: c['privileged'] ?? null,
  SELinuxOptions: goStruct(c['seLinuxOptions'], SELINUX),
  WindowsOptions: goStruct(c['windowsOptions'], WINDOWS),
  RunAsUser: c['runAsUser'] ?? null,
  RunAsGroup: c['runAsGroup'] ?? null,
  RunAsNonRoot: c['runAsNonRoot'] ?? null,
  ReadOnlyRootFilesystem: c['readOnlyRootFilesystem'] ?? null,
  AllowPrivilegeEscalation: c['allowPrivilegeEscalation'] ?? null,
  ProcMount: c['procMount'] ?? null,
  SeccompProfile: goStruct(c['seccompProfile'], PROFILE),
  AppArmorProfile: goStruct(c['appArmorProfile'], PROFILE),
});

export function validateContainerSecurityContext(errors: Errors, context: Fields | undefined, path: string, hostUsers: boolean): void {
  if (!context) return;
  validateId(errors, context['runAsUser'], `${path}.runAsUser`);
  validateId(errors, context['runAsGroup'], `${path}.runAsGroup`);
  const {procMount} = context;
  if (procMount !== undefined) {
    if (!PROC_MOUNTS.includes(procMount)) errors.push(notSupported(`${path}.procMount`, procMount, PROC_MOUNTS));
    if (hostUsers && procMount === 'Unmasked')
      errors.push(invalidValue(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  validateSeccompProfile(errors, context['seccompProfile'], `${path}.seccompProfile`);
  if (context['allowPrivilegeEscalation'] === false) {
    if (context['privileged'])
      errors.push(invalidValue(path, internalJson(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    for (const capability of context['capabilities']?.add ?? [])
      if (capability === 'CAP_SYS_ADMIN')
        errors.push(
          invalidValue(path, internalJson(context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'),
        );
  }
  validateWindowsOptions(errors, context['windowsOptions'], `${path}.windowsOptions`);
  validateAppArmorProfile(errors, context['appArmorProfile'], `${path}.appArmorProfile`);
}
