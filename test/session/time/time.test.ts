import {describe, expect, test} from 'vitest';
import {panelOf} from '../../../src/selectors/panels/table.ts';
import {plainText} from '../../../src/selectors/styled.ts';
import {type Playing, play} from '../playing.ts';

const why = ({view}: Playing): string =>
  panelOf('why')!
    .rows(view().facts, {width: 200, height: 100})
    .map(each => plainText(each.row))
    .join('\n');

const phase = ({view}: Playing): string | undefined => view().facts.pods[0]?.phase;

describe('breakpoints', () => {
  test.each([
    ['stage authz', /create \/api\/v1\/namespaces\/default\/pods by kubernetes-admin: authorization ok/],
    ['stage scheduler', /node-\d for default\/web/],
    ['stage sandbox', /RunPodSandbox/],
    ['stage CNI', /CNI pod\/default\/web/],
    ['component kube-scheduler', /kube-scheduler: default\/web -> node-/],
    ['component containerd', /containerd@?\/?node-\d: CNI|containerd.*CRI/],
    ['pod/web', /pods\/default\/web was created at revision \d+ by kubectl/],
  ])('on %s stops the clock there, and says why', (what, told) => {
    const game = play();
    game.type(`break ${what}`, 'kubectl run web --image=nginx');
    game.wait(10);
    expect(game.view().time.paused).toBe(true);
    expect(game.view().time.hit).toMatch(told);
    expect(game.remark()).toMatch(/^stopped at break 1 .*\[step \d+, [\d.]+s\]$/);
    expect(phase(game)).not.toBe('Running');
    const {now} = game.view().time;
    game.wait(10);
    expect(game.view().time.now).toBe(now);
    game.type('breaks clear', 'continue');
    game.wait(10);
    expect(phase(game)).toBe('Running');
  });

  test('holds the learner’s own request at its stage: the rest of its way is not shown yet', () => {
    const game = play();
    game.type('break stage authz', 'kubectl run web --image=nginx');
    game.wait(3);
    const stages = () => game.view().facts.pipeline.stages.map(stage => stage.verdict);
    expect(game.view().facts.pipeline.stages.find(stage => stage.verdict === 'active')?.id).toBe('authz');
    const reached = stages().indexOf('active');
    game.session.dispatch({type: 'step', by: 1, unit: 'stage'});
    game.session.dispatch({type: 'step', by: 1, unit: 'stage'});
    expect(stages().indexOf('active')).toBeGreaterThan(reached);
    expect(game.view().transcript.at(-1)!.line).toBe('kubectl run web --image=nginx');
  });

  test('on an objective stops when it comes true, and not before', () => {
    const game = play('lessons/01-birth-certificate/01-first-breath.yaml');
    const met = () => game.view().lesson!.steps[game.view().lesson!.current]!.objectives.filter(each => each.met).length;
    game.type('kubectl get nodes', 'next', 'predict 1', 'break objective', 'kubectl get pods');
    expect([met(), game.view().time.hit]).toEqual([0, undefined]);
    game.type('kubectl create -f myapp-pod.yaml');
    game.wait(20);
    expect(game.view().time.hit).toMatch(/break 1 \(objective\): it is met: /);
    expect(met()).toBeGreaterThan(0);
  });

  test('stop a sleep on its way, a step, and a wait', () => {
    const game = play();
    game.type('break component kube-scheduler', 'kubectl run web --image=nginx');
    expect(game.view().time.hit).toContain('kube-scheduler');
    game.type('breaks clear', 'continue', 'break stage containers');
    game.session.dispatch({type: 'command', line: 'kubectl run two --image=redis:7'});
    game.wait(1.3);
    game.type('sleep 1m');
    game.wait(5);
    expect(game.view().time.hit).toMatch(/CreateContainer two/);
    expect(game.view().busy).toBe(true);
    game.session.dispatch({type: 'step', by: 1, unit: 'event'});
    expect(game.remark()).toMatch(/step \d+/);
  });

  test('can be listed and dropped, and nonsense is answered with what there is', () => {
    const game = play();
    game.type('break stage authz', 'break pod/web -n shop', 'break objective', 'break stage nowhere');
    expect(game.remark()).toMatch(/there is no stage nowhere: it can be kubectl, TLS, authn/);
    game.type('break nonsense');
    expect(game.remark()).toMatch(/^break on what\? break stage authz, break component/);
    game.type('break component nobody');
    expect(game.remark()).toMatch(/there is no component nobody: it can be .*kube-scheduler/);
    game.type('breaks');
    expect(game.printed()).toBe('  1  stage authz\n  2  pods/shop/web\n');
    game.type('breaks delete 1', 'breaks');
    expect(game.printed()).toBe('  2  pods/shop/web\n');
    game.type('breaks clear');
    expect(game.view().time.breakpoints).toBe(0);
  });
});

describe('moving in time', () => {
  test.each(['event', 'stage', 'revision', 'command'])('one %s back, and forward the same way', unit => {
    const game = play();
    game.type('kubectl run web --image=nginx', 'kubectl get pods', 'kubectl create configmap a');
    const end = game.view().time.step;
    const places = [end];
    for (let n = 0; n < 3; n += 1) {
      game.session.dispatch({type: 'command', line: `back ${unit}`});
      places.push(game.view().time.step);
      expect(game.view().time.past).toBe(true);
      expect(game.remark()).toMatch(/^the past, step \d+ of \d+, /);
    }
    expect(places).toEqual(places.toSorted((one, other) => other - one));
    expect(new Set(places).size).toBe(4);
    for (const place of places.toReversed().slice(1, 3)) {
      game.session.dispatch({type: 'command', line: `step ${unit}`});
      expect(game.view().time.step).toBe(place);
    }
  });

  test('forward from the present makes the future: to the next revision, not only to the next event', () => {
    const game = play();
    game.type('pause', 'kubectl run web --image=nginx');
    const {revision} = game.view().facts;
    game.session.dispatch({type: 'step', by: 1, unit: 'revision'});
    expect(game.view().facts.revision).toBeGreaterThan(revision);
    expect(game.view().time.past).toBe(false);
  });

  test('the clock flows again after the past, if it did before', () => {
    const game = play();
    game.type('kubectl run web --image=nginx', 'back', 'present');
    expect(game.view().time.paused).toBe(false);
    game.type('pause', 'back', 'present');
    expect(game.view().time.paused).toBe(true);
  });
});

describe('bookmarks', () => {
  test('are gone to, by name, step, revision and time', () => {
    const game = play();
    game.type('mark before', 'kubectl run web --image=nginx');
    game.wait(10);
    const {revision} = game.view().facts;
    game.type('goto before');
    expect(game.view().time.past).toBe(true);
    expect(game.view().facts.pods).toEqual([]);
    game.type('goto now');
    expect(game.view().time.past).toBe(false);
    game.type(`goto rev ${revision}`);
    expect(game.view().facts.revision).toBe(revision);
    game.type('goto step 3');
    expect(game.view().time.step - game.view().time.firstStep).toBe(3);
    game.type('goto 7s');
    expect(game.view().time.now).toBeLessThanOrEqual(7000);
    game.type('goto nowhere');
    expect(game.remark()).toMatch(/there is no moment nowhere: a moment is now, a bookmark/);
    game.type('goto rev 99999');
    expect(game.remark()).toBe('revision 99999 is not in this timeline');
    game.type('marks');
    expect(game.printed()).toMatch(/^before +step 0, 5\.000s, revision \d+, in main\n$/);
  });

  test('two moments are compared field by field', () => {
    const game = play();
    game.type('mark before', 'kubectl run web --image=nginx', 'mark asked');
    game.wait(10);
    game.type('kubectl label pod web colour=blue');
    const lines = (): readonly string[] => {
      const shown = game.view().shown?.what;
      return shown && 'detail' in shown ? shown.detail.lines : [];
    };
    game.type('compare before now');
    expect(lines().slice(2, 4)).toEqual(['+ pods/default/web  added', '    READY 1/1  STATUS Running  RESTARTS 0']);
    expect(lines().join('\n')).toMatch(/^ {4}\+ status\.images\[docker\.io\/library\/nginx@/m);
    expect(lines().join('\n')).not.toMatch(/lastHeartbeatTime|~ status\.images/);
    game.type('compare asked');
    expect(lines()).toContain('~ pods/default/web  changed');
    expect(lines()).toContain('    + metadata.labels.colour: blue');
    expect(lines().join('\n')).toMatch(/ {4}[~+] status\.phase: (Pending -> )?Running/);
    game.type('compare now before');
    expect(lines()).toContain('- pods/default/web  removed');
    game.type('compare now now');
    expect(lines()).toContain('No object differs.');
  });
});

describe('branches', () => {
  test('a command in the past asks before it forks, and the line left can be gone back to', () => {
    const game = play();
    game.type('kubectl run web --image=nginx');
    game.wait(10);
    const {step} = game.view().time;
    game.type('goto 0', 'kubectl run other --image=nginx');
    expect(game.remark()).toMatch(/you are looking at the past\. Enter it again to begin a new timeline here \(main is kept\)/);
    expect(game.view().time.branch).toBe('main');
    game.type('kubectl run other --image=nginx');
    game.wait(10);
    expect(game.view().time.branch).toBe('branch-1');
    expect(game.view().facts.pods.map(pod => [pod.name, pod.phase])).toEqual([['other', 'Running']]);
    expect(game.view().transcript.map(each => each.line)).toEqual(['kubectl run other --image=nginx']);
    game.type('switch main');
    expect(game.view().time.step).toBeGreaterThanOrEqual(step);
    expect(game.view().facts.pods.map(pod => pod.name)).toEqual(['web']);
    expect(game.view().transcript.map(each => each.line)).toEqual(['kubectl run web --image=nginx']);
    game.type('branches');
    expect(game.printed()).toMatch(/ {2}branch-1 .*, from main: kubectl run other --image=nginx\n\* main .*: kubectl run web/);
  });

  test('both timelines are shown side by side, with where they part', () => {
    const game = play();
    game.type('kubectl run web --image=nginx');
    game.wait(10);
    game.type('goto rev 211', 'branch loaded', 'kubectl cordon node-1', 'kubectl cordon node-2');
    game.wait(10);
    game.type('beside main');
    const {beside} = game.view();
    expect(beside).toMatchObject({left: {name: 'main'}, right: {name: 'loaded'}});
    expect(beside!.rows.some(each => each.right?.what.includes('patch nodes node-1'))).toBe(true);
    expect(beside!.rows.filter(each => each.left?.what.includes('patch nodes node-1'))).toEqual([]);
    expect(beside!.shared.length).toBeGreaterThan(0);
    expect(beside!.shared.every(each => each.atMs <= beside!.partedAt)).toBe(true);
    expect(beside!.rows.every(each => each.atMs >= beside!.partedAt)).toBe(true);
    expect(beside!.rows.map(each => each.atMs)).toEqual(beside!.rows.map(each => each.atMs).toSorted((a, b) => a - b));
    expect(beside!.differences.join('\n')).toMatch(/~ minions\/node-1/);
  });

  test('undo leaves a present that goes on, and redo brings back what it took', () => {
    const game = play();
    game.type('kubectl run web --image=nginx');
    game.wait(10);
    const before = game.view().time.step;
    game.type('undo');
    expect(game.view().time.past).toBe(false);
    expect(game.view().facts.pods).toEqual([]);
    game.wait(10);
    game.type('redo');
    expect(game.view().time.step).toBeGreaterThanOrEqual(before);
    expect(phase(game)).toBe('Running');
    game.type('kubectl create configmap a', 'undo', 'undo', 'redo');
    expect(game.view().transcript.map(each => each.line)).toEqual(['kubectl run web --image=nginx']);
  });

  test('undo of a command that still runs ends it first', () => {
    const game = play();
    game.type('sleep 2h', 'undo');
    expect(game.view().busy).toBe(false);
    expect(game.remark()).toBe('taken back: sleep 2h');
  });
});

describe('waiting', () => {
  test('what is waited for is said; skip goes to its end, whatever the speed', () => {
    const game = play();
    game.type('sleep 20m');
    expect(game.view().waiting).toMatchObject({line: 'sleep 20m', skipping: false});
    const {until} = game.view().waiting!;
    game.type('skip');
    expect(game.view().busy).toBe(false);
    expect(game.view().time.now).toBeGreaterThanOrEqual(until!);
    expect(game.view().time.now - until!).toBeLessThan(5000);
  });

  test('a sleeper is woken on time at every speed', () => {
    const game = play();
    for (let n = 0; n < 8; n += 1) game.session.dispatch({type: 'speed', by: 1});
    expect(game.view().time.speed).toBe(Number.POSITIVE_INFINITY);
    game.session.dispatch({type: 'command', line: 'sleep 90s'});
    const {until} = game.view().waiting!;
    game.wait(0.017);
    expect(game.printed()).toBe('');
    expect(game.view().busy).toBe(false);
    game.type('pause');
    expect(game.view().time.now).toBeGreaterThanOrEqual(until!);
  });

  test('a watch is skipped to the next line it prints', () => {
    const game = play();
    game.session.dispatch({type: 'command', line: 'kubectl run web --image=nginx'});
    game.wait(1.3);
    game.session.dispatch({type: 'command', line: 'kubectl get pods --watch'});
    game.wait(0.1);
    const before = game.printed().split('\n').length;
    game.session.dispatch({type: 'skip'});
    game.wait(0.1);
    expect(game.printed().split('\n').length).toBeGreaterThan(before);
    expect(game.view().waiting).toMatchObject({skipping: false});
    game.session.dispatch({type: 'interrupt'});
    expect(game.view().busy).toBe(false);
  });
});

describe('why', () => {
  test('a field: who set it, at which revision, and the chain from there', () => {
    const game = play();
    game.type('kubectl run web --image=nginx');
    game.wait(10);
    game.type('why pod/web spec.nodeName');
    expect(why(game)).toMatch(/^spec\.nodeName is node-\d since revision \d+: by system:kube-scheduler; it came with create pods\/binding/);
    expect(why(game)).toMatch(/kubernetes-admin create \/api\/v1\/namespaces\/default\/pods: 201/);
    game.type('why pod/web spec.tolerations');
    expect(why(game)).toMatch(/mutating-admission put it there \(DefaultTolerationSeconds\)/);
    game.type('why pod/web spec.restartPolicy');
    expect(why(game)).toMatch(/by kubernetes-admin/);
    game.type('why pod/web spec.nothing');
    expect(why(game)).toContain('No write has ever given spec.nothing a value.');
  });

  test('a pending pod: the scheduler’s reason, or that nobody schedules', () => {
    const game = play();
    game.type('kubectl cordon node-1', 'kubectl cordon node-2', 'kubectl run web --image=nginx');
    game.type('why pod/web');
    expect(why(game)).toMatch(/^Pending, Unschedulable: 0\/2 nodes are available: 2 node\(s\) were unschedulable/);
    game.type('chaos stop kube-scheduler', 'kubectl run later --image=nginx', 'why pod/later');
    expect(why(game)).toContain('Pending: kube-scheduler is stopped, so nobody chooses a node for it.');
  });

  test('the chain stays while one jumps along its links', () => {
    const game = play();
    game.type('kubectl run web --image=nginx');
    game.wait(10);
    game.type('why pod/web spec.nodeName');
    const chain = game.view().facts.why.chain;
    for (const link of chain) {
      game.session.dispatch({type: 'seek', step: link.step});
      expect(game.view().facts.why.chain.map(each => each.step)).toEqual(chain.map(each => each.step));
      expect(
        game
          .view()
          .facts.why.chain.filter(each => each.here)
          .map(each => each.step),
      ).toEqual([link.step]);
    }
  });

  test('a revision, and what cannot be asked about', () => {
    const game = play();
    game.type('kubectl create configmap a');
    game.type(`why rev ${game.view().facts.requests.find(each => each.verb === 'create')!.revision}`);
    expect(why(game)).toMatch(/kubernetes-admin create \/api\/v1\/namespaces\/default\/configmaps: 201/);
    game.type('why nonsense');
    expect(game.remark()).toMatch(/nonsense is no object \(pod\/web\) and no moment/);
  });
});
