/** Programs that many have at hand and that are not here, each with what does the same. */

const EDITOR = 'edit FILE opens one, sed -i changes a file';
const NODE = 'a node has no shell; crictl, ip and chaos look at it and change it from here';
const PAGER = 'what a command prints is scrolled with Alt+Up, or cut with head, tail and grep';
const HISTORY = 'Up brings back a line, ^R searches for one';

export const INSTEAD: Readonly<Record<string, string>> = {
  jq: "kubectl get ... -o jsonpath='{.status.phase}' picks a field, -o json | grep finds a line",
  yq: "kubectl get ... -o jsonpath='{.spec}' picks a field, sed -i changes one in a file",
  vi: EDITOR,
  vim: EDITOR,
  nano: EDITOR,
  emacs: EDITOR,
  less: PAGER,
  more: PAGER,
  history: HISTORY,
  watch: 'kubectl get ... -w prints what changes',
  sudo: 'you need no more rights than your kubeconfig gives you; leave it away',
  ssh: NODE,
  systemctl: NODE,
  journalctl: NODE,
  docker: 'a node runs containerd; crictl ps NODE lists its containers',
  nerdctl: 'crictl ps NODE lists the containers of a node',
  helm: 'attach opens the cluster to the helm of your own machine',
  kubeadm: 'this cluster is set up; chaos stops, breaks and adds parts of it',
  minikube: 'this cluster runs within the program; chaos stops, breaks and adds parts of it',
  ping: 'trace HOST follows a packet on its way, curl and nslookup ask',
  dig: 'nslookup NAME asks the DNS',
  cd: 'all your files lie in one place; ls lists them',
  rm: 'files need not be removed here: nothing is applied that you do not name',
  cp: 'cat FILE > OTHER makes a copy',
  mv: 'cat FILE > OTHER makes a copy',
};
