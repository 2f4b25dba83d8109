import {as, dim, type PanelRow, row} from '../styled.ts';
import {pad} from '../text.ts';
import {clockText} from '../time-text.ts';
import {mark, nothing, verdicts} from './parts.ts';
import type {Panel} from './types.ts';

export const pipelinePanel: Panel = {
  id: 'pipeline',
  title: 'Pipeline',
  about: 'every stage from your command to a running container, with when it was reached and what came of it',
  note: facts => facts.pipeline.subject,
  rows(facts, {width}): readonly PanelRow[] {
    const {stages, subject} = facts.pipeline;
    if (subject === '') return nothing('No request yet. Type a command below: it will walk through here.', width);
    const at = stages.findLastIndex(stage => stage.verdict !== 'idle' && stage.verdict !== 'skipped');
    return stages.map((stage, index) => ({
      here: index === at,
      row: row(
        mark(stage.verdict),
        as(stage.verdict === 'idle' ? 'ghost' : stage.verdict === 'active' ? 'active' : 'text', ` ${pad(stage.label, 12)}`),
        dim(pad(stage.atMs === undefined ? '' : clockText(stage.atMs), 9, 'right')),
        as(
          stage.verdict === 'denied' ? 'error' : 'text',
          `  ${stage.detail === '' && stage.verdict !== 'ok' ? verdicts[stage.verdict].word : stage.detail}`,
        ),
      ),
    }));
  },
};
