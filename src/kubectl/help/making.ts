/** Help for the commands that make objects. */
import type {Pages} from './types.ts';

export const MAKING = {
  create: {
    long: [
      'With -f it makes the objects of a file as they stand there, and fails for those that exist already; apply would change those.',
      'The commands below write a simple object for you. With --dry-run=client -o yaml they only show it, which is a quick way to a first manifest.',
    ],
    examples: [
      ['Make what a file describes', 'create -f pod.yaml'],
      ['See the manifest of a deployment without making it', 'create deployment shop --image=nginx:1.27 --dry-run=client -o yaml'],
    ],
  },
  'create clusterrole': {
    long: ['Its rules hold in every namespace, and for objects that are in none, for whoever a binding gives them to.'],
    examples: [
      ['May look at pods', 'create clusterrole pod-reader --verb=get,list,watch --resource=pods'],
      ['May scale deployments', 'create clusterrole scaler --verb=get,update --resource=deployments.apps/scale'],
      ['May read the logs that the API server offers', 'create clusterrole log-reader --verb=get --non-resource-url=/logs/*'],
      ['Takes in the rules of all roles with a label', 'create clusterrole sum --aggregation-rule=team=shop'],
    ],
  },
  'create clusterrolebinding': {
    long: ['Gives the rules of a cluster role to users, groups and service accounts, everywhere.'],
    examples: [
      ['Ann may read everything', 'create clusterrolebinding ann-reads --clusterrole=view --user=ann'],
      ['So may a service account', 'create clusterrolebinding robot-reads --clusterrole=view --serviceaccount=default:default'],
    ],
  },
  'create configmap': {
    long: [
      'A file becomes an entry under its own name, a literal one under the name before the equals sign, and an env file one entry a line.',
    ],
    examples: [
      ['Two entries', 'create configmap colors --from-literal=front=blue --from-literal=back=red'],
      ['A file under another name', 'create configmap app --from-file=app.conf=settings.env'],
      ['One entry for every line of a file', 'create configmap env --from-env-file=settings.env'],
    ],
  },
  'create cronjob': {
    long: ['It starts a job whenever its schedule says so: minute, hour, day of the month, month, day of the week.'],
    examples: [
      ['Every five minutes', 'create cronjob tick --image=busybox:1.36 --schedule="*/5 * * * *" -- date'],
      ['On working days at six', 'create cronjob report --image=busybox:1.36 --schedule="0 6 * * 1-5" -- echo done'],
    ],
  },
  'create deployment': {
    long: ['Its pods are labelled app=NAME. What stands behind -- runs instead of what the image would start.'],
    examples: [
      ['One pod', 'create deployment shop --image=nginx:1.27'],
      ['Three pods that say which port they listen on', 'create deployment front --image=nginx:1.27 --replicas=3 --port=80'],
      ['With a command of its own', 'create deployment idle --image=busybox:1.36 -- sleep 3600'],
      ['Two containers in each pod', 'create deployment pair --image=nginx:1.27 --image=redis:7.4'],
    ],
  },
  'create ingress': {
    long: [
      'A rule reads HOST/PATH=SERVICE:PORT. A path that ends in * stands for all below it; ,tls=SECRET encrypts the host with that certificate.',
    ],
    examples: [
      ['All of a host to one service', 'create ingress site --rule="shop.example.com/*=web:80"'],
      ['With a certificate', 'create ingress safe --rule="shop.example.com/*=web:80,tls=shop-cert"'],
      ['Whatever no rule is about', 'create ingress rest --default-backend=web:80'],
    ],
  },
  'create job': {
    long: ['It runs until it has succeeded once. --from takes the template of a cron job and starts it now.'],
    examples: [
      ['Run a command to its end', 'create job once --image=busybox:1.36 -- date'],
      ['Start a cron job without waiting', 'create job now --from=cronjob/nightly'],
    ],
  },
  'create namespace': {
    long: ['Names of objects are unique within a namespace; quotas and rights can be given for one.'],
    examples: [['A place for a team', 'create namespace team-a']],
  },
  'create poddisruptionbudget': {
    long: ['Evictions, as drain asks for them, are refused while they would leave too few pods. What fails by itself is not held back.'],
    examples: [
      ['At least one pod stays', 'create poddisruptionbudget keep-one --selector=app=web --min-available=1'],
      ['At most half may go at a time', 'create poddisruptionbudget half --selector=app=db --max-unavailable=50%'],
    ],
  },
  'create priorityclass': {
    long: ['Pods of a higher value are scheduled first, and may push out others where there is no room.'],
    examples: [
      ['Before most others', 'create priorityclass urgent --value=1000 --description="must run"'],
      ['Waits its turn, but pushes nobody out', 'create priorityclass patient --value=900 --preemption-policy=Never'],
    ],
  },
  'create quota': {
    long: ['What all objects of a namespace may have together. Where cpu or memory is limited, every pod has to say how much it wants.'],
    examples: [
      ['Ten pods and two services', 'create quota few --hard=pods=10,services=2'],
      ['Only about pods that ask for nothing', 'create quota careless --hard=pods=3 --scopes=BestEffort'],
    ],
  },
  'create role': {
    long: ['Its rules hold in one namespace, for whoever a role binding gives them to.'],
    examples: [
      ['May look at pods', 'create role reader --verb=get,list,watch --resource=pods'],
      ['May read one config map', 'create role settings --verb=get --resource=configmaps --resource-name=settings'],
      ['May follow logs', 'create role logs --verb=get --resource=pods/log'],
    ],
  },
  'create rolebinding': {
    long: ['Gives the rules of a role, or of a cluster role, within one namespace.'],
    examples: [
      ['Ann may change things here', 'create rolebinding ann-edits --clusterrole=edit --user=ann'],
      ['A group may do what a role of this namespace allows', 'create rolebinding devs --role=reader --group=dev'],
    ],
  },
  'create secret': {long: ['A secret holds what not everybody may read. It is kept in base64, which hides nothing: rights do.']},
  'create secret docker-registry': {
    long: ['With it the kubelet signs in where images are not free to pull; pods name it under imagePullSecrets.'],
    examples: [
      [
        'The name and password for a registry',
        'create secret docker-registry pull --docker-server=registry.example.com --docker-username=ann --docker-password=secret',
      ],
    ],
  },
  'create secret generic': {
    long: ['Entries come from literals, files and env files, as with config maps.'],
    examples: [
      ['A password', 'create secret generic login --from-literal=password=opensesame'],
      ['The lines of a file', 'create secret generic env --from-env-file=settings.env'],
    ],
  },
  'create secret tls': {
    long: ['Both files hold PEM; the certificate has to belong to the key.'],
    examples: [['A certificate and its key', 'create secret tls shop-cert --cert=tls.crt --key=tls.key']],
  },
  'create service': {long: ['A service gives pods one lasting address. Those made here select app=NAME.']},
  'create service clusterip': {
    long: ['An address within the cluster. With --clusterip=None there is none: DNS then answers with the pods themselves.'],
    examples: [
      ['Port 80 of the service is port 8080 of the pods', 'create service clusterip api --tcp=80:8080'],
      ['Without an address of its own', 'create service clusterip members --clusterip=None'],
    ],
  },
  'create service nodeport': {
    long: ['Reached at the same port of every node, from 30000 to 32767.'],
    examples: [['At port 30080 of each node', 'create service nodeport outside --tcp=80:8080 --node-port=30080']],
  },
  'create service loadbalancer': {
    long: ['Asks the cloud for an address from outside; until it has come, EXTERNAL-IP is <pending>.'],
    examples: [['For visitors from outside', 'create service loadbalancer front --tcp=80:8080']],
  },
  'create service externalname': {
    long: ['A name in the cluster for a host outside of it: DNS answers with the other name.'],
    examples: [['A database somewhere else', 'create service externalname orders --external-name=db.example.com']],
  },
  'create serviceaccount': {
    long: ['An identity for programs in pods. It may do nothing until a binding says so.'],
    examples: [['For a program that calls the API', 'create serviceaccount robot']],
  },
  'create token': {
    long: ['The server signs it; it runs out after an hour unless --duration says otherwise.'],
    examples: [
      ['To act as a service account', 'create token default'],
      ['For ten minutes', 'create token default --duration=10m'],
    ],
  },
  expose: {
    long: ['The new service selects the pods that the object selects, and has its ports unless you give one.'],
    examples: [
      ['Within the cluster', 'expose deployment web --port=80 --name=inside'],
      ['Port 80 of the service is port 8080 of the pods', 'expose deployment web --port=80 --target-port=8080 --name=other'],
      ['At a port of every node', 'expose pod db --port=6379 --type=NodePort'],
    ],
  },
  run: {
    long: [
      'Makes a single pod, which nothing makes again when it is gone. What stands behind -- are its arguments, or, with --command, its command.',
    ],
    examples: [
      ['A web server', 'run shop --image=nginx:1.27'],
      ['With a variable and a label', 'run tuned --image=nginx:1.27 --env=MODE=fast --labels=tier=front'],
      ['To its end, and not again', 'run once --image=busybox:1.36 --restart=Never -- date'],
      ['See what would be made', 'run draft --image=nginx:1.27 --dry-run=client -o yaml'],
    ],
  },
} satisfies Pages;
