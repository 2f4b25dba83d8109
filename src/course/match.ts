/** Partial patterns over plain records. */

interface Operator {
  holds(value: unknown, operand: unknown): boolean;
  /** What is said of a value of which it does not hold. */
  otherwise(value: unknown, operand: unknown): string;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  gt: {
    holds: (v, o) => typeof v === 'number' && v > (o as number),
    otherwise: (v, o) => `is ${say(v)}, not more than ${o}`,
  },
  gte: {
    holds: (v, o) => typeof v === 'number' && v >= (o as number),
    otherwise: (v, o) => `is ${say(v)}, not at least ${o}`,
  },
  lt: {
    holds: (v, o) => typeof v === 'number' && v < (o as number),
    otherwise: (v, o) => `is ${say(v)}, not less than ${o}`,
  },
  lte: {
    holds: (v, o) => typeof v === 'number' && v <= (o as number),
    otherwise: (v, o) => `is ${say(v)}, not at most ${o}`,
  },
  in: {
    holds: (v, o) => (o as unknown[]).some(item => matches(item, v)),
    otherwise: (v, o) => `is ${say(v)}, none of ${wanted(o)}`,
  },
  not: {
    holds: (v, o) => !matches(o, v),
    otherwise: v => `is ${say(v)}, which it must not be`,
  },
  exists: {
    holds: (v, o) => (v !== undefined && v !== null) === o,
    otherwise: (_v, o) => (o ? 'is not there' : 'is still there'),
  },
  size: {
    holds: (v, o) => matches(o, sizeOf(v)),
    otherwise: (v, o) => `has ${sizeOf(v)} items, not ${wanted(o)}`,
  },
};

const sizeOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : value && typeof value === 'object' ? Object.keys(value).length : 0;

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
export const matches = (pattern: unknown, value: unknown): boolean => differ(pattern, value, '') === undefined;

/** The first place where a value is not as the pattern wants it, in words; undefined when it matches. */
export const difference = (pattern: unknown, value: unknown): string | undefined => differ(pattern, value, '')?.();

/** The words are found when they are asked for: most differences are only noticed. */
function differ(pattern: unknown, value: unknown, path: string): (() => string) | undefined {
  const at = path || 'it';
  const not = () =>
    value === undefined ? `${at} is not there yet; ${wanted(pattern)} is wanted` : `${at} is ${say(value)}, not ${wanted(pattern)}`;
  if (typeof pattern === 'string') {
    const regex = regexOf(pattern);
    return (regex ? typeof value === 'string' && regex.test(value) : value === pattern) ? undefined : not;
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value)) return () => `${at} is ${say(value)}, not a list`;
    for (const item of pattern) {
      if (value.some(v => matches(item, v))) continue;
      const nearest = value.length === 1 ? differ(item, value[0], `${at}[0]`) : undefined;
      return nearest ?? (() => `${at} has no ${wanted(item)}`);
    }
    return undefined;
  }
  if (!pattern || typeof pattern !== 'object') return pattern === value ? undefined : not;
  if (isOperator(pattern)) {
    for (const [name, operand] of Object.entries(pattern)) {
      const operator = OPERATORS[name]!;
      if (!operator.holds(value, operand)) return () => `${at} ${operator.otherwise(value, operand)}`;
    }
    return undefined;
  }
  if (!value || typeof value !== 'object') return () => `${at} is ${say(value)}`;
  for (const [key, inner] of Object.entries(pattern)) {
    const found = differ(inner, (value as Record<string, unknown>)[key], path ? `${path}.${key}` : key);
    if (found) return found;
  }
  return undefined;
}

const say = (value: unknown): string =>
  value === undefined || value === null ? 'not there' : value === '' ? 'empty' : typeof value === 'string' ? value : JSON.stringify(value);

/** A pattern as a person reads it: `type Ready, status True`; a regular expression by what it looks for. */
function wanted(pattern: unknown): string {
  if (typeof pattern === 'string') return regexOf(pattern) ? pattern.slice(1, -1) : say(pattern);
  if (Array.isArray(pattern)) return pattern.map(wanted).join(', ');
  if (!pattern || typeof pattern !== 'object') return say(pattern);
  return Object.entries(pattern)
    .map(([name, inner]) => `${name} ${wanted(inner)}`)
    .join(', ');
}
