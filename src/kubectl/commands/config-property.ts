/** `config set` and `config unset`: one property of a kubeconfig by its path. upstream: staging/src/k8s.io/client-go/tools/clientcmd (kubectl/pkg/cmd/config/set.go, unset.go) */
import {toBase64} from '../../engine/api/base64.ts';
import {byName} from '../../engine/api/order.ts';
import {Failure} from '../failure.ts';
import type {Kubeconfig} from '../kubeconfig.ts';

const LISTS = ['clusters', 'contexts', 'users'] as const;
type List = (typeof LISTS)[number];
/** What an entry of each list holds its fields in. */
const HOLDERS: Readonly<Record<List, string>> = {clusters: 'cluster', contexts: 'context', users: 'user'};
const CURRENT = 'current-context';

type Entry = {name: string} & Record<string, Record<string, unknown>>;

interface Property {
  list: List;
  /** Names may hold dots. */
  name: string;
  field: string | undefined;
}

/** `users.ann.token`: the last part is a field, unless the whole rest is the name of an entry. Throws Failure for what no kubeconfig has. */
function parse(config: Kubeconfig, path: string): Property {
  const [first = '', ...rest] = path.split('.');
  const list = LISTS.find(name => name === first);
  if (!list || rest.length === 0) throw new Failure(`unable to parse ${path} after [] at api.Config`);
  const known = (config[list] as unknown as Entry[]).some(({name}) => name === rest.join('.'));
  return known || rest.length === 1
    ? {list, name: rest.join('.'), field: undefined}
    : {list, name: rest.slice(0, -1).join('.'), field: rest.at(-1)!};
}

const withEntries = (config: Kubeconfig, list: List, entries: readonly Entry[]): Kubeconfig => ({...config, [list]: entries});

/** What a field of bytes is written as. Throws Failure where it is to be base64 and is none. */
function bytesOf(value: string, raw: boolean): string {
  if (raw) return toBase64(value);
  const wrong = value.search(/[^A-Za-z0-9+/=]/);
  const at = wrong >= 0 ? wrong : value.length % 4 === 0 ? -1 : value.length - (value.length % 4);
  if (at >= 0) throw new Failure(`error decoding input value: illegal base64 data at input byte ${at}`);
  return value;
}

/** The kubeconfig with a property set; `raw`: bytes are given as they are, not as base64. Throws Failure. */
export function setProperty(config: Kubeconfig, path: string, value: string, {raw = false} = {}): Kubeconfig {
  if (path === CURRENT) return {...config, [CURRENT]: value};
  const {list, name, field} = parse(config, path);
  if (!field) throw new Failure(`can't set a map to a value: ${path}`);
  const holder = HOLDERS[list];
  const entries = config[list] as unknown as Entry[];
  const typed = field.endsWith('-data') ? bytesOf(value, raw) : value === 'true' || value === 'false' ? value === 'true' : value;
  const changed = {name, [holder]: {...entries.find(entry => entry.name === name)?.[holder], [field]: typed}} as unknown as Entry;
  const others = entries.filter(entry => entry.name !== name);
  return withEntries(config, list, [...others, changed].sort(byName));
}

/** The kubeconfig without a property, or without an entry. Throws Failure. */
export function unsetProperty(config: Kubeconfig, path: string): Kubeconfig {
  if (path === CURRENT) return {...config, [CURRENT]: ''};
  const {list, name, field} = parse(config, path);
  const holder = HOLDERS[list];
  const entries = config[list] as unknown as Entry[];
  if (!field)
    return withEntries(
      config,
      list,
      entries.filter(entry => entry.name !== name),
    );
  return withEntries(
    config,
    list,
    entries.map(entry => {
      if (entry.name !== name) return entry;
      const {[field]: _gone, ...left} = entry[holder] ?? {};
      return {...entry, [holder]: left} as unknown as Entry;
    }),
  );
}
