/** Orders the queue. upstream: pkg/scheduler/framework/plugins/queuesort/priority_sort.go */
import type {Plugin} from '../framework/types.ts';

export const prioritySort = (): Plugin => ({
  name: 'PrioritySort',
  less: (a, b) => a.priority > b.priority || (a.priority === b.priority && a.timestamp < b.timestamp),
});
