/**
 * What a body that has not the shape of its kind was refused with before 1.23: json-iterator tells the structures it is in, and shows the text around.
 * upstream: github.com/json-iterator/go v1.1.10 iter.go ReportError, reflect_struct_decoder.go, reflect_slice.go
 */
import {compactJson} from '../../api/go-json.ts';
import type {Status} from '../../api/types.ts';
import {shapeFaults} from '../decoding/decode.ts';
import {type Definition, definitionOfKind, type FieldType} from '../decoding/schema.ts';
import {goName} from './go-structs.ts';
import type {Refused} from './types.ts';

type Path = readonly (string | number)[];

const REFUSED = /^(\w+ in version "[^"]*" cannot be handled as a \w+: )/;

/** The refusal in json-iterator's words; as it is where another thing is wrong. */
export function asJsonIter(status: Status, {request, info, kind}: Refused): Status {
  const [prefix] = REFUSED.exec(status.message ?? '') ?? [];
  const definition = kind && definitionOfKind(kind, info.apiVersion);
  if (!prefix || !definition || status.code !== 400 || (info.verb !== 'create' && info.verb !== 'update')) return status;
  const text = typeof request.body === 'string' && request.body.trimStart().startsWith('{') ? request.body : compactJson(request.body);
  const fault = shapeFaults(JSON.parse(text), kind, info.apiVersion).find(({message}) => !message.startsWith('unknown field'));
  const complaint = fault && complaintOf(text, definition, `${info.apiVersion}.${kind.kind}`, fault.path, fault.message);
  return complaint === undefined ? status : {...status, message: prefix + complaint};
}

function complaintOf(text: string, definition: Definition, go: string, path: Path, why: string): string | undefined {
  const at = placeOf(text, path);
  let type: FieldType = {is: 'struct', definition, go};
  let chain = '';
  for (const step of path) {
    if (type.is === 'struct') {
      const field = type.definition.fields.get(String(step));
      if (!field) return undefined;
      chain += `${type.go}.${step === 'metadata' ? 'ObjectMeta' : goName(field.name)}: `;
      type = field.type;
    } else if (type.is === 'list' || type.is === 'map') type = type.of;
    if (type.is === 'list') chain += `${type.go}: `;
  }
  const [words, head] = complaint(type, text, at, why);
  const around = (reach: number): string => `...|${text.slice(Math.max(0, head - reach), head + reach)}|...`;
  return `${chain}${words}, error found in #${Math.min(head, 10)} byte of ${around(10)}, bigger context ${around(50)}`;
}

/** Go's byte for "no digit", which is no text. */
const NO_DIGIT = '\ufffd';

/** What is said of a value that does not fit its type, and how far the text had been read. */
function complaint({is}: FieldType, text: string, {start, end}: Place, why: string): readonly [words: string, head: number] {
  const found = text[start];
  const whole = /^-?\d+(?=[.eE])/.exec(text.slice(start));
  switch (is) {
    case 'string':
      return [`ReadString: expects " or n, but found ${found}`, start + 1];
    case 'bool':
      return [`ReadBool: expect t or f, but found ${found}`, start + 1];
    case 'int32':
    case 'int64':
      return whole
        ? ['assertInteger: can not decode float as int', start + whole[0].length]
        : [`readUint${is.slice(3)}: unexpected character: ${NO_DIGIT}`, start + 1];
    case 'list':
      return [`decode slice: expect [ or n, but found ${found}`, start + 1];
    case 'map':
      return [`ReadMapCB: expect { or n, but found ${found}`, start + 1];
    case 'struct':
      return [`readObjectStart: expect { or n, but found ${found}`, start + 1];
    case 'bytes':
      return found === '"' ? [`decode base64: ${why}`, end] : [`ReadString: expects " or n, but found ${found}`, start + 1];
    default:
      return [`unmarshalerDecoder: ${why}`, end];
  }
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the value at a path stands in a text that is JSON. */
function placeOf(text: string, path: Path): Place {
  let at = 0;
  const space = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return JSON.parse(text.slice(start, ++at)) as string;
  };
  /** Reads a value; stops before the one at the path. True: it is there. */
  const value = (depth: number): boolean => {
    space();
    if (depth === path.length) return true;
    const close = text[at] === '{' ? '}' : ']';
    if (text[at] === '"') string();
    else if (text[at] === '{' || text[at] === '[') {
      at++;
      space();
      for (let i = 0; text[at] !== close; i++) {
        const key = close === '}' ? string() : i;
        if (close === '}') {
          space();
          at++;
        }
        if (value(key === path[depth] ? depth + 1 : Number.POSITIVE_INFINITY)) return true;
        space();
        if (text[at] === ',') at++;
        space();
      }
      at++;
    } else while (at < text.length && !/[\s,\]}]/.test(text[at]!)) at++;
    return false;
  };
  value(0);
  const start = at;
  value(Number.POSITIVE_INFINITY);
  return {start, end: at};
}
