/** How a recorded answer of a real API server is compared with ours: what changes from run to run is blurred, what is asserted must stand in ours. */

export interface Answer {
  code: number;
  body: any;
}

type Difference = string | undefined;

const BLURRED: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/(-|^)token-[a-z0-9]{5}\b/g, '$1token-<rand5>'],
  [/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<rand5>'],
  [/(in record|precondition) \((\d+|<rv>)\)/g, '$1 (<rv>)'],
  [/current: \d+/, 'current: <rv>'],
];
const PLACEHOLDER = /<(rand5|uid|time|rv|jwt|token|ca\.crt|clusterIP|nodePort|stripped|ptr)>/;
/** The rest of such a message is a dump of a Go structure. */
const GO_DUMP = /\n\s+(strings\.Join\(|core\.|&?v1\.)/;

/** The value that a field error shows. It holds no colon with a space behind, in JSON or in Go. */
const VALUE = /((?:Invalid|Duplicate) value): .*?(?=: [a-z`]|, \w+[.[]|\]?$)/g;

/** Fields of which only the presence is compared; of two, not even that. */
const PRESENT_ONLY = new Set(
  (
    'uid resourceVersion creationTimestamp managedFields selfLink clusterIP clusterIPs nodePort lastTransitionTime lastUpdateTime ' +
    'lastProbeTime observedGeneration startTime deletionTimestamp'
  ).split(' '),
);
const MAY_BE_ABSENT = new Set(['managedFields', 'selfLink']);

const blur = (text: unknown): string => BLURRED.reduce((blurred, [what, by]) => blurred.replace(what, by), String(text));
const isEmpty = (value: unknown): boolean => value === null || (typeof value === 'object' && Object.keys(value!).length === 0);

/** The first place where `got` lacks something that `want` asserts. */
function within(want: any, got: any, at = ''): Difference {
  if (Array.isArray(want)) {
    if (!Array.isArray(got)) return `${at}: not a list`;
    if (want.length !== got.length) return `${at}: ${got.length} items, not ${want.length}`;
    return firstOf(want, (item, index) => within(item, got[index], `${at}[${index}]`));
  }
  if (want && typeof want === 'object')
    return firstOf(Object.entries(want), ([key, value]) => {
      if (key === 'creationTimestamp' && value === null) return undefined;
      if (PRESENT_ONLY.has(key)) return (got && key in got) || MAY_BE_ABSENT.has(key) ? undefined : `${at}.${key}: missing`;
      return isEmpty(value) ? undefined : within(value, got?.[key], `${at}.${key}`);
    });
  if (typeof want === 'string' && PLACEHOLDER.test(want))
    return typeof got === 'string' || typeof got === 'number' ? undefined : `${at}: missing`;
  const alike = typeof want === 'string' ? blur(want) === blur(got) : want === got;
  return alike ? undefined : `${at}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`;
}

function firstOf<T>(items: readonly T[], ask: (item: T, index: number) => Difference): Difference {
  for (const [index, item] of items.entries()) {
    const difference = ask(item, index);
    if (difference) return difference;
  }
  return undefined;
}

const causes = (status: any): string =>
  JSON.stringify((status.details?.causes ?? []).map((cause: any) => [cause.field, cause.reason]).sort());

function refusal(want: any, got: any, {words, values}: Leniency): Difference {
  if (got?.reason !== want.reason) return `reason ${got?.reason}, not ${want.reason}`;
  const end = want.message.search(GO_DUMP);
  const said = (message: unknown) => {
    const text = end < 0 ? blur(message) : blur(message).slice(0, end);
    return values ? text.replace(VALUE, '$1') : text;
  };
  if (!words && said(got.message) !== said(want.message) && !want.message.includes('<ptr>'))
    return `message ${JSON.stringify(got.message)}, not ${JSON.stringify(want.message)}`;
  return causes(want) === causes(got) ? undefined : `causes ${causes(got)}, not ${causes(want)}`;
}

function table(want: any, got: any): Difference {
  const columns = (want.columnDefinitions ?? []).map(({name}: {name: string}) => ({name}));
  return within(columns, got?.columnDefinitions, 'columns') ?? within(want.rows?.length, got?.rows?.length, 'rows');
}

const asserted = ({name, namespace, labels, annotations, finalizers, generation}: any) => ({
  name,
  namespace,
  annotations,
  finalizers,
  ...(labels && {labels}),
  ...(generation && {generation}),
});

/** What is not compared. */
export interface Leniency {
  /** The wording of a refusal. */
  words?: boolean;
  /** The values that it shows. */
  values?: boolean;
}

/** The first difference between a recorded answer and ours, in code, reason, message, causes or body. */
export function difference(want: Answer, got: Answer, leniency: Leniency = {}): Difference {
  if (want.code !== got.code) return `code ${got.code}, not ${want.code} (${got.body?.message ?? ''})`;
  const {body} = want;
  if (!body || typeof body !== 'object') return undefined;
  if (body.kind === 'Status' && body.status === 'Failure') return refusal(body, got.body, leniency);
  if (body.kind === 'Table') return table(body, got.body);
  const {metadata = {}, ...rest} = body;
  return within(rest, got.body) ?? within(asserted(metadata), got.body?.metadata, '.metadata');
}
