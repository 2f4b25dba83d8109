/** What `podyssey class new` writes: a whole class to change. The lessons are the 90-minute path of the guide for teachers. */
export const classTemplate = (
  name: string,
  seed: number,
  lessons: readonly {number: string; title: string; minutes: number}[],
): string => `apiVersion: podyssey.dev/v1
kind: Class
name: ${JSON.stringify(name)}
# Numbers or ids of lessons (podyssey lessons list), or lesson files beside this one.
lessons:
${lessons.map(l => `  - '${l.number}' # ${l.title}, ${l.minutes} min`).join('\n')}
# When the work is due, with its zone; what is written later is graded and flagged.
# deadline: 2027-01-31T18:00:00Z
# student: each has names and faults of their own, drawn from class and student; same: all have the first.
variants: student
# Another number draws other variants for the same students.
seed: ${seed}
# Hints shown a step, 0 to 3.
hints: 3
# When the solution may be played: never, deadline (after it) or always. It earns no points.
solutions: deadline
# A folder that everybody can write to (a shared drive, a git checkout), for podyssey class watch.
# share: room
`;

/** The 90-minute path, as far as its lessons are there. */
export const NINETY_MINUTES = ['1.1', '1.3', '2.1', '3.2', '4.3', '6.4', '7.1', '7.5', '8.4', '10.3'];
