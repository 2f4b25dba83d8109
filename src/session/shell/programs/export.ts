/** `export KUBECONFIG=a:b`: variables of the learner's shell, which programs read as their environment. */
import {stderr, stdout} from '../../../kubectl/effects.ts';
import type {Program} from '../shell.ts';

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

export const exportVariable: Program = {
  name: 'export',
  usage: 'export NAME=VALUE',
  about: 'set a variable: export KUBECONFIG=team.kubeconfig',
  *run(argv, env) {
    if (argv.length === 0) {
      const names = Object.keys(env.state.variables).sort();
      yield* stdout(names.map(name => `declare -x ${name}="${env.state.variables[name]}"\n`).join(''));
      return 0;
    }
    for (const word of argv) {
      const [, name, value = ''] = ASSIGNMENT.exec(word) ?? [];
      if (!name) {
        yield* stderr(`export: ${word}: write NAME=VALUE\n`);
        return 1;
      }
      env.state = {...env.state, variables: {...env.state.variables, [name]: value}};
    }
    return 0;
  },
  complete: () => [{text: 'KUBECONFIG=', about: 'kubeconfig files, joined by colons'}],
};

export const unset: Program = {
  name: 'unset',
  usage: 'unset NAME',
  about: 'forget a variable',
  *run(argv, env) {
    env.state = {...env.state, variables: Object.fromEntries(Object.entries(env.state.variables).filter(([name]) => !argv.includes(name)))};
    return 0;
  },
  complete: (_argv, env) => Object.keys(env.state.variables).map(text => ({text, about: 'variable'})),
};
