/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/autoscale */
import {apiVersionOf} from '../../engine/api/group-version.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, mustLookUp} from '../builder.ts';
import type {Command} from '../command.ts';
import {stderr} from '../effects.ts';
import {Failure} from '../failure.ts';
import {DRY_RUN_FLAG, OUTPUT_FLAGS} from '../output.ts';
import {createObject} from './create-object.ts';
import {FIELD_MANAGER_FLAG, SAVE_CONFIG_FLAG} from './write-flags.ts';

interface Metric {
  type: 'Resource';
  resource: {name: string; target: {type: string; averageUtilization?: number; averageValue?: string}};
}

/** `70%` is a share of the request, anything else a quantity. */
const metricOf = (name: string, text: string): Metric =>
  text.endsWith('%') || /^\d+$/.test(text)
    ? {type: 'Resource', resource: {name, target: {type: 'Utilization', averageUtilization: Number(text.replace('%', ''))}}}
    : {type: 'Resource', resource: {name, target: {type: 'AverageValue', averageValue: text}}};

const CPU_PERCENT_DEPRECATED =
  "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n";

export const autoscale: Command = {
  name: 'autoscale',
  use: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY] [flags]',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  flags: {
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...SAVE_CONFIG_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-autoscale'),
    cpu: {
      type: 'string',
      usage:
        'Target CPU utilization over all the pods. When specified as a percentage (e.g. "70%" for 70% of requested CPU) it will target average utilization. When specified as quantity (e.g. "500m" for 500 milliCPU) it will target average value.',
    },
    'cpu-percent': {
      type: 'int',
      value: '-1',
      usage: 'The target average CPU utilization (represented as a percent of requested CPU) over all the pods.',
      hidden: true,
    },
    max: {
      type: 'int',
      value: '-1',
      usage: 'The upper limit for the number of pods that can be set by the autoscaler. Required.',
      required: true,
    },
    memory: {
      type: 'string',
      usage:
        'Target memory utilization over all the pods. When specified as a percentage (e.g. "60%" for 60% of requested memory) it will target average utilization. When specified as quantity (e.g. "200Mi" for 200 MiB, "1Gi" for 1 GiB) it will target average value.',
    },
    min: {
      type: 'int',
      value: '-1',
      usage:
        "The lower limit for the number of pods that can be set by the autoscaler. If it's not specified or negative, the server will apply a default value.",
    },
    name: {type: 'string', usage: 'The name for the newly created object. If not specified, the name of the input resource will be used.'},
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    if (flags.changed('cpu-percent')) yield* stderr(CPU_PERCENT_DEPRECATED);
    const [min, max] = [flags.int('min'), flags.int('max')];
    if (max < 1) throw new Failure(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min) throw new Failure(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
    const cpu = flags.string('cpu') || (flags.int('cpu-percent') >= 0 ? `${flags.int('cpu-percent')}%` : '');
    const metrics = [
      ...(cpu ? [metricOf('cpu', cpu)] : []),
      ...(flags.string('memory') ? [metricOf('memory', flags.string('memory'))] : []),
    ];
    for (const info of yield* mustLookUp(context, args)) {
      const {kind, version, name} = info;
      if (!kind.subresources.some(s => s.name === 'scale'))
        throw new Failure(
          `cannot autoscale a ${kind.kind}: could not find scale subresource for ${kind.group}/${version}, Resource=${kind.resource} in discovery information`,
        );
      const object: KubeObject = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: {name: flags.string('name') || name, namespace: info.namespace},
        spec: {
          maxReplicas: max,
          ...(metrics.length > 0 && {metrics}),
          ...(min > 0 && {minReplicas: min}),
          scaleTargetRef: {apiVersion: apiVersionOf({group: kind.group, version}), kind: kind.kind, name},
        },
      };
      yield* createObject(context, 'horizontalpodautoscalers', object, 'autoscaled', flags.string('field-manager'));
    }
  },
};
