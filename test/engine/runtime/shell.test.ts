import {describe, expect, test} from 'vitest';
import {imageCatalogue} from '../../../src/engine/runtime/catalogue/images.ts';
import {findBinary} from '../../../src/engine/runtime/process/programs.ts';
import {interpret, newTask} from '../../../src/engine/runtime/process/shell/interpret.ts';
import type {FileView, System} from '../../../src/engine/runtime/process/system.ts';

const busybox = imageCatalogue.images['docker.io/library/busybox']!;

function files(start: Record<string, string>): FileView {
  const all = new Map(Object.entries(start));
  return {
    read: path => all.get(path),
    write(path, text, append) {
      all.set(path, (append ? (all.get(path) ?? '') : '') + text);
      return 'ok';
    },
    remove: path => all.delete(path),
    list: path =>
      path === '/' || path === '/tmp'
        ? [...all.keys()].filter(k => k.startsWith(path)).map(k => k.slice(path.length).replace(/^\//, ''))
        : undefined,
    makeDirectory: () => true,
  };
}

/** Runs a script in a busybox image; its waits are passed over and counted. */
function run(script: string, env: Record<string, string> = {}, more: Record<string, string> = {}) {
  let stdout = '';
  let stderr = '';
  let slept = 0;
  const system: System = {
    now: 0,
    date: '2026-04-22T09:00:00Z',
    hostname: 'box',
    addresses: ['10.244.0.2'],
    files: files(more),
    network: {
      resolve: () => ({error: 'NXDOMAIN'}),
      tcp: () => ({error: 'refused', tookMs: 1}),
      http: () => ({error: 'refused', tookMs: 1}),
      grpcHealth: () => ({error: 'refused', tookMs: 1}),
    },
    processes: [],
    uid: 0,
  };
  const around = {
    system,
    env,
    find: (program: string) => findBinary(program, busybox),
    out: (stream: 'stdout' | 'stderr', text: string) => (stream === 'stdout' ? (stdout += text) : (stderr += text)),
    spawn: () => {},
    effect: () => {},
    jobsRunning: () => false,
  };
  let task = interpret(newTask({script}), around);
  for (let turn = 0; turn < 50 && task.exitCode === undefined && task.wakeAt !== undefined; turn++) {
    slept += task.wakeAt;
    task = interpret(task, around);
  }
  return {stdout, stderr, slept: slept / 1000, exitCode: task.exitCode, blocked: task.blocked};
}

describe('the shell', () => {
  test.each([
    ['echo hello world', 'hello world\n'],
    ['echo "a  b" c\\ d \'$X\' $X', 'a  b c d $X\n'],
    ['X=1; Y="$X$X"; echo ${Y:-no} ${Z:-none} ${#Y}', '11 none 2\n'],
    ['for i in 1 2 3; do echo -n "$i "; done; echo', '1 2 3 \n'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i -eq 2 ] && continue; echo $i; done', '1\n3\n'],
    ['until false; do echo once; break; done; echo $?', 'once\n0\n'],
    ['if [ -f /nope ]; then echo yes; elif true; then echo maybe; else echo no; fi', 'maybe\n'],
    ['true && echo and || echo or; false && echo and || echo or', 'and\nor\n'],
    ['echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f | wc -l', '2\n'],
    ['echo $(echo inner) `echo old`', 'inner old\n'],
    ['echo $((2 + 3 * (4 - 1))) $((7 / 2)) $((7 % 4))', '11 3 3\n'],
    ['printf "%s=%d\\n" a 1 b 2', 'a=1\nb=2\n'],
    ['seq 3 | sort -r | head -n 2', '3\n2\n'],
    ['cd /tmp; pwd; f=/a/b.tar.gz; echo ${f##*/} ${f%%.*}', '/tmp\nb.tar.gz /a/b\n'],
    ['! false && echo negated', 'negated\n'],
    ['{ echo a; echo b; } ; (echo c)', 'a\nb\nc\n'],
    ['echo text # a comment', 'text\n'],
    ['exec echo replaced; echo never', 'replaced\n'],
    ['hostname; hostname -i', 'box\n10.244.0.2\n'],
    ['date +%Y-%m-%d', '2026-04-22\n'],
    ['sh -c "echo $0 nested"', 'sh nested\n'],
    ['echo hi | base64 | base64 -d', 'hi\n'],
    ['env | grep COLOR', 'COLOR=blue\n'],
    ['seq 9 | grep -A1 -B1 5', '4\n5\n6\n'],
    ['seq 9 | grep -C 1 -e 2 -e 7', '1\n2\n3\n--\n6\n7\n8\n'],
    ['printf "a=1\\nb=22\\n" | grep -oE "[0-9]+"', '1\n22\n'],
    ['printf "one\\ntwo\\n" | grep -n "one\\|six"', '1:one\n'],
    ['printf "one\\nones\\n" | grep -w one', 'one\n'],
    ['seq 9 | grep -m 2 -v 1', '2\n3\n'],
    ['echo a.b.c | sed "s/\\./-/"', 'a-b.c\n'],
    ['echo a.b.c | sed "s#[.]#/#g; s/^a/A/"', 'A/b/c\n'],
    ["seq 5 | sed -n '2,3p;$p'", '2\n3\n5\n'],
    ['seq 5 | sed "/2/,/4/d"', '1\n5\n'],
    ['echo key: value | sed -E "s/([a-z]+): ([a-z]+)/\\2=\\1 [&]/"', 'value=key [key: value]\n'],
    ["echo 'a: 1' > /tmp/f; sed -i 's/1/$2/' /tmp/f; cat /tmp/f", 'a: $2\n'],
  ])('%s', (script, stdout) => {
    expect(run(script, {COLOR: 'blue'})).toMatchObject({stdout, exitCode: 0});
  });

  test('exit codes, of commands, of exit, of set -e, of what is not there', () => {
    expect(run('false').exitCode).toBe(1);
    expect(run('exit 42; echo no').exitCode).toBe(42);
    expect(run('set -e; echo a; false; echo b')).toMatchObject({stdout: 'a\n', exitCode: 1});
    expect(run('set -e; false || true; if false; then :; fi; echo on')).toMatchObject({stdout: 'on\n', exitCode: 0});
    expect(run('nonsense')).toMatchObject({stderr: 'sh: nonsense: not found\n', exitCode: 127});
    expect(run('if true')).toMatchObject({exitCode: 2, stderr: expect.stringContaining('syntax error')});
  });

  test.each([
    ['groups', '(', 'true', ')'],
    ['conditions', 'if true; then ', 'true; ', 'fi; '],
    ['substitutions', 'echo $(', 'true', ')'],
    ['sums', 'echo $((', '1', '))'],
    ['defaults', 'echo ${x:-', 'y', '}'],
  ])('%s that are nested without end are a syntax error', (_, open, inside, close) => {
    const nested = (levels: number): string => `${open.repeat(levels)}${inside}${close.repeat(levels)}`;
    expect(run(nested(20))).toMatchObject({exitCode: 0});
    for (const levels of [300, 20_000])
      expect(run(nested(levels))).toMatchObject({exitCode: 2, stderr: expect.stringContaining('nested more than 100 levels deep')});
  });

  test('time passes in sleep alone, and a shell that waits for nothing is not run for ever', () => {
    expect(run('sleep 5; sleep 1m; echo done')).toMatchObject({slept: 65, stdout: 'done\n', exitCode: 0});
    expect(run('sleep infinity').blocked).toBe('forever');
    expect(run('tail -f /dev/null').blocked).toBe('forever');
    expect(run('while true; do :; done').exitCode).toBeUndefined();
  });

  test('standard error goes where it is sent', () => {
    expect(run('ls /nope 2>/dev/null; ls /nope 2>&1')).toMatchObject({stdout: 'ls: /nope: No such file or directory\n', stderr: ''});
    expect(run('echo oops >&2')).toMatchObject({stdout: '', stderr: 'oops\n'});
  });

  test('a network that does not answer reads as the real programs say it', () => {
    expect(run('wget -qO- http://10.96.0.9')).toMatchObject({
      stderr: "wget: can't connect to remote host (10.96.0.9): Connection refused\n",
      exitCode: 1,
    });
    expect(run('wget -qO- http://nobody')).toMatchObject({stderr: "wget: bad address 'nobody'\n", exitCode: 1});
  });
});
