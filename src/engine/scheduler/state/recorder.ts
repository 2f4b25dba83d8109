/**
 * Events of the newer kind, that say what was being done (`action`) and by which instance. An event that comes again within a few minutes becomes a series:
 * the second one is written, later ones are only counted until the series ends or half an hour has passed.
 * upstream: staging/src/k8s.io/client-go/tools/events/{event_recorder,event_broadcaster}.go
 */
import {EPOCH, microTimeText} from '../../api/clock.ts';
import {ApiError, type KubeObject} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';

const FINISH_MS = 6 * 60 * 1000;
const REFRESH_MS = 30 * 60 * 1000;
/** Where the scheduler runs, as its reporting instance tells. */
const HOST = 'control-plane';

export const SERIES = 'event-series';

/** `event-series` by what makes events the same. */
interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly count: number;
  /** What the API server was told; 1: no series yet. */
  readonly written: number;
  /** Virtual ms. */
  readonly observedAt: number;
  readonly writtenAt: number;
}

export interface SchedulerEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly message: string;
  readonly related?: KubeObject;
}

const reference = ({apiVersion, kind, metadata: {namespace, name, uid, resourceVersion}}: KubeObject) => ({
  apiVersion,
  kind,
  namespace,
  name,
  uid,
  resourceVersion,
});

/** A refused event is given up, as upstream gives it up. False then. */
function send(request: () => unknown): boolean {
  try {
    request();
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return false;
  }
}

function write(ctx: ComponentContext, id: string, series: Series): void {
  const {namespace, name, count, observedAt} = series;
  const patch = {series: {count, lastObservedTime: microTimeText(observedAt)}};
  send(() => ctx.client.patch('events', namespace, name, 'strategic', patch));
  ctx.memory.put<Series>(SERIES, id, {...series, written: count, writtenAt: ctx.now});
}

/** Records an event about an object; `controller` is the profile it comes from. */
export function recordEvent(ctx: ComponentContext, controller: string, object: KubeObject, event: SchedulerEvent): void {
  const {type, reason, action, message, related} = event;
  const regarding = reference(object);
  const id = [controller, type, reason, action, ...Object.values(regarding), related?.metadata.uid ?? ''].join('\n');
  const known = ctx.memory.get<Series>(SERIES, id);
  if (known && ctx.now - known.observedAt < FINISH_MS) {
    const series = {...known, count: known.count + 1, observedAt: ctx.now};
    if (known.written === 1 || ctx.now - known.writtenAt >= REFRESH_MS) write(ctx, id, series);
    else ctx.memory.put<Series>(SERIES, id, series);
    return;
  }
  const namespace = object.metadata.namespace || 'default';
  const nanoseconds = BigInt(EPOCH + ctx.now) * 1_000_000n + BigInt(ctx.tx.step % 1_000_000);
  const name = `${object.metadata.name}.${nanoseconds.toString(16)}`;
  const sent = send(() =>
    ctx.client.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {name, namespace},
      involvedObject: regarding,
      reason,
      message,
      type,
      action,
      eventTime: ctx.microTime(),
      reportingComponent: controller,
      reportingInstance: `${controller}-${HOST}`,
      ...(related && {related: reference(related)}),
    }),
  );
  // A pod is placed once: that event cannot come again.
  if (sent && type === 'Warning') {
    ctx.memory.put<Series>(SERIES, id, {namespace, name, count: 1, written: 1, observedAt: ctx.now, writtenAt: ctx.now});
  }
}

/** Ends the series that nothing was added to for a while: writes their last count and forgets them. */
export function finishSeries(ctx: ComponentContext): void {
  for (const [id, series] of ctx.memory.list<Series>(SERIES)) {
    if (ctx.now - series.observedAt < FINISH_MS) continue;
    if (series.count > series.written) write(ctx, id, series);
    ctx.memory.delete(SERIES, id);
  }
}
