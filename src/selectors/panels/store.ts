import type {StoreFacts, StoreKey} from '../facts/store.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {pad} from '../text.ts';
import {heading, leftOutRows, nothing, table, trendText} from './parts.ts';
import type {Panel} from './types.ts';

const changes = {
  new: {mark: '+', token: 'new'},
  changed: {mark: '∆', token: 'changed'},
  gone: {mark: '✗', token: 'gone'},
} as const;

export const storePanel: Panel = {
  id: 'store',
  title: 'Store',
  about: 'the keys in etcd with their revisions and writers, last written first; who watches, and how far behind',
  note: ({store, trends}) => `${trendText(trends.revisions)}/s  revision ${store.revision}`,
  rows(facts, {width}): readonly PanelRow[] {
    const {store} = facts;
    if (store.keys.length === 0) return nothing('etcd is empty. Every write makes one revision.', width);
    // Heartbeats would push out all else: they come last.
    const isLease = (key: StoreKey): boolean => key.key.startsWith('/registry/leases/');
    const ordered = [...store.keys.filter(key => !isLease(key)), ...store.keys.filter(isLease)];
    return [...keys(ordered, width), ...members(store), ...watchers(store, width)];
  },
};

function keys(keysWritten: readonly StoreKey[], width: number): PanelRow[] {
  return table<StoreKey>(
    keysWritten,
    [
      {
        title: ' ',
        text: key => (key.change ? changes[key.change].mark : ' '),
        token: key => (key.change ? changes[key.change].token : 'text'),
      },
      {title: 'REV', align: 'right', text: key => String(key.modRevision), token: 'number'},
      {title: 'V', align: 'right', text: key => String(key.version), token: 'dim'},
      {title: 'KEY', text: key => key.key.replace(/^\/registry\//, ''), token: key => (key.change === 'gone' ? 'gone' : 'name')},
      {
        title: 'WRITTEN BY',
        atMost: Math.max(14, Math.floor(width / 4)),
        text: key => (key.writer === '' ? '(set-up)' : key.writer.replace(/^system:(serviceaccount:kube-system:)?/, '')),
        token: 'dim',
      },
    ],
    width,
    3,
    key => ({...(key.ref && {ref: key.ref}), ...(key.step !== undefined && {cause: {kind: 'step', step: key.step}})}),
  );
}

function members({members: all, quorum, raftTerm}: StoreFacts): PanelRow[] {
  if (all.length === 0) return [];
  const up = all.filter(member => member.up).length;
  return [
    heading('Members', `${up} of ${all.length} up, quorum is ${quorum}${up < quorum ? ': nothing can be written' : ''}, term ${raftTerm}`),
    ...all.map(({name, up: alive, leader}) => ({
      row: row('   ', as('value', name), as(alive ? 'ok' : 'error', alive ? '  ✓ up' : '  ✗ down'), leader && dim('  leader')),
    })),
  ];
}

function watchers({watchers: all, behind, allBehind, revision}: StoreFacts, width: number): PanelRow[] {
  const name = (watcher: StoreFacts['behind'][number]): string =>
    watcher.instance === '' ? watcher.component : `${watcher.component}@${watcher.instance}`;
  const widest = Math.min(32, Math.max(0, ...behind.map(watcher => name(watcher).length)));
  return [
    heading('Watchers', `${all - allBehind} of ${all} up to date`),
    ...behind.map(watcher => ({
      row: row(
        as('value', pad(name(watcher), widest)),
        dim(`  ${pad(watcher.resource, Math.max(4, Math.min(24, width - widest - 24)))}`),
        as(
          watcher.stalled ? 'error' : 'warn',
          ` at ${watcher.revision}, ${watcher.stalled ? '✗ cut off' : `${revision - watcher.revision} behind`}`,
        ),
      ),
    })),
    ...leftOutRows({count: allBehind - behind.length, what: 'watchers', command: ''}),
  ];
}
