/** The part of awk that kubectl's tables are read with: `NR>1 && $3=="Running" {print $1, $NF}`. */

type Value = string | number;

interface Line {
  readonly number: number;
  readonly fields: readonly string[];
  readonly whole: string;
}

type Expression = (line: Line) => Value;

const COMPARISONS: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const field = (line: Line, n: number): string => (n === 0 ? line.whole : (line.fields[n - 1] ?? ''));

/** A column, a number, a text or a name that awk keeps; undefined for anything else. */
function atom(text: string): Expression | undefined {
  if (/^\$\d+$/.test(text)) return line => field(line, Number(text.slice(1)));
  if (text === '$NF') return line => field(line, line.fields.length);
  if (text === 'NR') return line => line.number;
  if (text === 'NF') return line => line.fields.length;
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => Number(text);
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  if (quoted) return () => quoted[1]!.replace(/\\([nt"\\])/g, (_, c: string) => ({n: '\n', t: '\t'})[c] ?? c);
  return undefined;
}

/** Two values are compared as numbers where both read as such. */
function comparison(a: Expression, operator: string, b: Expression): (line: Line) => boolean {
  return line => {
    const [x, y] = [a(line), b(line)];
    const numbers = [x, y].every(v => v !== '' && Number.isFinite(Number(v)));
    return numbers ? COMPARISONS[operator]!(Number(x), Number(y)) : COMPARISONS[operator]!(String(x), String(y));
  };
}

function condition(text: string): ((line: Line) => boolean) | undefined {
  if (text === '') return () => true;
  for (const [mark, join] of [
    ['||', 'some'],
    ['&&', 'every'],
  ] as const) {
    if (!text.includes(mark)) continue;
    const parts = text.split(mark).map(part => condition(part.trim()));
    return parts.every(part => part !== undefined) ? line => parts[join](part => part!(line)) : undefined;
  }
  const match = /^(?:(\$\w+)\s*(!?~)\s*)?\/(.*)\/$/.exec(text);
  if (match) {
    const subject = atom(match[1] ?? '$0');
    const pattern = expressionOf(match[3]!);
    return subject && pattern && (line => pattern.test(String(subject(line))) !== (match[2] === '!~'));
  }
  const [, left = '', operator = '', right = ''] = /^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(text) ?? [];
  const [a, b] = [atom(left.trim()), atom(right.trim())];
  return a && b && comparison(a, operator, b);
}

function expressionOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

/** What a print statement makes of a line: commas stand for blanks, what stands side by side is joined. */
function printed(list: string): ((line: Line) => string) | undefined {
  const columns =
    list.trim() === ''
      ? [['$0']]
      : list.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map(column => column.match(/"(?:[^"\\]|\\.)*"|\S+?(?=["$]|\s|$)/g) ?? []);
  const expressions = columns.map(column => column.map(atom));
  if (expressions.some(column => column.length === 0 || column.some(part => part === undefined))) return undefined;
  return line => expressions.map(column => column.map(part => part!(line)).join('')).join(' ');
}

/** The program of a script, from lines to lines; undefined where the script asks for more than is known. `separator`: of fields; default blanks. */
export function columnProgram(script: string): ((lines: readonly string[], separator?: string) => string[]) | undefined {
  const [, when = '', what] = /^\s*([^{}]*?)\s*(?:\{\s*print\b([^{}]*?);?\s*\})?\s*$/.exec(script) ?? [];
  const [chosen, print] = [condition(when), printed(what ?? '')];
  if (!chosen || !print || (what === undefined && when === '')) return undefined;
  return (lines, separator) =>
    lines
      .map((whole, i) => ({
        whole,
        number: i + 1,
        fields: separator === undefined ? whole.split(/\s+/).filter(Boolean) : whole.split(separator),
      }))
      .filter(chosen)
      .map(print);
}
