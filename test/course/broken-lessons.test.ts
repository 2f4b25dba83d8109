/** A lesson broken in each of these ways is refused, at the line where it is broken. */
import {describe, expect, it} from 'vitest';
import {allFaults, lessonFile} from '../../src/cli/course.ts';
import {lessonTemplate} from '../../src/cli/lesson-template.ts';

const faultsOf = (text: string): string[] => allFaults(lessonFile('lesson.yaml', text)).map(f => `${f.line}: ${f.message.split('\n')[0]}`);

/** The template with one text replaced by another; the test fails when there is nothing to replace. */
function broken(from: string, to: string): string {
  if (!lessonTemplate.includes(from)) throw new Error(`the template has no ${from}`);
  return lessonTemplate.replace(from, to);
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

const CHECK = '{now: {object: {kind: Pod, metadata: {name: web}, status: {phase: Running}}}}';

const ways: readonly [name: string, text: string, place: string, message: RegExp][] = [
  ['an unknown field', broken('minutes: 5', 'minutes: 5\nhours: 1'), 'hours: 1', /no field hours/],
  ['an unknown panel', broken('[pipeline, store, containers]', '[pipeline, magic]'), 'magic', /panels\[1\] is magic/],
  [
    'an unknown kind',
    broken('kind: Pod, metadata: {name: web}, status', 'kind: Ship, metadata: {name: web}, status'),
    '  - id: create',
    /no kind Ship/,
  ],
  ['an unknown row of the checklist', broken('covers: [B8]', 'covers: [Z9]'), 'Z9', /Z9 is no row/],
  ['a hint too few', broken('      - Where to look, in thirty words.\n', ''), '- What to observe', /hints must be 3 long, and is 2/],
  [
    'a hint too long',
    broken('What to observe, in fifteen words.', 'word '.repeat(16).trim()),
    'word word',
    /hints\[0\] has 16 words; 15 are the limit/,
  ],
  ['a step too wordy', broken('At most sixty words, one thing to do.', 'word '.repeat(61).trim()), 'say: |', /words; 60 are the limit/],
  ['no check', broken(`check: ${CHECK}`, 'check: {perhaps: {object: {}}}'), '{perhaps', /must have one of before, always, all/],
  [
    'a lesson solved at its start',
    broken(CHECK, '{now: {object: {kind: Namespace, metadata: {name: default}}}}'),
    '  - id: create',
    /solved before the learner does anything/,
  ],
  [
    'a solution that does not solve',
    broken('solution:\n  - kubectl create -f web.yaml', 'solution:\n  - kubectl get nodes'),
    '  - kubectl get nodes',
    /does not solve step create/,
  ],
  [
    'a mistake that never fires',
    broken('example: [kubectl create -f web.yaml, kubectl delete pod web]', 'example: [kubectl get pods]'),
    '  - when:',
    /does not fire/,
  ],
  [
    'a mistake that fires on the solution',
    broken('example: [kubectl create -f web.yaml, kubectl delete pod web]', 'example: [kubectl create -f web.yaml]').replace(
      /- when: .*/,
      `- when: ${CHECK}`,
    ),
    '  - when:',
    /fires on a way that solves/,
  ],
  [
    'a step that is done before it begins',
    broken(
      'mistakes:',
      `  - id: again
    say: Once more.
    do: kubectl get pods
    objectives: [{text: It still runs, check: ${CHECK}, look: kubectl get pods}]
    hints: [What, Where, How]
mistakes:`,
    ),
    '  - id: again',
    /done before it begins/,
  ],
  [
    'a step that comes true by itself',
    broken(CHECK, '{eventually: {request: {client: kubectl, verb: create, resource: pods, code: 201}}}').replace(
      'mistakes:',
      `  - id: mend
    say: It does not run. Mend it.
    do: kubectl describe pod web
    objectives: [{text: It runs, check: ${CHECK}, look: kubectl get pods}]
    hints: [What, Where, How]
mistakes:`,
    ),
    '  - id: mend',
    /comes true by itself/,
  ],
  [
    'a clause that does not matter',
    broken(CHECK, `{all: [${CHECK}, {now: {object: {kind: Namespace, metadata: {name: default}}}}]}`),
    '- text: The pod is Running',
    /clause 2 .* does not matter/,
  ],
  [
    'a variant that cannot be solved',
    broken('  nodes: 2\n', '  nodes: 2\n  vary: {image: [nginx, no-such-image-anywhere]}\n').replace(
      'image: nginx:1.27',
      'image: "{{image}}"',
    ),
    '  - kubectl create -f web.yaml',
    /does not solve step create/,
  ],
];

describe('lessons check', () => {
  it('accepts the template', () => {
    expect(faultsOf(lessonTemplate)).toEqual([]);
  });

  it.each(ways)('refuses %s', (_name, text, place, message) => {
    const faults = faultsOf(text);
    expect(faults.join('\n')).toMatch(message);
    expect(faults.find(f => message.test(f))).toMatch(new RegExp(`^${lineOf(text, place)}: `));
  });
});
