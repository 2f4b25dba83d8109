/** The course map as text, for pipes. */
import {CHAPTERS, chapterOf, nextLesson} from '../course/course.ts';
import type {Progress} from '../course/progress.ts';
import type {LessonHead} from '../course/types.ts';

/** Chapters and lessons with what is done of them, and how to go on. */
export function mapText(lessons: readonly LessonHead[], progress: Progress): string {
  const width = Math.max(...lessons.map(l => l.title.length));
  const lines = ['podyssey: cause the birth of a pod and watch every part do its true work', ''];
  for (const chapter of [...new Set(lessons.map(chapterOf))]) {
    lines.push(`${chapter} ${CHAPTERS[chapter] ?? ''}`);
    for (const lesson of lessons.filter(l => chapterOf(l) === chapter)) {
      const done = progress.lessons[lesson.id];
      const stars = (done?.solved ? '*'.repeat(done.stars.length) : done?.tested ? 'test' : '').padEnd(4);
      lines.push(`  ${lesson.number.padEnd(4)} ${stars} ${lesson.title.padEnd(width)}  ${lesson.about}`);
    }
  }
  const next = nextLesson(lessons, progress);
  lines.push(
    '',
    next ? `Go on in a terminal with: podyssey play ${next.number}` : 'All lessons are solved.',
    'Or try: podyssey run -f FILE, podyssey sandbox, podyssey --help',
    '',
  );
  return lines.join('\n');
}
