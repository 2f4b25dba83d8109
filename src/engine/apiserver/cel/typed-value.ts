/** JSON as expressions see it that know its schema. upstream: apiserver/pkg/cel/common/values.go UnstructuredToVal */
import {fromBase64} from '../../api/base64.ts';
import {call} from './library.ts';
import {withMembers} from './members.ts';
import {toCel} from './program.ts';
import {escapeName} from './schema-type.ts';
import type {CelType} from './types.ts';
import {CelError, type CelValue} from './values.ts';

/** As strict as the schema's formats are; what slips through these stays a text. */
const read = (name: string, text: string): CelValue => {
  try {
    return call(name, [text]);
  } catch (error) {
    if (error instanceof CelError) return text;
    throw error;
  }
};

const READ: Readonly<Record<string, (text: string) => CelValue>> = {
  timestamp: text => read('timestamp', text.length === 10 ? `${text}T00:00:00Z` : text),
  duration: text => read('duration', text),
  bytes: text => read('bytes', fromBase64(text)),
  double: Number,
};

/** Fields that the schema does not know are not seen; the others have the names that expressions can write. */
export function typedValue(value: unknown, type: CelType): CelValue {
  if (value === null || value === undefined) return null;
  const {kind, name, params, field} = type;
  if (kind === 'scalar' && Object.hasOwn(READ, name)) return READ[name]!(value as string);
  if (kind === 'list')
    return withMembers(
      (value as readonly unknown[]).map(item => typedValue(item, params[0]!)),
      type.members,
    );
  if (kind !== 'map' && kind !== 'object') return toCel(value);
  const seen: [string, CelValue][] = [];
  for (const [key, part] of Object.entries(value)) {
    const written = kind === 'map' ? key : escapeName(key);
    const partType = kind === 'map' ? params[1] : written === undefined ? undefined : field!(written);
    if (part !== undefined && partType) seen.push([written!, typedValue(part, partType)]);
  }
  return Object.fromEntries(seen);
}
