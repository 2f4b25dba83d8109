/** kubectl in the learner's shell. */
import {complete} from '../../../kubectl/complete.ts';
import {drive, kubectl as runKubectl} from '../../../kubectl/kubectl.ts';
import type {Files, KubectlEnv} from '../../../kubectl/types.ts';
import {type Program, type ProgramEnv, send, wallClock} from '../shell.ts';

/** A path without the dots that mean: from here. */
const here = (path: string): string => path.replace(/^(\.\/)+/, '');

/** The learner's files as kubectl sees them; a folder is what names with a common beginning share. */
function filesOf(env: ProgramEnv): Files {
  return {
    read: path => env.state.files[here(path)],
    list(path) {
      const folder = here(`${path.replace(/\/+$/, '')}/`);
      const below = Object.keys(env.state.files).filter(name => name.startsWith(folder) && (folder !== '' || !/^[~/]/.test(name)));
      return below.length > 0 ? [...new Set(below.map(name => name.slice(folder.length).split('/')[0]!))].sort() : undefined;
    },
    write(path, text) {
      env.state = {...env.state, files: {...env.state.files, [here(path)]: text}};
    },
  };
}

const kubectlEnv = (env: ProgramEnv): KubectlEnv => ({
  files: filesOf(env),
  variables: env.state.variables,
  now: () => wallClock(env.cluster),
  cache: env.state.cache,
  schedulerConfiguration: env.cluster.schedulerConfiguration,
  postFromScheduler: env.cluster.postFromScheduler,
  ...(env.stdin !== undefined && {stdin: env.stdin}),
});

export const kubectl: Program = {
  name: 'kubectl',
  aliases: ['k'],
  usage: 'kubectl COMMAND',
  about: 'talk to the API server',
  run: (argv, env) => runKubectl(argv, kubectlEnv(env)),
  complete: (argv, env, part = '') =>
    drive(complete(argv, part, kubectlEnv(env)), {
      request: request => send(env.cluster, request, true),
      sleep: () => {},
    }).value,
};
