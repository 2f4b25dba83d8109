/** `podyssey serve`: a cluster as a Kubernetes API on 127.0.0.1, until it is told to end. */
import {answersOf, type Profile, profileOf} from '../../engine/cluster/profiles/profiles.ts';
import {createClusterDoor, type Speed} from '../../server/cluster-door.ts';
import {KubeconfigError} from '../../server/kubeconfig-file.ts';
import {openServer} from '../../server/server.ts';
import {ADMIN_USER, kubeconfigText} from '../../session/shell/kubeconfig.ts';
import {Failure} from '../failure.ts';
import {ownKubeconfig, SIGNALS} from '../kubeconfig.ts';
import {say} from '../output.ts';
import {type ClusterStart, startCluster} from '../start-cluster.ts';

export interface ServeOptions extends Omit<ClusterStart, 'profile'> {
  port: number;
  speed: Speed;
  /** The release as of which it is set up, and answers. */
  asOf?: Profile['name'];
  kubeconfig?: string;
}

/** Steps of the journal that are kept: nobody looks back here, and a server runs for long. */
const KEPT_STEPS = 4000;

/** Serves until a signal comes; the port and the kubeconfig are gone when it resolves. Throws Failure. */
export async function serve(options: ServeOptions): Promise<void> {
  const {cluster, refused} = startCluster({...options, ...(options.asOf && {profile: options.asOf}), maxSteps: KEPT_STEPS});
  if (refused.length) throw new Failure(refused.join('\npodyssey: '));
  // What was there before anybody asked came as it is read today.
  const then = options.asOf && profileOf(options.asOf);
  if (then) cluster.control({action: 'configure', change: answersOf(then)});
  const door = createClusterDoor(cluster, options.speed, kubeconfigText({}, {user: ADMIN_USER, namespace: 'default'}));
  const server = await openServer(door, {port: options.port, kubeconfig: options.kubeconfig ?? ownKubeconfig()}).catch((error: Error) => {
    door.stop();
    if (error instanceof KubeconfigError || 'code' in error) throw new Failure(error.message);
    throw error;
  });
  // Whoever reads the line may end the program at once.
  const end = told();
  say(`listening on ${server.url}, kubeconfig ${server.kubeconfig}`);
  await end;
  await server.close();
  door.stop();
}

/** Resolves when the program is told to end. */
const told = (): Promise<void> =>
  new Promise(resolve => {
    for (const signal of SIGNALS) process.once(signal, () => resolve());
  });
