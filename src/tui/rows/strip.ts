import type {PipelineFacts, PipelineStage} from '../../selectors/facts/request.ts';
import {mark} from '../../selectors/panels/parts.ts';
import {as, dim, type Row, row, type Segment, type Token} from '../../selectors/styled.ts';
import {fitRow, pad, rowWidth, widthOf} from '../../selectors/text.ts';
import {clockText} from '../../selectors/time-text.ts';

/** Labels for a strip that is too narrow for the full ones. */
const short: Readonly<Record<string, string>> = {
  validate: 'valid',
  controllers: 'control',
  scheduler: 'sched',
  containers: 'contain',
};

const tokens = {ok: 'ok', denied: 'error', waiting: 'warn', active: 'active', skipped: 'dim', idle: 'ghost'} as const satisfies Record<
  PipelineStage['verdict'],
  Token
>;

/** The stage at which the token stands: the one at work, else the last one reached. */
function tokenOf(stages: readonly PipelineStage[]): number {
  const active = stages.findIndex(stage => stage.verdict === 'active' || stage.verdict === 'denied');
  return active >= 0 ? active : stages.findLastIndex(stage => stage.verdict !== 'idle');
}

/** A stage's mark on the rail; the one of a skipped stage would not stand out there. */
const beadOf = ({verdict}: PipelineStage): Segment => (verdict === 'skipped' ? dim('~') : mark(verdict));

/** The pipeline strip in one row or three: marks along a rail, labels above it where there is room, and a sentence. */
export function stripRows(pipeline: PipelineFacts, width: number, height: number): Row[] {
  return height >= 3 ? tall(pipeline, width) : [low(pipeline, width)];
}

function tall({stages, story, subject}: PipelineFacts, width: number): Row[] {
  const full = stages.reduce((sum, stage) => sum + widthOf(stage.label), 0) + 3 * stages.length <= width;
  const labels = stages.map(stage => (full ? stage.label : (short[stage.label] ?? stage.label)));
  const free = width - 2 - labels.reduce((sum, label) => sum + widthOf(label), 0);
  const gaps = Math.max(1, stages.length - 1);
  const gapAfter = (index: number): number => Math.max(1, Math.floor(((index + 1) * free) / gaps) - Math.floor((index * free) / gaps));
  const at = tokenOf(stages);
  const names: (string | Segment)[] = [' '];
  const rail: (string | Segment)[] = [' '];
  stages.forEach((stage, index) => {
    const last = index === stages.length - 1;
    const label = labels[index]!;
    const left = Math.floor((widthOf(label) - 1) / 2);
    const passed = index < at ? 'bar' : 'ghost';
    names.push(as(index === at ? 'active' : tokens[stage.verdict], label), last ? '' : ' '.repeat(gapAfter(index)));
    const before = as(index <= at && index > 0 ? 'bar' : 'ghost', (index === 0 ? ' ' : '─').repeat(left));
    const after = as(passed, (last ? ' ' : '─').repeat(widthOf(label) - left - 1 + (last ? 0 : gapAfter(index))));
    rail.push(before, beadOf(stage), after);
  });
  const sentence = story === '' ? dim('Every command you type below walks through these stages. Watch it here.') : as('text', story);
  return [row(...names), row(...rail), row(' ', subject !== '' && as('name', `${subject}  `), sentence)].map(line => fitRow(line, width));
}

function low({stages, story}: PipelineFacts, width: number): Row {
  const at = tokenOf(stages);
  const marks = row(
    ' ',
    ...stages.flatMap((stage, index) => [beadOf(stage), index < stages.length - 1 && as(index < at ? 'bar' : 'ghost', '─')]),
  );
  const stage = stages[at];
  const now = stage
    ? row('  ', as('active', ` ${stage.label} `), stage.atMs !== undefined && dim(` ${clockText(stage.atMs)} `))
    : row('  ');
  const room = width - rowWidth(marks) - rowWidth(now) - 1;
  return fitRow(
    row(marks, now, ' ', dim(pad(story === '' ? 'your commands walk through here' : stage?.detail || story, Math.max(0, room)))),
    width,
  );
}
