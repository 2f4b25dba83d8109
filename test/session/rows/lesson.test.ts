import {describe, expect, it} from 'vitest';
import {plainText} from '../../../src/selectors/styled.ts';
import {lessonRows} from '../../../src/session/rows/lesson.ts';
import type {LessonView} from '../../../src/session/types.ts';
import {fakeLesson} from '../../tui/fake-session.ts';

const text = (lesson: Partial<LessonView>, height?: number): string[] =>
  lessonRows({...fakeLesson, ...lesson}, 60, height).map(({row}) => plainText(row).trimEnd());

describe('the lesson as rows', () => {
  it('lists the steps done where there is room, and counts them where there is not', () => {
    expect(text({})[0]).toBe('✓ Look at the nodes');
    expect(text({}, 8)[0]).toBe('✓ 1 of 2 steps done');
  });

  it('says what went wrong below what is to be done, and first of all where it would not be seen', () => {
    const mistake = 'That was the wrong cluster.';
    expect(text({mistake}).indexOf('! That was the wrong cluster.')).toBeGreaterThan(5);
    expect(text({mistake}, 8)[0]).toBe('! That was the wrong cluster.');
    expect(text({mistake}, 8).filter(line => line.startsWith('!'))).toHaveLength(1);
  });

  it('is its last word once it is solved', () => {
    const steps = fakeLesson.steps.map(step => ({...step, state: 'done' as const}));
    const solved = text({solved: true, steps, current: 2, debrief: 'One keystroke, one revision.'});
    expect(solved.slice(0, 3)).toEqual(['✓ Solved', '', 'One keystroke, one revision.']);
    expect(solved.join('\n')).not.toContain('Look at the nodes');
  });
});
