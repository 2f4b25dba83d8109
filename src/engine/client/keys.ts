/** Work queue keys. upstream: client-go/tools/cache MetaNamespaceKeyFunc */

interface Named {
  metadata: {name?: string; namespace?: string};
}

/** `namespace/name`, or `name` for what has no namespace. */
export const keyOf = ({metadata}: Named): string => (metadata.namespace ? `${metadata.namespace}/${metadata.name}` : `${metadata.name}`);

/** The namespace ('' for none) and name in a key. */
export const splitKey = (key: string): [namespace: string, name: string] => {
  const slash = key.indexOf('/');
  return slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)];
};
