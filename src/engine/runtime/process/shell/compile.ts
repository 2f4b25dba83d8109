/** From the tree of a script to a flat list of instructions, so that a process can stop anywhere and go on later from a number. */
import {type Node, parseShell, type SimpleCommand} from './syntax.ts';
import type {Word} from './tokens.ts';

export type Instruction =
  | {op: 'run'; commands: readonly SimpleCommand[]; negated: boolean}
  | {op: 'background'; to: number}
  | {op: 'jump'; to: number}
  | {op: 'jumpIfOk'; to: number}
  | {op: 'jumpIfFailed'; to: number}
  | {op: 'forBegin'; words: readonly Word[]; loop: string}
  | {op: 'forNext'; name: string; loop: string; end: number}
  | {op: 'status'; value: number}
  /** The end of a background job. */
  | {op: 'end'};

type Loop = {start: number; breaks: number[]};

/** The instructions of a script. Throws ShellSyntaxError. */
export function compileShell(source: string): readonly Instruction[] {
  const code: Instruction[] = [];
  const loops: Loop[] = [];
  const emit = (instruction: Instruction): number => code.push(instruction) - 1;
  const patch = (at: number, to = code.length): void => {
    code[at] = {...code[at]!, to} as Instruction;
  };

  function compile(node: Node): void {
    switch (node.type) {
      case 'simple': {
        const word = node.words.length > 0 ? node.words[0]!.parts[0]?.text : undefined;
        const loop = loops.at(-1);
        if (loop && word === 'break') loop.breaks.push(emit({op: 'jump', to: 0}));
        else if (loop && word === 'continue') emit({op: 'jump', to: loop.start});
        else emit({op: 'run', commands: [node], negated: false});
        break;
      }
      case 'pipeline': {
        const simple = node.commands.filter(c => c.type === 'simple');
        if (simple.length === node.commands.length) emit({op: 'run', commands: simple, negated: node.negated});
        else for (const command of node.commands) compile(command);
        break;
      }
      case 'list': {
        let skip: number[] = [];
        node.items.forEach((item, index) => {
          const before = node.items[index - 1]?.then;
          if (before === '&&') skip.push(emit({op: 'jumpIfFailed', to: 0}));
          else if (before === '||') skip.push(emit({op: 'jumpIfOk', to: 0}));
          if (item.then === '&') {
            const job = emit({op: 'background', to: 0});
            compile(item.node);
            emit({op: 'end'});
            patch(job);
          } else compile(item.node);
          for (const at of skip) patch(at);
          skip = [];
        });
        break;
      }
      case 'if': {
        const ends: number[] = [];
        for (const {condition, body} of node.clauses) {
          compile(condition);
          const next = emit({op: 'jumpIfFailed', to: 0});
          compile(body);
          ends.push(emit({op: 'jump', to: 0}));
          patch(next);
        }
        if (node.otherwise) compile(node.otherwise);
        else emit({op: 'status', value: 0});
        for (const at of ends) patch(at);
        break;
      }
      case 'loop': {
        const start = code.length;
        const loop: Loop = {start, breaks: []};
        loops.push(loop);
        compile(node.condition);
        const out = emit({op: node.until ? 'jumpIfOk' : 'jumpIfFailed', to: 0});
        compile(node.body);
        emit({op: 'jump', to: start});
        patch(out);
        emit({op: 'status', value: 0});
        for (const at of loop.breaks) patch(at);
        loops.pop();
        break;
      }
      case 'for': {
        const id = String(code.length);
        emit({op: 'forBegin', words: node.words, loop: id});
        const start = emit({op: 'forNext', name: node.name, loop: id, end: 0});
        const loop: Loop = {start, breaks: []};
        loops.push(loop);
        compile(node.body);
        emit({op: 'jump', to: start});
        code[start] = {op: 'forNext', name: node.name, loop: id, end: code.length};
        for (const at of loop.breaks) patch(at);
        loops.pop();
        break;
      }
    }
  }

  compile(parseShell(source));
  return code;
}
