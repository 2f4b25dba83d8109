/**
 * Objects written in CEL (`Object{spec: Object.spec{paused: true}}`, `JSONPatch{op: "add", ...}`) as the maps that they are to a language without those types.
 * upstream: staging/src/k8s.io/apiserver/pkg/cel/mutation
 */

const TOKENS =
  /[rRbB]*("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*|\s+|[\s\S]/g;
const LITERAL = /^(Object(\s*\.\s*\w+)*|JSONPatch)$/;
const NAME = /^[A-Za-z_]\w*$/;

/** The expression with object literals as maps; any other expression as it is. */
export function literalsAsMaps(expression: string): string {
  const tokens = expression.match(TOKENS) ?? [];
  const next = (from: number): string | undefined => tokens.slice(from + 1).find(token => token.trim() !== '');
  /** Of each open brace or bracket: whether it is that of an object literal. */
  const open: boolean[] = [];
  let literal = false;
  let before = '';
  let out = '';
  for (const [i, token] of tokens.entries()) {
    if (LITERAL.test(token) && next(i) === '{') literal = true;
    else if (open.at(-1) && NAME.test(token) && /^[{,?]$/.test(before) && next(i) === ':') out += JSON.stringify(token);
    else out += token;
    if (/^[{[(]$/.test(token)) {
      open.push(token === '{' && literal);
      literal = false;
    } else if (/^[}\])]$/.test(token)) open.pop();
    if (token.trim() !== '') before = token;
  }
  return out;
}
