import type {RequestFacts, RequestHeadFacts, StageFacts, UnsentFacts} from '../facts/request.ts';
import {as, dim, type PanelRow, row, strong} from '../styled.ts';
import {fitRow, pad, wrapRow} from '../text.ts';
import {clockText} from '../time-text.ts';
import {manifestRows} from './manifest.ts';
import {heading, mark, nothing} from './parts.ts';
import type {Panel, Size} from './types.ts';

export const requestPanel: Panel = {
  id: 'request',
  title: 'Request',
  about:
    'who asked the API server for what, the verdict of each gate, what mutation changed, and the answer, with the lines of the manifest at fault',
  note: facts =>
    facts.unsent
      ? 'not sent'
      : !facts.request
        ? ''
        : facts.request.code === 0
          ? 'on its way'
          : `${facts.request.code} ${facts.request.reason}`.trim(),
  rows(facts, {width, height}): readonly PanelRow[] {
    const {request, requests, unsent} = facts;
    if (unsent) return [...unsentRows(unsent, width), ...others(requests, undefined)];
    if (!request) return nothing('No request yet. Each kubectl command becomes one or more.', width);
    return [...envelope(request, width), ...stages(request, width), ...answer(request, {width, height}), ...others(requests, request)];
  },
};

const HOW_FAR = {
  kubectl: 'kubectl gave up before it asked a server',
  nobody: 'nobody answered at the address that kubectl called',
  stranger: 'kubectl does not trust who answered',
} satisfies Record<UnsentFacts['reached'], string>;

function unsentRows({line, why, reached}: UnsentFacts, width: number): PanelRow[] {
  const rows = [row(strong(line)), row(as('error', `✗ ${HOW_FAR[reached]}`)), [as('error', why)]];
  return rows.flatMap(each => wrapRow(each, width, 2)).map(each => ({row: each}));
}

function envelope(request: RequestFacts, width: number): PanelRow[] {
  const ref = {kind: 'step', step: request.step} as const;
  return [
    ...wrapRow(row(strong(`${request.method} `), as('name', request.path)), width, 2).map(line => ({row: line, ref})),
    ...wrapRow(row(dim('as '), as('value', request.user), dim(`  groups ${request.groups.join(', ')}`)), width, 3).map(line => ({
      row: line,
      ref,
    })),
  ];
}

function stages(request: RequestFacts, width: number): PanelRow[] {
  const widest = Math.max(...request.stages.map(stage => stage.stage.length), 8);
  return request.stages.flatMap(stage => [
    ...stageRows(stage, request, width, widest),
    ...stage.changes.map(change => ({
      row: row(' '.repeat(widest + 4), as(change.startsWith('+') ? 'new' : change.startsWith('-') ? 'gone' : 'changed', change)),
    })),
  ]);
}

/** What is told at the lines of the manifest is not told here too. */
function stageRows({stage, verdict, detail}: StageFacts, {faults}: RequestFacts, width: number, widest: number): PanelRow[] {
  const line = row(mark(verdict), ` ${pad(stage, widest)}  `, as(verdict === 'denied' ? 'error' : 'dim', detail));
  const lines = verdict === 'denied' && faults ? [fitRow(line, width)] : wrapRow(line, width, widest + 4);
  return lines.map(each => ({row: each}));
}

function answer(request: RequestFacts, {width, height}: Size): PanelRow[] {
  if (request.code === 0) return [{row: row(as('accent', '◉ on its way')), here: true}];
  const fine = request.code < 400;
  const revision = request.revision === undefined ? '' : `  revision ${request.revision}`;
  const rows: PanelRow[] = [
    {
      row: row(
        as(fine ? 'ok' : 'error', `${fine ? '✓' : '✗'} ${request.code} ${request.reason}`),
        dim(revision),
        dim(`  at ${clockText(request.atMs)}`),
      ),
    },
    ...(request.faults ? manifestRows(request.faults, width, height) : []),
    ...(request.message === '' ? [] : wrapRow([as(fine ? 'text' : 'error', request.message)], width).map(line => ({row: line}))),
  ];
  // What is kept in sight stands in the middle: with faults, that one that leaves the answer on top and as many of them as fit below.
  const here = request.faults ? Math.min(Math.floor(height / 2), rows.length - 1) : 0;
  return rows.map((each, index) => (index === here ? {...each, here: true} : each));
}

function others(requests: readonly RequestHeadFacts[], shown: RequestFacts | undefined): PanelRow[] {
  const rest = requests.filter(request => request.id !== shown?.id);
  if (rest.length === 0) return [];
  return [
    heading('Others', 'newest first'),
    ...rest.map(request => ({
      row: row(
        as(request.code < 400 ? 'ok' : 'error', `${request.code} `),
        dim(`${pad(clockText(request.atMs), 9, 'right')}  `),
        pad(request.verb, 7),
        as('name', `${request.path}  `),
        dim(request.user),
      ),
      ref: {kind: 'step', step: request.step} as const,
    })),
  ];
}
