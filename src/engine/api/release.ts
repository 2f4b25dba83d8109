/** The release of Kubernetes that is simulated, as its binaries for linux/amd64 tell it. upstream: staging/src/k8s.io/apimachinery/pkg/version/types.go */
export const RELEASE = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.0',
  gitCommit: 'ecf6decece6a6de25a57aad9ba90b6ce580f6f78',
  gitTreeState: 'clean',
  buildDate: '2026-04-22T13:54:03Z',
  goVersion: 'go1.26.2',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;
