/** Paths into a schema, `.spec.size` or `.spec['a.b']`. upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go ValidFieldPath */
import {entryOf, type Fields} from '../../fields.ts';

const TOKENS = /'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g;
const ENDED = 'unexpected end of JSON path';
const NOWHERE = 'does not refer to a valid field';

interface Found {
  readonly names: readonly string[];
  readonly schema: Fields | undefined;
}

/** Throws Error with the reason where the path leads nowhere. */
export function schemaAt(path: string, root: Fields, {brackets = true} = {}): Found {
  const tokens = path.match(TOKENS) ?? [];
  const names: string[] = [];
  let schema: Fields | undefined = root;
  const descend = (name: string): void => {
    const {properties, additionalProperties}: Fields = schema ?? {};
    const property: Fields | undefined = entryOf(properties, name);
    if (properties ? !property : additionalProperties === undefined) throw new Error(NOWHERE);
    names.push(name);
    schema = properties ? property : typeof additionalProperties === 'object' ? additionalProperties : undefined;
  };
  const next = (i: number): string => {
    if (tokens[i] === undefined) throw new Error(ENDED);
    return tokens[i];
  };
  for (let i = 0; i < tokens.length; )
    if (tokens[i] === '.') {
      descend(next(i + 1));
      i += 2;
    } else if (tokens[i] === '[') {
      if (!brackets) throw new Error('array notation is not allowed');
      const quoted = next(i + 1);
      if (!/^'.*'$/.test(quoted) || quoted.length < 2) throw new Error(`expected single quoted string but got ${quoted}`);
      descend(quoted.slice(1, -1).replace(/\\(.)/g, '$1'));
      if (next(i + 2) !== ']') throw new Error(`expected ] but got ${tokens[i + 2]}`);
      i += 3;
    } else throw new Error(`expected [ or . but got: ${tokens[i]}`);
  return {names, schema};
}
