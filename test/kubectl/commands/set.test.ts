import {describe, expect, it} from 'vitest';
import {createWorld} from '../world.ts';

const {run} = createWorld({nodes: 1});
run('kubectl create deployment web --image=nginx');
run('kubectl create configmap settings --from-literal=log-level=debug --from-literal=MODE=fast');

const envOf = (name: string): string => run(`kubectl get deploy ${name} -o jsonpath={.spec.template.spec.containers[0].env}`).stdout;

describe('set env', () => {
  it('keeps the place of what is there, and the first of two values', () => {
    run('kubectl create deployment order --image=nginx');
    run('kubectl set env deploy/order A=1 B=2 C=3');
    run('kubectl set env deploy/order B=x D=4 D=5 A-');
    expect(JSON.parse(envOf('order'))).toEqual([
      {name: 'B', value: 'x'},
      {name: 'C', value: '3'},
      {name: 'D', value: '4'},
    ]);
  });

  it('turns keys into names, and says so', () => {
    expect(run('kubectl set env deploy/web --from=configmap/settings --prefix=APP_')).toEqual({
      stdout: 'deployment.apps/web env updated\n',
      stderr: 'Warning: key log-level transferred to LOG_LEVEL\n',
      exitCode: 0,
    });
    expect(run('kubectl set env deploy/web --list').stdout).toBe(
      '# Deployment web, container nginx\n# APP_MODE from configmap settings, key MODE\n# APP_LOG_LEVEL from configmap settings, key log-level\n',
    );
    expect(run('kubectl set env deploy/web X=1 --list --resolve').stdout).toBe(
      '# Deployment web, container nginx\nAPP_MODE=fast\nAPP_LOG_LEVEL=debug\nX=1\n',
    );
    expect(envOf('web')).not.toContain('"X"');
  });

  it('tells which references lead nowhere', () => {
    run('kubectl create deployment lost --image=nginx');
    run('kubectl create configmap gone --from-literal=A=1');
    run('kubectl set env deploy/lost --from=configmap/gone');
    run('kubectl delete configmap gone');
    expect(run('kubectl set env deploy/lost --list --resolve')).toEqual({
      stdout: '# Deployment lost, container nginx\n# A from configmap gone, key A\n',
      stderr: 'error retrieving reference for A: configmaps "gone" not found\n',
      exitCode: 0,
    });
  });

  it.each([
    ['deploy/web APP_MODE=slow --overwrite=false', "error: deployments/web 'APP_MODE' already has a value (), and --overwrite is false\n"],
    ['deploy/web A=1 A-', 'error: can not both modify and remove the same environment variable in the same command\n'],
    ['deploy/web A=1 deploy/web', 'error: all resources must be specified before environment changes: deploy/web A=1 deploy/web\n'],
    ['deploy/web --keys=a', 'error: when specifying --keys, a configmap or secret must be provided with --from\n'],
    ['deploy/web --list -o yaml', 'error: --list and --output may not be specified together\n'],
    ['deploy/web --from=deploy/web', 'error: unsupported resource specified in --from\n'],
    ['deploy/web -c nope A=1', 'Warning: Deployment/web does not have any containers matching "nope"\n'],
    ['cm/settings A=1', 'error: configmaps/settings the object is not a pod or does not have a pod template: *v1.ConfigMap\n'],
  ])('%s', (line, stderr) => {
    expect(run(`kubectl set env ${line}`).stderr).toBe(stderr);
  });
});

describe('what the server refuses, and what is not there', () => {
  it.each([
    [
      'image deploy/web nginx=',
      'error: failed to patch image update to pod template: Deployment.apps "web" is invalid: spec.template.spec.containers[0].image: Required value\n',
    ],
    [
      'resources deploy/web --limits=cpu=1 --requests=cpu=2',
      'error: failed to patch resources update to pod template Deployment.apps "web" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1\n',
    ],
    ['resources deploy/web -c nope --limits=cpu=1', 'error: unable to find container named nope\n'],
    [
      'image deploy/web *=a b=c',
      'error: all containers are already specified by *, but saw more than one container_name=container_image pairs\n',
    ],
    ['image deploy/web a=b c=d', 'error: unable to find container named "a"\nerror: unable to find container named "c"\n'],
    ['selector svc/kubernetes a,b!=c', 'error: match expression [{a Exists []} {b NotIn [c]}] not supported on this object\n'],
  ])('%s', (line, stderr) => {
    expect(run(`kubectl set ${line}`).stderr).toBe(stderr);
  });

  it('does the rest', () => {
    expect(run('kubectl set image deploy/web nginx=nginx:1.27 other=x')).toEqual({
      stdout: 'deployment.apps/web image updated\n',
      stderr: 'error: unable to find container named "other"\n',
      exitCode: 1,
    });
  });
});
