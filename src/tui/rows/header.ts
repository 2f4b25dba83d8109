import {as, dim, type Row, row} from '../../selectors/styled.ts';
import {fitRow, rowWidth} from '../../selectors/text.ts';
import type {View} from '../view.ts';

/** The first line: where one is, and where commands go. */
export function headerRow(view: View, width: number): Row {
  const {lesson, place, time, context, namespace, facts} = view;
  const where = place === 'map' ? 'course map' : lesson ? `${lesson.number} ${lesson.title}` : 'free play';
  const left = row(
    as('focus', ' podyssey '),
    as('border', '│ '),
    as('strong', where),
    place !== 'map' && lesson?.solved && as('ok', '  ✓ solved'),
  );
  const branch = time.branch !== '' && time.branch !== 'main' && as('past', `branch ${time.branch}  `);
  const revision = row(dim('revision '), as('number', `${facts.revision} `));
  const full = row(branch, dim('to '), as('value', context), dim(' namespace '), as('value', namespace), '  ', revision);
  const wanted = place === 'map' ? [row(dim('Kubernetes v1.36, simulated '))] : [full, row(branch, revision)];
  const right = wanted.find(each => rowWidth(left) + rowWidth(each) < width) ?? [];
  const gap = width - rowWidth(left) - rowWidth(right);
  return gap >= 1 ? row(left, ' '.repeat(gap), right) : fitRow(left, width);
}
