import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {brierScore, type Refused} from '../../../../src/course/grading.ts';
import {readSubmission, within} from '../../../../src/platform/submissions.ts';
import {gradeAll, type HandedIn} from '../../../../src/session/lesson/grading/grade.ts';
import {CLASS, writePile} from './pile.ts';
import {ENGINE, handedInLesson, handIn, lessonSource} from './student.ts';

const folder = mkdtempSync(join(tmpdir(), 'podyssey-grade-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

describe('sixty submissions', () => {
  const pile = writePile(folder);
  const handedIn: HandedIn[] = [];
  const refused: Refused[] = [];
  for (const file of readdirSync(folder)) {
    try {
      handedIn.push({file, submission: readSubmission(join(folder, file))});
    } catch (error) {
      refused.push({file, why: (error as Error).message});
    }
  }
  const lessons = [lessonSource('discovery')];
  const book = gradeAll(handedIn, refused, {class: CLASS, lessons, engine: ENGINE, within});

  it('are sixty', () => expect(readdirSync(folder)).toHaveLength(60));

  it('get exactly their points and flags', () => {
    const found = book.submissions.map(({student, points, lessons: [lesson], flags}) => ({
      student,
      points,
      solved: lesson!.solved,
      hints: lesson!.hints,
      mistakes: lesson!.mistakes.length,
      flags: flags.map(f => f.kind),
    }));
    const byName = (a: {student: string}, b: {student: string}): number => (a.student < b.student ? -1 : 1);
    expect(found).toEqual([...pile.graded].sort(byName));
  });

  it('that are damaged are named, with the reason', () => {
    expect(book.refused.map(r => r.file)).toEqual(Object.keys(pile.refused).sort());
    for (const {file, why} of book.refused) expect(why).toMatch(pile.refused[file]!);
  });

  it('are graded alike in any order, and again', () => {
    const again = gradeAll([...handedIn].reverse(), [...refused].reverse(), {class: CLASS, lessons, engine: ENGINE});
    expect(JSON.stringify(again)).toBe(JSON.stringify(book));
  });

  it('have evidence for every point: the command and the revision', () => {
    const [right] = book.submissions.filter(s => s.student === 'right-00');
    const evidence = right!.lessons[0]!.steps.flatMap(s => s.objectives.map(o => [o.text, o.evidence?.command]));
    const app = right!.lessons[0]!.variant['app'];
    expect(evidence).toEqual([
      ['You have tried the old version', `kubectl create -f ${app}.yaml`],
      ['You have asked the server, or its schema', 'kubectl api-resources --api-group=apps'],
      ['Its pod runs', `kubectl create -f ${app}.yaml`],
      ['No pod was made by hand', undefined],
      ['No handler answers for a version that is not served', 'kubectl get --raw /apis/apps/v2'],
      ['You have seen where the schema is', 'kubectl get --raw /openapi/v3'],
    ]);
    const revisions = right!.lessons[0]!.steps.flatMap(s => s.objectives.flatMap(o => (o.evidence ? [o.evidence.revision] : [])));
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });
});

describe('a submission', () => {
  const source = lessonSource('discovery');
  const sound = handIn(CLASS, 'ada', [
    handedInLesson(CLASS, source, 'ada', () => ['kubectl get pods', 'kubectl get nodes', 'kubectl get ns'], {wait: 500}),
  ]);
  const gradeOne = (submission: typeof sound, options = {}) =>
    gradeAll([{file: 'ada.pody', submission}], [], {class: CLASS, lessons: [source], engine: ENGINE, ...options}).submissions[0]!;

  it('of another lesson file, engine or class is graded and flagged', () => {
    const kinds = (submission: typeof sound, options = {}) => gradeOne(submission, options).flags.map(f => f.kind);
    expect(kinds(sound)).toEqual([]);
    expect(kinds(sound, {engine: '9.9.9'})).toEqual(['engine']);
    expect(kinds(sound, {class: {...CLASS, deadline: '2026-01-01T00:00:00Z'}})).toEqual(['late']);
    expect(kinds(sound, {class: {...CLASS, hints: 0}})).toEqual(['class']);
    expect(kinds(handIn({...CLASS, name: 'other'}, 'ada', sound.lessons))).toEqual(['class']);
    expect(
      kinds(
        handIn(
          CLASS,
          'ada',
          sound.lessons.map(l => ({...l, hash: 'f'.repeat(64)})),
        ),
      ),
    ).toEqual(['lesson']);
  });

  it('counts claims among what was foreseen, by the first word on each and how sure it was', () => {
    const myths = lessonSource('myth-hunt');
    const judging = handedInLesson(CLASS, myths, 'ada', () => ['claim 1 true 60', 'claim 2 true', 'claim 1 never 99'], {wait: 3000});
    const graded = gradeAll([{file: 'ada.pody', submission: handIn(CLASS, 'ada', [judging])}], [], {
      class: CLASS,
      lessons: [myths],
      engine: ENGINE,
    }).submissions[0]!.lessons[0]!;
    expect(graded.claims.map(({number, said, sure, right, score}) => ({number, said, sure, right, score}))).toEqual([
      {number: 1, said: 'true', sure: 60, right: false, score: brierScore(3, 0, 1, 60)},
      {number: 2, said: 'true', sure: 100, right: true, score: 0},
    ]);
    expect(graded.brier).toBe(brierScore(3, 0, 1, 60) / 2);
  });

  it('that was forged at its end does not replay', () => {
    const forged = sound.lessons.map(l => ({...l, recording: {...l.recording, end: {...l.recording.end!, hash: '0'.repeat(16)}}}));
    expect(gradeOne(handIn(CLASS, 'ada', forged)).flags.map(f => f.text)).toEqual([
      'does not replay: the state of the cluster at its end is another one',
    ]);
  });

  it('is never waited for without end', () => {
    const forever = (): never => {
      for (;;);
    };
    expect(() => within(forever, 50)).toThrow('it does not end');
    const endless = () => within(() => /^(a+)+$/.test(`${'a'.repeat(40)}b`), 50);
    expect(endless).toThrow('it does not end');
  });
});

describe("Brier's score", () => {
  it('is nothing for who is sure and right, one for who is sure and wrong', () => {
    expect(brierScore(3, 1, 1, 100)).toBe(0);
    expect(brierScore(3, 1, 2, 100)).toBe(1);
    expect(brierScore(2, 0, 0, 50)).toBe(0.25);
    expect(brierScore(2, 0, 1, 70)).toBe(0.49);
  });
});
