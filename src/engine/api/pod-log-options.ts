/** What `pods/log` may be asked, as the API server hands it to a kubelet. upstream: staging/src/k8s.io/api/core/v1/types.go PodLogOptions */
export interface PodLogOptions {
  container?: string;
  previous?: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  /** RFC 3339. */
  sinceTime?: string;
  timestamps?: boolean;
  limitBytes?: number;
}
