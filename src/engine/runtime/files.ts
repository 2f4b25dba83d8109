/** What a container sees under `/`: the image's files, its own layer above them, volumes mounted into it. */
import {copyWith} from '../api/clone.ts';
import {formatResolvConf} from '../api/resolv-conf.ts';
import type {ImageEntry} from './catalogue/catalogue.ts';
import type {RuntimeNode} from './node.ts';
import {type FileView, resolvePath} from './process/system.ts';
import {type ContainerRecord, DIRECTORIES, type DirectoryRecord, type Sandbox} from './types.ts';

/** Directories every image with a shell has. */
const COMMON_DIRECTORIES = [
  '/',
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/srv',
  '/sys',
  '/tmp',
  '/usr',
  '/usr/bin',
  '/usr/share',
  '/var',
  '/var/log',
  '/var/run',
  '/var/tmp',
  '/var/lib',
];

/** The container's own layer while a step works on it. */
export interface Layer {
  files: Record<string, string | null>;
  changed: boolean;
}

export const layerOf = (container: ContainerRecord): Layer => ({files: {...container.files}, changed: false});

export const readDirectory = (runtime: RuntimeNode, path: string): Readonly<Record<string, string>> | undefined =>
  runtime.memory.get<DirectoryRecord>(DIRECTORIES, path)?.files;

export function writeDirectory(runtime: RuntimeNode, path: string, files: Readonly<Record<string, string>> | undefined): void {
  if (files) runtime.memory.put<DirectoryRecord>(DIRECTORIES, path, {files: copyWith(files, {})});
  else runtime.memory.delete(DIRECTORIES, path);
}

/** The files of a container. Writes to volumes go to the node at once, writes to its own layer into `layer`. */
export function fileView(runtime: RuntimeNode, container: ContainerRecord, sandbox: Sandbox, entry: ImageEntry, layer: Layer): FileView {
  const mounts = [...(container.config.mounts ?? [])].sort((a, b) => b.containerPath.length - a.containerPath.length);
  const readOnlyRoot = container.config.linux?.securityContext?.readonlyRootfs === true;

  const mountOf = (path: string) => {
    const mount = mounts.find(m => path === m.containerPath || path.startsWith(`${m.containerPath === '/' ? '' : m.containerPath}/`));
    return mount && {mount, relative: path.slice(mount.containerPath.length).replace(/^\//, '')};
  };
  /** A mount of one file (subPath) names it in its host path. */
  const mountedFile = (hostPath: string): string | undefined => {
    const slash = hostPath.lastIndexOf('/');
    return readDirectory(runtime, hostPath.slice(0, slash))?.[hostPath.slice(slash + 1)];
  };
  const fixed: Readonly<Record<string, () => string | undefined>> = {
    '/etc/hostname': () => `${sandbox.config.hostname}\n`,
    '/etc/resolv.conf': () => sandbox.config.dns && formatResolvConf(sandbox.config.dns),
    '/dev/null': () => '',
  };
  const own = (path: string): string | null | undefined =>
    path in layer.files ? layer.files[path] : (entry.files?.[path] ?? fixed[path]?.());

  const names = (keys: Iterable<string>, prefix: string): string[] => {
    const found = new Set<string>();
    for (const key of keys) if (key.startsWith(prefix)) found.add(key.slice(prefix.length).split('/')[0]!);
    found.delete('');
    found.delete('.');
    return [...found];
  };

  return {
    read(path) {
      const mounted = mountOf(path);
      if (!mounted) return own(path) ?? undefined;
      if (mounted.relative === '') return mountedFile(mounted.mount.hostPath);
      return readDirectory(runtime, mounted.mount.hostPath)?.[mounted.relative];
    },
    write(path, text, append = false) {
      const mounted = mountOf(path);
      if (mounted) {
        if (mounted.mount.readonly) return 'read-only';
        const files = readDirectory(runtime, mounted.mount.hostPath) ?? {};
        writeDirectory(runtime, mounted.mount.hostPath, {
          ...files,
          [mounted.relative]: (append ? (files[mounted.relative] ?? '') : '') + text,
        });
        return 'ok';
      }
      if (readOnlyRoot) return 'read-only';
      if (this.list(resolvePath(path, '..')) === undefined) return 'missing';
      layer.files[path] = (append ? (own(path) ?? '') : '') + text;
      layer.changed = true;
      return 'ok';
    },
    remove(path) {
      const mounted = mountOf(path);
      if (mounted) {
        const files = readDirectory(runtime, mounted.mount.hostPath);
        if (mounted.mount.readonly || files?.[mounted.relative] === undefined) return false;
        writeDirectory(
          runtime,
          mounted.mount.hostPath,
          Object.fromEntries(Object.entries(files).filter(([name]) => name !== mounted.relative)),
        );
        return true;
      }
      if (own(path) === undefined || own(path) === null) return false;
      layer.files[path] = null;
      layer.changed = true;
      return true;
    },
    list(path) {
      const prefix = path === '/' ? '/' : `${path}/`;
      const mounted = mountOf(path);
      if (mounted) {
        const files = readDirectory(runtime, mounted.mount.hostPath);
        if (!files) return mountedFile(mounted.mount.hostPath) === undefined && mounted.relative === '' ? [] : undefined;
        const inside = names(Object.keys(files), mounted.relative ? `${mounted.relative}/` : '');
        return inside.length > 0 || mounted.relative === '' ? inside.sort() : undefined;
      }
      const present = [
        ...Object.keys(entry.files ?? {}),
        ...Object.keys(layer.files).filter(p => layer.files[p] !== null),
        ...mounts.map(m => m.containerPath),
        ...(entry.shell === false ? [] : COMMON_DIRECTORIES),
        ...Object.keys(fixed),
      ];
      const inside = names(present, prefix);
      if (inside.length > 0) return inside.sort();
      return present.includes(path) && own(path) === undefined ? [] : layer.files[`${path}/.`] !== undefined ? [] : undefined;
    },
    makeDirectory(path) {
      const mounted = mountOf(path);
      if (mounted) return !mounted.mount.readonly;
      if (readOnlyRoot) return false;
      layer.files[`${path}/.`] = '';
      layer.changed = true;
      return true;
    },
  };
}
