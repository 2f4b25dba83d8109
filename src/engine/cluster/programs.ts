/** The programs of a cluster, by the names under which they are stopped and started. */

/** Those that a plain cluster has not got: present, but stopped until somebody starts them. */
export const OPTIONAL_PROGRAMS = ['cloud-controller-manager', 'ingress-controller'] as const;

export const PROGRAMS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'containerd',
  'crio',
  'kube-proxy',
  'kube-flannel',
  'coredns',
  ...OPTIONAL_PROGRAMS,
] as const;

/** Which of them run, where that differs from a plain cluster: `{'kube-scheduler': false, 'ingress-controller': true}`. */
export type ProgramChoice = Readonly<Record<string, boolean>>;

/** Those that do not run. Throws RangeError for a name that is none of theirs. */
export function stoppedPrograms(choice: ProgramChoice, off: readonly string[]): ReadonlySet<string> {
  const chosen: ProgramChoice = {
    ...Object.fromEntries(OPTIONAL_PROGRAMS.map(program => [program, false])),
    ...choice,
    ...Object.fromEntries(off.map(program => [program, false])),
  };
  const strange = Object.keys(chosen).find(name => !(PROGRAMS as readonly string[]).includes(name));
  if (strange !== undefined) throw new RangeError(`there is no component ${JSON.stringify(strange)}: it can be ${PROGRAMS.join(', ')}`);
  return new Set(Object.keys(chosen).filter(program => !chosen[program]));
}
