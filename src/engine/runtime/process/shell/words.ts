/** What a line says before anything of it is run. */
import {type Node, parseShell} from './syntax.ts';
import type {Word} from './tokens.ts';

const textOf = ({parts}: Word): string => parts.map(part => part.text).join('');

/** The words of each simple command of a script, unexpanded. Throws ShellSyntaxError. */
export function commandWords(script: string): string[][] {
  const below = (node: Node): string[][] => {
    switch (node.type) {
      case 'simple':
        return [node.words.map(textOf)];
      case 'pipeline':
        return node.commands.flatMap(below);
      case 'list':
        return node.items.flatMap(item => below(item.node));
      case 'if':
        return [
          ...node.clauses.flatMap(clause => [...below(clause.condition), ...below(clause.body)]),
          ...(node.otherwise ? below(node.otherwise) : []),
        ];
      case 'loop':
        return [...below(node.condition), ...below(node.body)];
      case 'for':
        return below(node.body);
    }
  };
  return below(parseShell(script));
}
