/** Programs about time, files, the environment and the process itself. */
import {ERREXIT} from '../shell/interpret.ts';
import type {Binary, Outcome} from '../system.ts';
import {resolvePath} from '../system.ts';

const units: Readonly<Record<string, number>> = {'': 1, s: 1, m: 60, h: 3600, d: 86_400};

/** Milliseconds of sleep's arguments; undefined: not a number. */
function sleepMs(args: readonly string[]): number | undefined {
  let total = 0;
  for (const arg of args) {
    if (arg === 'infinity' || arg === 'inf') return Number.POSITIVE_INFINITY;
    const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(arg) ?? [];
    if (number === undefined) return undefined;
    total += Number(number) * units[unit ?? '']! * 1000;
  }
  return total;
}

const sleep: Binary = ({argv}) => {
  const ms = argv.length > 1 ? sleepMs(argv.slice(1)) : undefined;
  if (ms === undefined) return {stderr: argv.length > 1 ? `sleep: invalid number '${argv[1]}'\n` : 'BusyBox: sleep [N]...\n', status: 1};
  return Number.isFinite(ms) ? {sleep: ms} : {block: 'forever'};
};

const exit: Binary = ({argv}) => ({exit: argv[1] === undefined ? 0 : Number(argv[1]) & 255});

const paths = (call: Parameters<Binary>[0]): string[] => call.argv.slice(1).filter(a => !a.startsWith('-'));

const ls: Binary = call => {
  const long = call.argv.some(a => /^-[a-zA-Z]*l/.test(a));
  const targets = paths(call);
  let stdout = '';
  let stderr = '';
  for (const target of targets.length > 0 ? targets : ['.']) {
    const path = resolvePath(call.cwd, target);
    const names = call.system.files.list(path) ?? (call.system.files.read(path) !== undefined ? [target] : undefined);
    if (!names) stderr += `ls: ${target}: No such file or directory\n`;
    else if (long)
      stdout += `total ${names.length * 4}\n${names.map(n => `-rw-r--r--    1 root     root  ${String(call.system.files.read(resolvePath(path, n))?.length ?? 4096).padStart(10)} ${n}\n`).join('')}`;
    else stdout += names.map(n => `${n}\n`).join('');
  }
  return {stdout, stderr, status: stderr ? 1 : 0};
};

const writing =
  (make: (path: string, call: Parameters<Binary>[0]) => 'ok' | 'read-only' | 'missing', program: string): Binary =>
  call => {
    for (const target of paths(call)) {
      const result = make(resolvePath(call.cwd, target), call);
      if (result !== 'ok')
        return {
          stderr: `${program}: ${target}: ${result === 'read-only' ? 'Read-only file system' : 'No such file or directory'}\n`,
          status: 1,
        };
    }
    return {status: 0};
  };

const copy: Binary = call => {
  const [from = '', to = ''] = paths(call);
  const {files} = call.system;
  const source = resolvePath(call.cwd, from);
  const text = files.read(source);
  if (text === undefined) return {stderr: `${call.argv[0]}: can't stat '${from}': No such file or directory\n`, status: 1};
  const target = resolvePath(call.cwd, to);
  const path = files.list(target) ? `${target}/${source.split('/').at(-1)}` : target;
  if (files.write(path, text) !== 'ok') return {stderr: `${call.argv[0]}: can't create '${to}'\n`, status: 1};
  if (call.argv[0]!.endsWith('mv')) files.remove(source);
  return {status: 0};
};

const date: Binary = ({argv, system}) => {
  const iso = system.date;
  const seconds = Math.floor(Date.parse(iso) / 1000);
  const format = argv.find(a => a.startsWith('+'));
  if (!format) return {stdout: `${iso}\n`};
  const [day = '', time = ''] = iso.replace(/Z$/, '').split('T');
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  const [hour = '', minute = '', second = ''] = time.split(':');
  const fields: Readonly<Record<string, string>> = {
    s: String(seconds),
    Y: year,
    m: month,
    d: dayOfMonth,
    H: hour,
    M: minute,
    S: second,
    F: day,
    T: time,
    D: `${month}/${dayOfMonth}/${year.slice(2)}`,
  };
  return {stdout: `${format.slice(1).replace(/%([a-zA-Z])/g, (all, c: string) => fields[c] ?? all)}\n`};
};

/** `trap 'commands' SIGNAL...` */
const trap: Binary = ({argv}) => {
  const [, script, ...signals] = argv;
  return script === undefined || signals.length === 0
    ? {}
    : {trap: {script: script === '-' ? '' : script, signals: signals.map(s => s.replace(/^SIG/, ''))}};
};

const kill: Binary = ({argv}): Outcome => {
  const targets = argv.slice(1).filter(a => !a.startsWith('-'));
  const signal = argv.find(a => a.startsWith('-'));
  // Signals without a handler do not reach the first process of a PID namespace.
  if (targets.includes('1'))
    return signal === '-9' || signal === '-KILL' || signal === '-SIGKILL'
      ? {status: 0}
      : {trap: {script: KILLED, signals: ['self']}, status: 0};
  return {status: 0};
};

/** Marks a signal that the process sends to PID 1. */
export const KILLED = '\u0000kill';

/** `stress --vm 1 --vm-bytes 150M`: memory that grows within seconds. */
const stress: Binary = ({argv}) => {
  const value = (...names: string[]) => {
    const at = argv.findIndex(a => names.includes(a));
    const inline = argv.map(a => names.map(n => (a.startsWith(`${n}=`) ? a.slice(n.length + 1) : undefined)).find(Boolean)).find(Boolean);
    return inline ?? (at >= 0 ? argv[at + 1] : undefined);
  };
  const bytes = sizeOf(value('--vm-bytes', '-mem-total', '--mem-total'));
  const workers = Number(value('--vm', '-m') ?? 1);
  const cpus = Number(value('--cpu', '-c', '-cpus') ?? 0);
  const seconds = sleepMs([value('--timeout', '-t') ?? 'infinity'])!;
  return {
    stdout: `stress: info: [1] dispatching hogs: ${cpus} cpu, 0 io, ${bytes ? workers : 0} vm, 0 hdd\n`,
    ...(bytes && {memory: {base: bytes * workers, perSecond: 0}}),
    cpuMilli: cpus * 1000 || 1000,
    ...(Number.isFinite(seconds) ? {sleep: seconds} : {block: 'forever' as const}),
  };
};

/** Bytes of `150M`, `1G`, `100Mi`. */
export function sizeOf(text: string | undefined): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kKmMgG]?)i?[bB]?$/.exec(text ?? '') ?? [];
  if (number === undefined) return 0;
  return Math.round(Number(number) * 2 ** ({'': 0, k: 10, m: 20, g: 30}[unit!.toLowerCase()] ?? 0));
}

export const systemBinaries: Readonly<Record<string, Binary>> = {
  sleep,
  usleep: ({argv}) => ({sleep: Number(argv[1] ?? 0) / 1000}),
  pause: () => ({block: 'forever'}),
  exit,
  return: exit,
  wait: () => ({block: 'jobs'}),
  trap,
  kill,
  date,
  ls,
  stress,
  cp: copy,
  mv: copy,
  touch: writing((path, {system}) => (system.files.read(path) !== undefined ? 'ok' : system.files.write(path, '')), 'touch'),
  mkdir: writing((path, {system}) => (system.files.makeDirectory(path) ? 'ok' : 'read-only'), 'mkdir'),
  rm: call => {
    const force = call.argv.some(a => /^-[a-z]*f/.test(a));
    const missing = paths(call).filter(p => !call.system.files.remove(resolvePath(call.cwd, p)));
    return missing.length > 0 && !force
      ? {stderr: missing.map(p => `rm: can't remove '${p}': No such file or directory\n`).join(''), status: 1}
      : {status: 0};
  },
  chmod: () => ({status: 0}),
  chown: () => ({status: 0}),
  ln: () => ({status: 0}),
  sync: () => ({status: 0}),
  cd: call => {
    const path = resolvePath(call.cwd, call.argv[1] ?? '/root');
    return call.system.files.list(path)
      ? {cwd: path}
      : {stderr: `sh: cd: can't cd to ${call.argv[1]}: No such file or directory\n`, status: 2};
  },
  pwd: ({cwd}) => ({stdout: `${cwd}\n`}),
  env: ({env}) => ({
    stdout: Object.entries(env)
      .filter(([name]) => name !== ERREXIT)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  }),
  printenv: ({argv, env}) => {
    if (argv[1] === undefined)
      return {
        stdout: Object.entries(env)
          .map(([n, v]) => `${n}=${v}\n`)
          .join(''),
      };
    return env[argv[1]] === undefined ? {status: 1} : {stdout: `${env[argv[1]]}\n`};
  },
  export: ({argv}) => ({
    set: Object.fromEntries(
      argv.slice(1).flatMap(a => (a.includes('=') ? [[a.slice(0, a.indexOf('=')), a.slice(a.indexOf('=') + 1)]] : [])),
    ),
  }),
  local: ({argv}) => ({
    set: Object.fromEntries(
      argv.slice(1).flatMap(a => (a.includes('=') ? [[a.slice(0, a.indexOf('=')), a.slice(a.indexOf('=') + 1)]] : [])),
    ),
  }),
  read: ({argv, stdin}) => ({set: {[argv.at(-1) ?? 'REPLY']: stdin.split('\n')[0] ?? ''}, status: stdin === '' ? 1 : 0}),
  set: ({argv}) => (argv.slice(1).some(a => /^-[a-z]*e/.test(a)) ? {set: {[ERREXIT]: '1'}} : {}),
  unset: ({argv}) => ({set: Object.fromEntries(argv.slice(1).map(name => [name, '']))}),
  hostname: ({argv, system}) => ({
    stdout: argv.includes('-i') || argv.includes('-I') ? `${system.addresses.join(' ')}\n` : `${system.hostname}\n`,
  }),
  whoami: ({system}) => ({stdout: system.uid === 0 ? 'root\n' : `uid ${system.uid}\n`}),
  id: ({system, argv}) => ({
    stdout: argv.includes('-u')
      ? `${system.uid}\n`
      : system.uid === 0
        ? 'uid=0(root) gid=0(root) groups=0(root)\n'
        : `uid=${system.uid} gid=0(root) groups=0(root)\n`,
  }),
  uname: ({argv, system}) => ({
    stdout: argv.includes('-n')
      ? `${system.hostname}\n`
      : argv.includes('-a')
        ? `Linux ${system.hostname} 6.8.0 #1 SMP x86_64 GNU/Linux\n`
        : 'Linux\n',
  }),
  df: () => ({
    stdout:
      'Filesystem           1K-blocks      Used Available Use% Mounted on\noverlay              103081248  20616249  82464999  20% /\n',
  }),
  ps: ({system}) => ({
    stdout: [
      'PID   USER     TIME  COMMAND',
      ...system.processes.map((command, i) => `${String(i + 1).padStart(5)} root      0:00 ${command}`),
    ]
      .map(line => `${line}\n`)
      .join(''),
  }),
  nproc: () => ({stdout: '2\n'}),
  which: ({argv, has}) => (has(argv[1] ?? '') ? {stdout: `/bin/${argv[1]}\n`} : {status: 1}),
};
