/** The manifest of a pod that nothing is wrong with; `extra` are further lines of its spec. */
export const plainPod = (name: string, extra = ''): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  labels:
    app: ${name}
spec:
${extra}  containers:
    - name: web
      image: nginx:1.27
`;
