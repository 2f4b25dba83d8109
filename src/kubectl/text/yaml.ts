/**
 * YAML as kubectl writes it: the choices of go-yaml about quoting, order of keys and folding, byte for byte. (Reading is the `yaml` library's.)
 * upstream: sigs.k8s.io/yaml Marshal over go.yaml.in/yaml/v2 encode.go, emitterc.go
 */

const BEST_WIDTH = 80;

const NOT_A_STRING = new RegExp(
  [
    '^$|^~$|^null$|^Null$|^NULL$|^<<$',
    '^(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$',
    '^[-+]?[0-9][0-9_]*$|^[-+]?0b[01_]+$|^[-+]?0x[0-9a-fA-F_]+$|^[-+]?0o?[0-7_]+$',
    '^[-+]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9_]*)?)([eE][-+]?[0-9]+)?$',
    '^[-+]?\\.(inf|Inf|INF)$|^\\.(nan|NaN|NAN)$',
    '^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?$',
    '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$',
    '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\\.[0-9]*)?([ \\t]*(Z|[-+][0-9]{1,2}(:?[0-9]{2})?))?$',
  ].join('|'),
);

const isPrintable = (code: number): boolean =>
  code === 0x0a || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code !== 0xfeff);

/** What the emitter may use for a text. upstream: yaml_emitter_analyze_scalar */
function analyze(text: string): {plain: boolean; single: boolean; block: boolean} {
  const special = [...text].some(c => !isPrintable(c.codePointAt(0)!));
  const spaceBreak = / \n/.test(text);
  const allowed = {plain: true, single: true, block: !text.endsWith(' ')};
  if (/^[\s]|[\s]$/.test(text) || text.includes('\n')) allowed.plain = false;
  if (/^(---|\.\.\.)/.test(text) || /^[#,[\]{}&*!|>'"%@`]/.test(text) || /^[-?:](\s|$)/.test(text) || /:(\s|$)|\s#/.test(text))
    allowed.plain = false;
  if (/\n /.test(text)) {
    allowed.plain = false;
    allowed.single = false;
  }
  if (spaceBreak || special) return {plain: false, single: false, block: false};
  return allowed;
}

/** Breaks at a space once the line has passed the best width. `column` is where the text begins. */
function fold(text: string, column: number, indent: number, edge: (index: number) => boolean): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const breakable = c === ' ' && text[i - 1] !== ' ' && text[i + 1] !== ' ' && column > BEST_WIDTH && edge(i);
    if (breakable) {
      out += `\n${' '.repeat(indent)}`;
      column = indent;
    } else {
      out += c;
      column++;
    }
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\u001b': '\\e',
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\v': '\\v',
  '\f': '\\f',
  '\u0085': '\\N',
  '\u00a0': '\\_',
};

function doubleQuoted(text: string, column: number, indent: number): string {
  let out = '"';
  let at = column + 1;
  let spaces = false;
  const chars = [...text];
  chars.forEach((c, i) => {
    const code = c.codePointAt(0)!;
    if (c === ' ' && !spaces && at > BEST_WIDTH && i > 0 && i < chars.length - 1) {
      out += `\n${' '.repeat(indent)}${chars[i + 1] === ' ' ? '\\' : ''}`;
      at = indent;
      spaces = true;
      return;
    }
    const escaped =
      ESCAPES[c] ??
      (isPrintable(code)
        ? c
        : code < 0x100
          ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
          : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`);
    out += escaped;
    at += escaped.length;
    spaces = c === ' ';
  });
  return `${out}"`;
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = text.endsWith('\n') ? (text.endsWith('\n\n') || text === '\n' ? '+' : '') : '-';
  const body = (chomp === '-' ? text : text.slice(0, -1))
    .split('\n')
    .map(line => (line ? ' '.repeat(indent) + line : ''))
    .join('\n');
  return `|${hint}${chomp}\n${body}`;
}

/** One string, as it stands after its key or dash. `column`: where it begins; `indent`: where its further lines begin. */
function scalar(text: string, column: number, indent: number, isKey: boolean): string {
  const {plain, single, block} = analyze(text);
  if (text.includes('\n') && block && !isKey) return literal(text, indent);
  if (text.includes('\n') || NOT_A_STRING.test(text)) return doubleQuoted(text, column, isKey ? Number.POSITIVE_INFINITY : indent);
  const inside = (i: number): boolean => !isKey && i > 0 && i < text.length - 1;
  if (plain) return fold(text, column, indent, inside);
  if (single) return `'${fold(text.replaceAll("'", "''"), column + 1, indent, i => !isKey && i > 0)}'`;
  return doubleQuoted(text, column, indent);
}

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9';
const isLetter = (c: string): boolean => /\p{L}/u.test(c);

/** Numbers within keys count as numbers: `a2` before `a10`. upstream: go-yaml sorter.go */
function compareKeys(a: string, b: string): number {
  const [as, bs] = [[...a], [...b]];
  for (let i = 0; i < as.length && i < bs.length; i++) {
    if (as[i] === bs[i]) continue;
    const [al, bl] = [isLetter(as[i]!), isLetter(bs[i]!)];
    if (al && bl) return as[i]! < bs[i]! ? -1 : 1;
    if (al || bl) return bl ? -1 : 1;
    const number = (chars: string[]): string => {
      let end = i;
      while (isDigit(chars[end])) end++;
      return chars.slice(i, end).join('');
    };
    const [an, bn] = [number(as), number(bs)];
    if (Number(an) !== Number(bn)) return Number(an) - Number(bn);
    if (an.length !== bn.length) return an.length - bn.length;
    return as[i]! < bs[i]! ? -1 : 1;
  }
  return as.length - bs.length;
}

const isEmpty = (value: object): boolean => (Array.isArray(value) ? value.length === 0 : Object.values(value).every(v => v === undefined));

function node(value: unknown, column: number, indent: number): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return scalar(value, column, indent, false);
  if (typeof value !== 'object') return String(value);
  if (isEmpty(value)) return Array.isArray(value) ? '[]' : '{}';
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) return value.map(item => `- ${node(item, indent + 2, indent + 2)}`).join(`\n${pad}`);
  return Object.keys(value)
    .filter(key => (value as Record<string, unknown>)[key] !== undefined)
    .sort(compareKeys)
    .map(key => {
      const child = (value as Record<string, unknown>)[key];
      const label = `${scalar(key, indent, indent, true)}:`;
      if (child && typeof child === 'object' && !isEmpty(child)) {
        const at = Array.isArray(child) ? indent : indent + 2;
        return `${label}\n${' '.repeat(at)}${node(child, at, at)}`;
      }
      return `${label} ${node(child, indent + label.length + 1, indent + 2)}`;
    })
    .join(`\n${pad}`);
}

/** `-o yaml` of one document, with a newline at its end. */
export const toYaml = (value: unknown): string => `${node(value, 0, 0)}\n`;
