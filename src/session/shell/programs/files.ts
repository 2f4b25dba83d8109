/** The learner's files: virtual, by name. */
import {edit, stderr, stdout} from '../../../kubectl/effects.ts';
import type {Program} from '../shell.ts';

export const fileWords = (files: Readonly<Record<string, string>>): {text: string; about: string}[] =>
  Object.keys(files)
    .filter(name => !name.startsWith('~'))
    .sort()
    .map(text => ({text, about: 'file'}));

export const cat: Program = {
  name: 'cat',
  usage: 'cat FILE...',
  about: 'print files',
  *run(argv, env) {
    let code = 0;
    for (const name of argv.length > 0 ? argv : ['-']) {
      const text = name === '-' ? (env.stdin ?? '') : env.state.files[name];
      if (text === undefined) {
        yield* stderr(`cat: ${name}: No such file or directory\n`);
        code = 1;
      } else yield* stdout(text === '' || text.endsWith('\n') ? text : `${text}\n`);
    }
    return code;
  },
  complete: (_argv, env) => fileWords(env.state.files),
};

export const ls: Program = {
  name: 'ls',
  usage: 'ls [FILE...]',
  about: 'list your files',
  *run(argv, env) {
    const there = fileWords(env.state.files).map(({text}) => text);
    const asked = argv.filter(word => !word.startsWith('-') && word !== '.');
    for (const name of asked.length > 0 ? asked : there) {
      if (there.includes(name)) yield* stdout(`${name}\n`);
      else yield* stderr(`ls: cannot access '${name}': No such file or directory\n`);
    }
    return asked.every(name => there.includes(name)) ? 0 : 2;
  },
};

export const editFile: Program = {
  name: 'edit',
  usage: 'edit FILE',
  about: 'change a file, or begin a new one',
  *run([name], env) {
    if (!name) {
      yield* stderr('edit: which file?\n');
      return 2;
    }
    const text = yield* edit(env.state.files[name] ?? '', name);
    if (text === undefined) {
      yield* stdout(`${name}: left as it was\n`);
      return 0;
    }
    env.state = {...env.state, files: {...env.state.files, [name]: text}};
    yield* stdout(`${name}: saved\n`);
    return 0;
  },
  complete: (_argv, env) => fileWords(env.state.files),
};
