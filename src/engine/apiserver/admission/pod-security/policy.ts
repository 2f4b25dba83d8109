/** What a namespace's labels ask for. upstream: staging/src/k8s.io/pod-security-admission/api/helpers.go */
import {type FieldError, invalidValue} from '../../../api/field-errors.ts';
import type {LevelVersion} from './evaluate.ts';
import type {Level, Version} from './types.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const MODES = ['enforce', 'audit', 'warn'] as const;
export type Mode = (typeof MODES)[number];
export type Policy = Readonly<Record<Mode, LevelVersion>>;

export const PRIVILEGED: Policy = {
  enforce: {level: 'privileged', version: Infinity},
  audit: {level: 'privileged', version: Infinity},
  warn: {level: 'privileged', version: Infinity},
};

/** -1, 0 or 1: less, as or more restrictive. */
export const compareLevels = (a: Level, b: Level): number => Math.sign(LEVELS.indexOf(a) - LEVELS.indexOf(b));

export const isFullyPrivileged = (policy: Policy): boolean => MODES.every(mode => policy[mode].level === 'privileged');

/** The policy of labels, over defaults. A label that cannot be read enforces restricted, and warns and audits nothing. */
export function policyOf(labels: Readonly<Record<string, string>>, defaults: Policy = PRIVILEGED): {policy: Policy; errors: FieldError[]} {
  const errors: FieldError[] = [];
  const policy: Record<Mode, LevelVersion> = {...defaults};
  const explicit = new Set<Mode>();
  for (const mode of MODES) {
    const levelLabel = labels[PREFIX + mode];
    const versionLabel = labels[`${PREFIX}${mode}-version`];
    if (levelLabel !== undefined) {
      const level = LEVELS.find(known => known === levelLabel);
      if (!level) errors.push(labelError(mode, levelLabel, `must be one of ${LEVELS.join(', ')}`));
      // In case of error warn and audit do not follow enforce.
      if (level || mode !== 'enforce') explicit.add(mode);
      policy[mode] = {...policy[mode], level: level ?? (mode === 'enforce' ? 'restricted' : 'privileged')};
    }
    if (versionLabel !== undefined) {
      const version = parseVersion(versionLabel);
      if (version === undefined) errors.push(labelError(`${mode}-version`, versionLabel, 'must be "latest" or "v1.x"'));
      if (mode !== 'enforce') explicit.add(mode);
      policy[mode] = {...policy[mode], version: version ?? Infinity};
    }
  }
  // What will be refused is warned of where it is not enforced: on the templates of controllers.
  for (const mode of ['warn', 'audit'] as const)
    if (explicit.has('enforce') && !explicit.has(mode) && compareLevels(policy.enforce.level, policy[mode].level) > 0)
      policy[mode] = policy.enforce;
  return {policy, errors};
}

const labelError = (label: string, value: string, detail: string): FieldError =>
  invalidValue(`metadata.labels[${PREFIX}${label}]`, value, detail);

function parseVersion(text: string): Version | undefined {
  if (text === 'latest') return Infinity;
  const minor = /^v1\.(0|[1-9]\d*)$/.exec(text)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
