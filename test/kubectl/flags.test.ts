import {expect, it} from 'vitest';
import {type FlagTable, parseFlags} from '../../src/kubectl/flags.ts';

const TABLE: FlagTable = {
  namespace: {type: 'string', short: 'n', usage: ''},
  watch: {type: 'bool', short: 'w', value: 'false', usage: ''},
  stdin: {type: 'bool', short: 'i', value: 'false', usage: ''},
  tty: {type: 'bool', short: 't', value: 'false', usage: ''},
  'dry-run': {type: 'string', value: 'none', bare: 'unchanged', usage: ''},
  'label-columns': {type: 'list', short: 'L', usage: ''},
  env: {type: 'array', short: 'e', usage: ''},
  timeout: {type: 'duration', value: '30s', usage: ''},
  replicas: {type: 'int', value: '1', usage: ''},
};

it('reads every way of writing a value', () => {
  for (const words of [['--namespace=team'], ['--namespace', 'team'], ['-n', 'team'], ['-nteam'], ['-n=team']])
    expect(parseFlags(TABLE, words).flags.string('namespace')).toBe('team');
});

it('reads several letters behind one dash', () => {
  const {flags, args} = parseFlags(TABLE, ['-it', 'web', '-wn', 'team']);
  expect([flags.bool('stdin'), flags.bool('tty'), flags.bool('watch'), flags.string('namespace'), args]).toEqual([
    true,
    true,
    true,
    'team',
    ['web'],
  ]);
});

it('splits a list at commas and leaves an array whole', () => {
  const {flags} = parseFlags(TABLE, ['-L', 'app,tier', '-L=zone', '-e', 'A=1,2']);
  expect(flags.list('label-columns')).toEqual(['app', 'tier', 'zone']);
  expect(flags.list('env')).toEqual(['A=1,2']);
});

it('knows what was given from what is the default', () => {
  const {flags} = parseFlags(TABLE, ['--dry-run']);
  expect([
    flags.string('dry-run'),
    flags.changed('dry-run'),
    flags.changed('timeout'),
    flags.duration('timeout'),
    flags.int('replicas'),
  ]).toEqual(['unchanged', true, false, 30_000, 1]);
});

it('leaves what stands behind -- alone', () => {
  expect(parseFlags(TABLE, ['web', '--', 'ls', '-n'])).toMatchObject({args: ['web', 'ls', '-n'], dash: 1});
});

it.each([
  [['--nope'], 'unknown flag: --nope'],
  [['-z'], "unknown shorthand flag: 'z' in -z"],
  [['--namespace'], 'flag needs an argument: --namespace'],
  [['-n'], "flag needs an argument: 'n' in -n"],
  [['--replicas=x'], 'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
  [['-w=maybe'], 'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
])('refuses %j', (words, message) => {
  expect(() => parseFlags(TABLE, words)).toThrow(message);
});
