/** What `podyssey lessons new` writes: a whole small lesson to change. */
export const lessonTemplate = `apiVersion: podyssey.dev/v1
kind: Lesson
id: my-lesson
number: '1.9'
title: My lesson
about: One sentence for the course map.
minutes: 5
concepts: [pod]
covers: [B8]
world:
  nodes: 2
  files:
    web.yaml: |
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        containers:
          - name: nginx
            image: nginx:1.27
panels: [pipeline, store, containers]
steps:
  - id: create
    say: |
      At most sixty words, one thing to do. Create the pod of \`web.yaml\`.
    do: kubectl create -f web.yaml
    objectives:
      - text: The pod is Running
        check: {now: {object: {kind: Pod, metadata: {name: web}, status: {phase: Running}}}}
        look: kubectl get pods
    hints:
      - What to observe, in fifteen words.
      - Where to look, in thirty words.
      - How to do it, in fifty words.
mistakes:
  - when: {eventually: {request: {verb: delete, resource: pods}}}
    say: One sentence when the learner goes astray.
    example: [kubectl create -f web.yaml, kubectl delete pod web]
solution:
  - kubectl create -f web.yaml
debrief: |
  What to take away.
`;
