/** A registry of a fictitious company: it wants a name and a password, and one of its images has no signature. */
import type {ImageEntry} from './catalogue.ts';

export const privateImages = {
  'registry.example.com/team/app': {
    tags: ['latest', String.raw`v?\d+(\.\d+)*`],
    size: '12Mi',
    private: true,
    entrypoint: ['/app'],
    tools: ['app', 'curl'],
    program: {demo: {}},
  },
  'registry.example.com/team/unsigned': {tags: ['latest'], size: '5Mi', signature: 'invalid', cmd: ['sh']},
} satisfies Record<string, ImageEntry>;
