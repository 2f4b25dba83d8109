/** All subcommands of `kubectl create`. */
import type {Command} from '../../command.ts';
import {configmap, dockerSecret, genericSecret, tlsSecret} from './config.ts';
import {generatorCommand} from './generator.ts';
import {ingress, services} from './network.ts';
import {namespace, poddisruptionbudget, priorityclass, quota, serviceaccount} from './policy.ts';
import {clusterrole, clusterrolebinding, role, rolebinding} from './rbac.ts';
import {token} from './token.ts';
import {cronjob, deployment, job} from './workloads.ts';

const secret: Command = {
  name: 'secret',
  use: 'create secret (docker-registry | generic | tls)',
  short: 'Create a secret using a specified subcommand',
  subcommands: [dockerSecret, genericSecret, tlsSecret].map(generatorCommand),
};

const service: Command = {
  name: 'service',
  aliases: ['svc'],
  use: 'create service',
  short: 'Create a service using a specified subcommand',
  subcommands: services.map(generatorCommand),
};

export const generators: readonly Command[] = [
  ...[clusterrole, clusterrolebinding, configmap, cronjob, deployment, ingress, job, namespace, poddisruptionbudget, priorityclass].map(
    generatorCommand,
  ),
  ...[quota, role, rolebinding].map(generatorCommand),
  secret,
  service,
  ...[serviceaccount].map(generatorCommand),
  token,
];
