/** `podyssey serve` and `attach` as programs: what they print, what they leave behind. */
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {openTerminal, program} from './terminal.ts';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-serve-'));
afterAll(() => fs.rmSync(home, {recursive: true, force: true}));

interface Started {
  readonly line: string;
  readonly port: number;
  readonly kubeconfig: string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the program and waits until it is ready. */
const start = (args: readonly string[]): Promise<Started> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'serve', ...args], {env: {...process.env, PODYSSEY_HOME: home}});
    const ended = new Promise<number | null>(done => child.on('exit', done));
    let stdout = '';
    let stderr = '';
    child.stderr.on('data', text => (stderr += text));
    child.stdout.on('data', text => {
      stdout += text;
      const match = /^listening on https:\/\/127\.0\.0\.1:(\d+), kubeconfig (.+)\n$/.exec(stdout);
      if (!match) return;
      const end = (signal: NodeJS.Signals): Promise<number | null> => {
        child.kill(signal);
        return ended;
      };
      resolve({line: stdout, port: Number(match[1]), kubeconfig: match[2]!, end});
    });
    void ended.then(code => reject(new Error(`${stderr}exit code ${code}`)));
  });

const listens = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

describe('podyssey serve', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('is ready with one line, and on %s takes everything away', async signal => {
    const file = path.join(home, `kubeconfig-${signal}`);
    const served = await start(['--nodes', '0', '--speed', 'max', '--kubeconfig', file]);
    expect(served.kubeconfig).toBe(file);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(await listens(served.port)).toBe(true);
    expect(await served.end(signal)).toBe(0);
    expect(fs.existsSync(file)).toBe(false);
    expect(await listens(served.port)).toBe(false);
  });

  it('does not touch a file that is not its own, but replaces what a killed one left', async () => {
    const file = path.join(home, 'config');
    fs.writeFileSync(file, 'apiVersion: v1\nkind: Config\n');
    await expect(start(['--nodes', '0', '--kubeconfig', file])).rejects.toThrow(/^podyssey: .*there is a file already.*\nexit code 1$/);
    expect(fs.readFileSync(file, 'utf8')).toBe('apiVersion: v1\nkind: Config\n');
    const killed = path.join(home, 'killed');
    await (await start(['--nodes', '0', '--kubeconfig', killed])).end('SIGKILL');
    expect(fs.existsSync(killed)).toBe(true);
    const served = await start(['--nodes', '0', '--kubeconfig', killed]);
    await served.end('SIGTERM');
    expect(fs.existsSync(killed)).toBe(false);
  });

  it('says in one sentence what it cannot do', async () => {
    const taken = net.createServer();
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
    const {port} = taken.address() as net.AddressInfo;
    await expect(start(['--nodes', '0', '--port', String(port)])).rejects.toThrow(/^podyssey: listen EADDRINUSE.*\nexit code 1$/);
    taken.close();
    await expect(start(['--port', '70000'])).rejects.toThrow(/exit code 2$/);
    await expect(start(['--speed', 'fast'])).rejects.toThrow(/exit code 2$/);
    await expect(start(['-f', 'nope.yaml'])).rejects.toThrow('podyssey: nope.yaml: no such file\nexit code 1');
  });
});

describe('attach in the game', () => {
  it('opens a port; it ends with the program', async () => {
    const game = path.join(home, 'game');
    const t = openTerminal(['sandbox'], 120, 36, {PODYSSEY_HOME: game});
    await t.shows('Welcome');
    t.type('\u001b');
    await t.shows(/\$/);
    t.type('attach\r');
    await t.shows(/listening on https:\/\/127\.0\.0\.1:\d+, kubeconfig/);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(t.screen())![1]);
    expect(await listens(port)).toBe(true);
    expect(fs.readdirSync(game).filter(name => name.startsWith('kubeconfig-'))).toHaveLength(1);
    t.kill('SIGTERM');
    await t.ended;
    expect(await listens(port)).toBe(false);
    expect(fs.readdirSync(game).filter(name => name.startsWith('kubeconfig-'))).toEqual([]);
  });
});
