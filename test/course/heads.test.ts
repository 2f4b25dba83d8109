import {describe, expect, it} from 'vitest';
import {openCourse, readLessons} from '../../src/cli/course.ts';
import {parseHead} from '../../src/course/schema.ts';
import {builtHeads, lessonFiles} from '../../src/platform/package-folder.ts';

describe('the heads of lesson files', () => {
  it('are what the whole files say', () => {
    const whole = new Map(readLessons().map(({file, lesson}) => [file, lesson]));
    for (const {file, text} of lessonFiles()) expect(whole.get(file)).toMatchObject(parseHead(text, file)!);
  });

  it('are read of every lesson of the package', () => {
    expect(openCourse().lessons).toHaveLength(lessonFiles().length);
  });

  it('are not guessed: a file that says something else before its world is read as a whole', () => {
    const [first] = lessonFiles();
    expect(parseHead(first!.text.replace(/^title:.*$/m, ''), 'x.yaml')).toBeUndefined();
    expect(parseHead(first!.text.replace(/^title:.*$/m, 'title: ['), 'x.yaml')).toBeUndefined();
    expect(parseHead('panels: []\n', 'x.yaml')).toBeUndefined();
  });
});

describe('the heads that the build leaves', () => {
  it('are those of the files', () => {
    const built = builtHeads();
    for (const {file, text} of lessonFiles()) if (built.has(file)) expect(built.get(file)).toEqual(parseHead(text, file));
  });
});
