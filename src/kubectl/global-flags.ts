import type {FlagTable} from './flags.ts';

/** Flags of every command. upstream: cli-runtime/pkg/genericclioptions ConfigFlags, component-base/logs */
export const GLOBAL_FLAGS = {
  as: {
    type: 'string',
    usage: 'Username to impersonate for the operation. User could be a regular user or a service account in a namespace.',
  },
  'as-group': {type: 'array', usage: 'Group to impersonate for the operation, this flag can be repeated to specify multiple groups.'},
  'as-uid': {type: 'string', usage: 'UID to impersonate for the operation.'},
  'as-user-extra': {
    type: 'array',
    usage: 'User extras to impersonate for the operation, this flag can be repeated to specify multiple values for the same key.',
  },
  'cache-dir': {type: 'string', value: '~/.kube/cache', usage: 'Default cache directory'},
  'certificate-authority': {type: 'string', usage: 'Path to a cert file for the certificate authority'},
  'client-certificate': {type: 'string', usage: 'Path to a client certificate file for TLS'},
  'client-key': {type: 'string', usage: 'Path to a client key file for TLS'},
  cluster: {type: 'string', usage: 'The name of the kubeconfig cluster to use'},
  context: {type: 'string', usage: 'The name of the kubeconfig context to use'},
  'disable-compression': {type: 'bool', value: 'false', usage: 'If true, opt-out of response compression for all requests to the server'},
  'insecure-skip-tls-verify': {
    type: 'bool',
    value: 'false',
    usage: "If true, the server's certificate will not be checked for validity. This will make your HTTPS connections insecure",
  },
  kubeconfig: {type: 'string', usage: 'Path to the kubeconfig file to use for CLI requests.'},
  kuberc: {
    type: 'string',
    usage:
      'Path to the kuberc file to use for preferences. This can be disabled by exporting KUBECTL_KUBERC=false feature gate or turning off the feature KUBERC=off.',
  },
  'log-flush-frequency': {type: 'duration', value: '5s', usage: 'Maximum number of seconds between log flushes'},
  'match-server-version': {type: 'bool', value: 'false', usage: 'Require server version to match client version'},
  namespace: {type: 'string', short: 'n', usage: 'If present, the namespace scope for this CLI request'},
  password: {type: 'string', usage: 'Password for basic authentication to the API server'},
  profile: {
    type: 'string',
    value: 'none',
    usage: 'Name of profile to capture. One of (none|cpu|heap|goroutine|threadcreate|block|mutex|trace)',
  },
  'profile-output': {type: 'string', value: 'profile.pprof', usage: 'Name of the file to write the profile to'},
  'request-timeout': {
    type: 'string',
    value: '0',
    usage:
      "The length of time to wait before giving up on a single server request. Non-zero values should contain a corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests.",
  },
  server: {type: 'string', short: 's', usage: 'The address and port of the Kubernetes API server'},
  'tls-server-name': {
    type: 'string',
    usage: 'Server name to use for server certificate validation. If it is not provided, the hostname used to contact the server is used',
  },
  token: {type: 'string', usage: 'Bearer token for authentication to the API server'},
  user: {type: 'string', usage: 'The name of the kubeconfig user to use'},
  username: {type: 'string', usage: 'Username for basic authentication to the API server'},
  v: {type: 'int', short: 'v', value: '0', usage: 'number for the log level verbosity'},
  vmodule: {
    type: 'string',
    usage: 'comma-separated list of pattern=N settings for file-filtered logging (only works for the default text log format)',
  },
  'warnings-as-errors': {
    type: 'bool',
    value: 'false',
    usage: 'Treat warnings received from the server as errors and exit with a non-zero exit code',
  },
} satisfies FlagTable;
