/** kubectl in the learner's shell. */
import type {Program} from '../shell.ts';

export const kubectl: Program = {
  name: 'kubectl',
  aliases: ['k'],
  usage: 'kubectl COMMAND',
  about: 'talk to the API server',
  *run() {
    return 0;
  },
};
