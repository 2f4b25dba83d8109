/** Reading files that people name: every way in which it can fail is one clear sentence. */
import {closeSync, fstatSync, openSync, readFileSync, readSync} from 'node:fs';

/** The API server's limit of a request body is 3 MiB; nothing larger can be a manifest. upstream: staging/src/k8s.io/apiserver/pkg/server/config.go */
export const largestFile = 3 * 1024 * 1024;

/** A file that cannot be used; the message names the file and is meant for people. */
export class FileError extends Error {
  constructor(path: string, why: string) {
    super(`${path}: ${why}`);
    this.name = 'FileError';
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'not allowed to read it',
  EPERM: 'not allowed to read it',
  EISDIR: 'is a folder, not a file',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

/** The text of a file, `-` for standard input. Throws FileError. */
export function readText(path: string): string {
  const name = path === '-' ? 'standard input' : path;
  try {
    return decodeText(name, path === '-' ? readLimited(name, 0) : readRegular(name, path));
  } catch (error) {
    if (error instanceof FileError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new FileError(name, reasons[code] ?? `cannot be read (${code || String(error)})`);
  }
}

function readRegular(name: string, path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new FileError(name, 'is a folder, not a file');
    if (stat.isFile() && stat.size > largestFile) throw tooLarge(name);
    return stat.isFile() ? readFileSync(file) : readLimited(name, file);
  } finally {
    closeSync(file);
  }
}

/** A pipe has no size: stops reading as soon as it is too much. */
function readLimited(name: string, file: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const count = readSync(file, chunk, 0, chunk.length, null);
    if (count === 0) return Buffer.concat(chunks);
    size += count;
    if (size > largestFile) throw tooLarge(name);
    chunks.push(chunk.subarray(0, count));
  }
}

function tooLarge(name: string): FileError {
  return new FileError(name, `is larger than ${largestFile / 1024 / 1024} MiB, the largest request the API server accepts`);
}

/** Bytes as text. Throws FileError where they are none. */
export function decodeText(name: string, bytes: Buffer): string {
  if (bytes.includes(0)) throw new FileError(name, 'is a binary file, not YAML or JSON');
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    throw new FileError(name, 'is not UTF-8 text');
  }
}
