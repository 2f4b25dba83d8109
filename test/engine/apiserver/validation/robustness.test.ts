/** Whatever a manifest holds, the API server answers: with an object or with a refusal, never with a broken program. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {type Kind, kinds} from '../../../../src/engine/api/kinds.ts';
import {ApiError, type KubeObject} from '../../../../src/engine/api/types.ts';
import {decode} from '../../../../src/engine/apiserver/decoding/decode.ts';
import {type Definition, definitionOfKind, type FieldType} from '../../../../src/engine/apiserver/decoding/schema.ts';
import {setDefaults} from '../../../../src/engine/apiserver/defaulting/defaults.ts';
import {strategyFor} from '../../../../src/engine/apiserver/validation/strategies.ts';

type Json = Record<string, unknown>;

const stored = kinds.filter(k => k.etcdPrefix !== undefined && definitionOfKind(k));
const apiVersionOf = (kind: Kind): string => (kind.group ? `${kind.group}/${kind.version}` : kind.version);

const strange = fc.constantFrom<unknown>(
  ...[
    '',
    ' ',
    'web',
    'Web_1',
    'a'.repeat(300),
    '../x',
    '/',
    '*',
    '-1',
    '12Ki',
    '1e400',
    '50%',
    'ﬁ',
    '🐙',
    '\u0000',
    '\u202e',
    'TCP',
    'Always',
  ],
  ...[
    0,
    1,
    -1,
    65_536,
    2 ** 31,
    2 ** 53,
    1.5,
    Number.MAX_VALUE,
    true,
    false,
    null,
    [],
    {},
    [[]],
    [null],
    {'': ''},
    {__proto__x: 1},
    'constructor',
  ],
);
/** Many more by hand: ROBUSTNESS_RUNS=5000 */
const RUNS = Number(process.env['ROBUSTNESS_RUNS'] ?? 40);

const text = fc.oneof(
  fc.constantFrom(
    'web',
    'nginx:1.27',
    'default',
    'app',
    'http',
    'In',
    'Exists',
    'NoExecute',
    'Never',
    'OnFailure',
    'RollingUpdate',
    'IPv4',
    'None',
  ),
  fc.string({maxLength: 12, unit: 'binary'}),
  fc.constantFrom('', 'a'.repeat(260), '10.0.0.1', '10.0.0.0/24', '::1', '*.example.com', '* * * * *', 'example.com/a', '🐙'),
);

const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int32: fc.oneof(fc.integer({min: -3, max: 70_000}), fc.integer()),
  int64: fc.oneof(fc.integer({min: -3, max: 100}), fc.maxSafeInteger()),
  float64: fc.double({noNaN: true, noDefaultInfinity: true}),
  bytes: fc.string({maxLength: 8}).map(s => btoa(unescape(encodeURIComponent(s)))),
  quantity: fc.constantFrom('1', '100m', '64Mi', '-1', '0', '1n', '1e3', '1.5Gi'),
  intOrString: fc.oneof(fc.integer({min: -2, max: 70_000}), fc.constantFrom('http', '25%', '150%', '', 'UPPER')),
  time: fc.constantFrom('2026-04-22T09:00:00Z', '1970-01-01T00:00:00Z'),
  microTime: fc.constantFrom('2026-04-22T09:00:00.000000Z'),
};

function anyOf(type: FieldType, depth: number): fc.Arbitrary<unknown> {
  switch (type.is) {
    case 'struct':
      return structOf(type.definition, depth - 1);
    case 'list':
      return fc.array(anyOf(type.of, depth - 1), {maxLength: 2});
    case 'map':
      return fc.dictionary(text, anyOf(type.of, depth - 1), {maxKeys: 2});
    case 'string':
      return type.values?.length ? fc.oneof(fc.constantFrom(...type.values), text) : text;
    default:
      return SCALARS[type.is] ?? strange;
  }
}

/** An object of the right shape with any of its fields, and anything in them. */
function structOf(definition: Definition, depth: number): fc.Arbitrary<Json> {
  if (depth <= 0) return fc.constant({});
  const fields = [...definition.fields.values()].filter(f => f.name !== 'apiVersion' && f.name !== 'kind');
  const some = fc.subarray(fields, {maxLength: Math.min(8, fields.length)});
  return some.chain(chosen => fc.record(Object.fromEntries(chosen.map(f => [f.name, anyOf(f.type, depth)]))));
}

const pathsOf = (value: unknown, path: string[] = []): string[][] =>
  value && typeof value === 'object' ? [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))] : [path];

function mutate(manifest: Json, at: number, how: number, value: unknown): Json {
  const copy = structuredClone(manifest);
  const paths = pathsOf(copy).filter(path => path.length > 0 && path[0] !== 'apiVersion' && path[0] !== 'kind');
  const path = paths[at % paths.length];
  if (!path) return copy;
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce((part, key) => part[key] as Json, copy);
  if (how === 0) delete parent[last];
  else if (how === 1) parent[last] = value;
  else if (how === 2) parent[last] = [parent[last], parent[last]];
  else parent[`${last}${how}`] = parent[last];
  return copy;
}

/** Everything that a write does between its body and the store. Anything but ApiError comes through. */
function walk(kind: Kind, manifest: Json): void {
  const take = (): KubeObject | undefined => {
    try {
      const {object} = decode(structuredClone(manifest) as never, kind, {version: kind.version, validation: 'Warn'});
      object.metadata ??= {} as KubeObject['metadata'];
      setDefaults(object);
      return object;
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  };
  const strategy = strategyFor(kind);
  const [object, old] = [take(), take()];
  if (!object || !old) return;
  strategy.prepareForCreate(object);
  expect(Array.isArray(strategy.validateCreate(object))).toBe(true);
  strategy.warningsOnCreate?.(object);
  for (const subresource of [
    '',
    ...kind.subresources.map(s => s.name).filter(s => ['status', 'approval', 'finalize', 'resize', 'ephemeralcontainers'].includes(s)),
  ]) {
    const draft = structuredClone(old);
    strategy.prepareForUpdate(draft, structuredClone(object), subresource);
    expect(Array.isArray(strategy.validateUpdate(draft, object, subresource))).toBe(true);
  }
}

describe('any manifest', () => {
  for (const kind of stored) {
    it(`${kind.kind} in ${apiVersionOf(kind)} of the right shape gets an answer`, () => {
      const definition = definitionOfKind(kind)!;
      fc.assert(
        fc.property(structOf(definition, 9), fields => {
          walk(kind, {apiVersion: apiVersionOf(kind), kind: kind.kind, ...fields});
        }),
        {numRuns: RUNS},
      );
    });

    it(`${kind.kind} in ${apiVersionOf(kind)} with pieces dropped, doubled, renamed and retyped gets an answer`, () => {
      const definition = definitionOfKind(kind)!;
      const mutation = fc.tuple(fc.nat(), fc.integer({min: 0, max: 3}), strange);
      fc.assert(
        fc.property(structOf(definition, 9), fc.array(mutation, {minLength: 1, maxLength: 4}), (fields, mutations) => {
          const manifest: Json = {apiVersion: apiVersionOf(kind), kind: kind.kind, ...fields};
          walk(
            kind,
            mutations.reduce((m, [at, how, value]) => mutate(m, at, how, value), manifest),
          );
        }),
        {numRuns: RUNS},
      );
    });
  }
});
