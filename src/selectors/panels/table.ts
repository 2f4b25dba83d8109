/** All panels, in the order of their numbers: 1 to 9, then 0. */
import {containersPanel} from './containers.ts';
import {controllersPanel} from './controllers.ts';
import {eventsPanel} from './events.ts';
import {kubeletPanel} from './kubelet.ts';
import {networkPanel} from './network.ts';
import {pipelinePanel} from './pipeline.ts';
import {requestPanel} from './request.ts';
import {schedulerPanel} from './scheduler.ts';
import {storePanel} from './store.ts';
import type {Panel} from './types.ts';
import {whyPanel} from './why.ts';

export const panels = [
  pipelinePanel,
  requestPanel,
  storePanel,
  controllersPanel,
  schedulerPanel,
  kubeletPanel,
  containersPanel,
  networkPanel,
  eventsPanel,
  whyPanel,
] as const satisfies readonly Panel[];

/** The panel of an id, or undefined. */
export function panelOf(id: string): Panel | undefined {
  return panels.find(panel => panel.id === id);
}

/** The key that goes to a panel: its place in the table, the tenth on 0. */
export function numberOf(id: string): string {
  const index = panels.findIndex(panel => panel.id === id);
  return index < 0 ? '' : String((index + 1) % 10);
}
