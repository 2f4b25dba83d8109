/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_deployment.go, create_job.go, create_cronjob.go */
import type {KubeObject} from '../../../engine/api/types.ts';
import {Failure} from '../../failure.ts';
import type {Generator} from './generator.ts';

const IMAGE = {type: 'string', usage: 'Image name to run.', required: true} as const;

/** A container's name from its image: the last part of its path, without tag and digest, in the letters that names may have. */
function containerName(image: string): string {
  const last = image.split('/').at(-1)!;
  const bare = last.split('@')[0]!.split(':')[0]!;
  return bare
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^-+|-+$/g, '');
}

const command = (args: readonly string[]): {command?: string[]} => (args.length > 0 ? {command: [...args]} : {});

export const deployment: Generator = {
  name: 'deployment',
  aliases: ['deploy'],
  use: 'deployment NAME --image=image -- [COMMAND] [args...]',
  short: 'Create a deployment with the specified name',
  flags: {
    image: {type: 'list', usage: 'Image names to run. A deployment can have multiple images set for multi-container pod.', required: true},
    port: {type: 'int', value: '-1', usage: 'The containerPort that this deployment exposes.'},
    replicas: {type: 'int', short: 'r', value: '1', usage: 'Number of replicas to create. Default is 1.'},
  },
  refusal: 'failed to create deployment:',
  build({flags, args}, name) {
    const images = flags.list('image');
    const extra = args.slice(1);
    if (images.length > 1 && extra.length > 0) throw new Failure('cannot specify multiple --image options and command');
    const replicas = flags.int('replicas');
    if (replicas < 0) throw new Failure(`replicas must be greater than or equal to 0, got ${replicas}`);
    const port = flags.int('port');
    const labels = {app: name};
    const containers = images.map(image => ({
      image,
      name: containerName(image),
      ...command(extra),
      ...(port > 0 && {ports: [{containerPort: port}]}),
      resources: {},
    }));
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name, labels},
      spec: {replicas, selector: {matchLabels: labels}, strategy: {}, template: {metadata: {labels}, spec: {containers}}},
      status: {},
    };
  },
};

export const job: Generator = {
  name: 'job',
  use: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job with the specified name',
  flags: {
    image: {type: 'string', usage: 'Image name to run.'},
    from: {type: 'string', usage: 'The name of the resource to create a Job from (only cronjob is supported).'},
  },
  refusal: 'failed to create job:',
  *build(context, name) {
    const {flags, args} = context;
    const [image, from] = [flags.string('image'), flags.string('from')];
    if ((image === '') === (from === '')) throw new Failure('either --image or --from must be specified');
    if (from && args.length > 1) throw new Failure('cannot specify --from and command');
    if (from) {
      const [word = '', source = ''] = from.split('/');
      const kind = yield* context.kind(word);
      if (kind.resource !== 'cronjobs') throw new Failure(`from must be an existing cronjob`);
      const cronJob = yield* context.client.get<
        KubeObject & {spec: {jobTemplate: {metadata?: {annotations?: object; labels?: object}; spec: object}}}
      >({
        kind,
        namespace: context.config.namespace,
        name: source,
      });
      const {metadata, spec} = cronJob.spec.jobTemplate;
      return {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name,
          annotations: {'cronjob.kubernetes.io/instantiate': 'manual', ...metadata?.annotations},
          ...(metadata?.labels && {labels: {...metadata.labels}}),
          ownerReferences: [
            {apiVersion: 'batch/v1', kind: 'CronJob', name: cronJob.metadata.name!, uid: cronJob.metadata.uid!, controller: true},
          ],
        },
        spec,
      };
    }
    const container = {name, image, ...command(args.slice(1)), resources: {}};
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {name},
      spec: {template: {metadata: {}, spec: {containers: [container], restartPolicy: 'Never'}}},
      status: {},
    };
  },
};

export const cronjob: Generator = {
  name: 'cronjob',
  aliases: ['cj'],
  use: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
  short: 'Create a cron job with the specified name',
  flags: {
    image: IMAGE,
    schedule: {type: 'string', usage: 'A schedule in the Cron format the job should be run with.', required: true},
    restart: {type: 'string', usage: "job's restart policy. supported values: OnFailure, Never"},
  },
  refusal: 'failed to create cronjob:',
  build({flags, args}, name) {
    const container = {name, image: flags.string('image'), ...command(args.slice(1)), resources: {}};
    return {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: {name},
      spec: {
        schedule: flags.string('schedule'),
        jobTemplate: {
          metadata: {name},
          spec: {template: {metadata: {}, spec: {containers: [container], restartPolicy: flags.string('restart') || 'OnFailure'}}},
        },
      },
      status: {},
    };
  },
};
