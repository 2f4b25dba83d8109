/** Partial patterns over plain records. */

const OPERATORS: Record<string, (value: unknown, operand: unknown) => boolean> = {
  gt: (v, o) => typeof v === 'number' && v > (o as number),
  gte: (v, o) => typeof v === 'number' && v >= (o as number),
  lt: (v, o) => typeof v === 'number' && v < (o as number),
  lte: (v, o) => typeof v === 'number' && v <= (o as number),
  in: (v, o) => (o as unknown[]).some(item => matches(item, v)),
  not: (v, o) => !matches(o, v),
  exists: (v, o) => (v !== undefined && v !== null) === o,
  size: (v, o) => matches(o, Array.isArray(v) ? v.length : v && typeof v === 'object' ? Object.keys(v).length : 0),
};

const isOperator = (pattern: object): boolean => {
  const keys = Object.keys(pattern);
  return keys.length > 0 && keys.every(key => key in OPERATORS);
};

const regexes = new Map<string, RegExp>();

function regexOf(text: string): RegExp | undefined {
  if (text.length < 3 || !text.startsWith('/') || !text.endsWith('/')) return undefined;
  let regex = regexes.get(text);
  if (!regex) regexes.set(text, (regex = new RegExp(text.slice(1, -1))));
  return regex;
}

/** Whether a value has everything that the pattern names. See Pattern in types.ts. */
export function matches(pattern: unknown, value: unknown): boolean {
  return difference(pattern, value) === undefined;
}

/** The first place where a value is not as the pattern wants it, in words; undefined when it matches. */
export function difference(pattern: unknown, value: unknown, path = ''): string | undefined {
  const at = path || 'it';
  if (typeof pattern === 'string') {
    const regex = regexOf(pattern);
    if (regex ? typeof value === 'string' && regex.test(value) : value === pattern) return undefined;
    return `${at} is ${say(value)}, not ${pattern}`;
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value)) return `${at} is ${say(value)}, not a list`;
    for (const item of pattern) {
      if (value.some(v => matches(item, v))) continue;
      const nearest = value.length === 1 ? difference(item, value[0], `${at}[0]`) : undefined;
      return nearest ?? `${at} has no ${say(item)}`;
    }
    return undefined;
  }
  if (pattern && typeof pattern === 'object') {
    if (isOperator(pattern)) {
      for (const [name, operand] of Object.entries(pattern)) {
        if (OPERATORS[name]!(value, operand)) continue;
        return name === 'not' ? `${at} is ${say(value)}, which it must not be` : `${at} is ${say(value)}, not ${name} ${say(operand)}`;
      }
      return undefined;
    }
    if (!value || typeof value !== 'object') return `${at} is ${say(value)}`;
    for (const [key, wanted] of Object.entries(pattern)) {
      const found = difference(wanted, (value as Record<string, unknown>)[key], path ? `${path}.${key}` : key);
      if (found) return found;
    }
    return undefined;
  }
  return pattern === value ? undefined : `${at} is ${say(value)}, not ${say(pattern)}`;
}

const say = (value: unknown): string =>
  value === undefined || value === null ? 'not there' : typeof value === 'string' ? value : JSON.stringify(value);
