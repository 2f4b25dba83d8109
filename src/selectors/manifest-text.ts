/** The text of a manifest: its documents, and where in one a field stands. */
import {type Document, isMap, isScalar, isSeq, type LineCounter, type Node} from 'yaml';
import {parseDocument} from '../engine/api/yaml.ts';

/** YAML 1.1 as go-yaml knows it: yes and no are booleans, but times of day and dates stay text. */
export function toDocument(text: string, lineCounter?: LineCounter): Document {
  return parseDocument(text, {
    ...(lineCounter && {lineCounter}),
    version: '1.1',
    uniqueKeys: true,
    customTags: tags =>
      tags.filter(
        tag =>
          typeof tag === 'string' || !((tag as {format?: string}).format === 'TIME' || /:(timestamp|binary|omap|pairs|set)$/.test(tag.tag)),
      ),
  });
}

/** The documents of a file, each with the index of the line at which it begins. `---` at the start of a line divides them. */
export function documentsOf(text: string): {readonly text: string; readonly line: number}[] {
  const lines = text
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff/, '')
    .split('\n');
  const ends = [...lines.flatMap((line, index) => (/^---(?=\s|$)/.test(line) ? [index] : [])), lines.length];
  return ends.map((end, index) => {
    const begin = index === 0 ? 0 : ends[index - 1]! + 1;
    return {text: lines.slice(begin, end).join('\n'), line: begin};
  });
}

/** Names and indexes down to a field. */
export type FieldPath = readonly (string | number)[];

/** `spec.containers[0].ports[1].name`, `metadata.annotations[a.b/c]` as names and indexes. */
export function pathOf(field: string): FieldPath {
  return [...field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(
    ([, name, inside]) => name ?? (/^\d+$/.test(inside!) ? Number(inside) : inside!),
  );
}

/** `spec.containers[0].image` */
export const pathText = (path: FieldPath): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');

/** Where in the text a path stands, as far down as there is something: the key of a field, the beginning of an item. */
export function placeOf(document: Document, path: FieldPath): {readonly offset: number; readonly found: boolean} {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(each => isScalar(each.key) && String(each.key.value) === String(part));
      if (!pair) return {offset, found: false};
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof part === 'number' && node.items[part]) {
      node = node.items[part] as Node;
      offset = node.range?.[0] ?? offset;
    } else return {offset, found: false};
  }
  return {offset, found: true};
}
