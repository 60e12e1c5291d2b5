#!/usr/bin/env bash
# The Kubernetes API as a person meets it: an unchanged kubectl against 'kvorum dev', over TLS with the kubeconfig that it
# writes.
#
# usage: kubectl.sh [--etcd]
#   --etcd  against 'kvorum apiserver' on a real etcd instead
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

etcd=''
while (($#)); do
  case $1 in
    --etcd) etcd=1 ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "kubectl.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
  esac
  shift
done
e2e_begin "kubectl${etcd:+-etcd}" "$PEERS_BIN/kubectl" "$PEERS_BIN/etcd"
read -ra port <<<"$(free_ports 4)"
config=$SCRATCH/kubeconfig
export HOME=$SCRATCH KUBECONFIG=$config
kvorum=$ROOT/deploy/bin/kvorum
if [[ -n $etcd ]]; then
  url=http://127.0.0.1:${port[0]} peer=http://127.0.0.1:${port[1]}
  spawn etcd "$SCRATCH/etcd.log" "$PEERS_BIN/etcd" --data-dir "$SCRATCH/etcd" --listen-client-urls "$url" \
    --advertise-client-urls "$url" --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
    --initial-cluster "default=$peer"
  check "etcd answers" wait_for 60 curl -fs "$url/health"
  spawn api "$SCRATCH/api.log" "$kvorum" apiserver --store "$url" --data-dir "$SCRATCH/data" \
    --api-listen "https://127.0.0.1:${port[2]}" --kubeconfig "$config"
else
  spawn api "$SCRATCH/api.log" "$kvorum" dev --data-dir "$SCRATCH/data" --port "${port[0]}" --peer-port "${port[1]}" \
    --api-listen "https://127.0.0.1:${port[2]}" --kubeconfig "$config"
fi
check "it writes a kubeconfig when it is ready" wait_for 120 test -s "$config"

k() { timeout 60 "$PEERS_BIN/kubectl" "$@"; }
# says "what" PATTERN kubectl-arguments...: it succeeds, and its output has a line like that.
says() {
  local what=$1 pattern=$2 out
  shift 2
  if out=$(k "$@" 2>&1) && grep -Eq -- "$pattern" <<<"$out"; then pass "$what"; else
    fail "$what"
    printf '%s\n' "$out" | tail -n 20 | sed 's/^/          | /'
  fi
}
# refuses "what" PATTERN kubectl-arguments...: it fails, and says why.
refuses() {
  local what=$1 pattern=$2 out
  shift 2
  if out=$(k "$@" 2>&1); then fail "$what: it did not"; elif grep -Eq -- "$pattern" <<<"$out"; then pass "$what"; else
    fail "$what"
    printf '%s\n' "$out" | tail -n 20 | sed 's/^/          | /'
  fi
}

# ---- what the server says of itself ----

says "version" 'Server Version: v1\.' version
says "api-versions" '^apps/v1$' api-versions
says "api-resources" '^deployments +deploy +apps/v1 +true +Deployment' api-resources
says "explain" 'containers.*<\[\]Container>' explain pod.spec
says "get --raw" '"kind":"NamespaceList"' get --raw /api/v1/namespaces
says "the namespaces that everybody expects" '^kube-system +Active' get namespaces
refuses "a resource that there is not" "doesn't have a resource type" get foobars

# ---- objects ----

cat >"$SCRATCH/web.yaml" <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web, labels: {app: web}}
data: {a: "1"}
YAML
says "create from literals, in protobuf" 'configmap/cm1 created' create configmap cm1 --from-literal=a=b
says "create -f" 'configmap/web created' create -f "$SCRATCH/web.yaml"
refuses "create what is there" 'AlreadyExists' create -f "$SCRATCH/web.yaml"
refuses "create with a field that there is not" 'unknown field "spec.foo"' create -f - <<<'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"foo":1,"containers":[{"name":"c","image":"i"}]}}'
says "get as a table" '^web +0/2 +0 +0 ' get deployments
says "get -o wide" 'nginx:1 +app=web' get deploy web -o wide
says "get -o yaml, with what the server fills in" 'terminationGracePeriodSeconds: 30' get deploy web -o yaml
says "get -A" '^default +web ' get deploy -A
says "get by label" '^web ' get cm -l app=web
says "get by field" '^cm1 ' get cm --field-selector metadata.name=cm1
says "get all" 'deployment.apps/web' get all
says "get in chunks" '^web ' get cm --chunk-size=1
refuses "get what is not there" 'configmaps "nope" not found' get cm nope
says "describe" 'Replicas: +2 desired' describe deploy web
says "apply" 'configmap/web configured' apply -f "$SCRATCH/web.yaml"
says "apply again" 'configmap/web unchanged' apply -f "$SCRATCH/web.yaml"
sed -i 's/a: "1"/a: "2"/' "$SCRATCH/web.yaml"
refuses "diff" '^\+  a: "2"' diff -f "$SCRATCH/web.yaml"
says "apply a change" 'configmap/web configured' apply -f "$SCRATCH/web.yaml"
says "apply --server-side" 'configmap/ssa serverside-applied' apply --server-side --field-manager=one -f - <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"a":"1"}}'
refuses "apply --server-side, a conflict" 'conflict with "one"' apply --server-side --field-manager=two -f - <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"a":"2"}}'
says "apply --server-side, by force" 'configmap/ssa serverside-applied' apply --server-side --field-manager=two --force-conflicts -f - <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"a":"2"}}'
says "replace" 'configmap/web replaced' replace -f - <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"},"data":{"a":"3"}}'
says "patch, strategic" 'patched' patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}'
says "the rest of what was patched is there" 'containerPort: 80' get deploy web -o yaml
says "patch, merge" 'patched' patch deploy web --type=merge -p '{"spec":{"paused":true}}'
says "patch, JSON" 'patched' patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":4}]'
says "label" 'labeled' label cm web x=y
says "annotate" 'annotated' annotate cm web x=y
says "scale" 'scaled' scale deploy web --replicas=5
says "set image" 'image updated' set image deploy/web c=nginx:3
printf '#!/bin/sh\nsed -i "s/^  a: .*/  a: edited/" "$1"\n' >"$SCRATCH/editor"
chmod +x "$SCRATCH/editor"
export KUBE_EDITOR=$SCRATCH/editor
says "edit" 'configmap/web edited' edit cm web
says "wait for what is there" 'condition met' wait --for=create cm/web --timeout=20s
refuses "wait for what does not come" 'timed out' wait --for=condition=Available deploy/web --timeout=1s
says "a dry run" 'server dry run' create configmap dry --from-literal=a=b --dry-run=server
refuses "which stores nothing" 'not found' get cm dry
says "-v=6 shows the requests" 'GET.*https://127.0.0.1:[0-9]+/api/v1/namespaces/default/configmaps' get cm -v=6

# ---- watches ----

"$PEERS_BIN/kubectl" get cm --watch-only -o name >"$SCRATCH/watched" 2>&1 &
watcher=$!
disown "$watcher"
seen() { k annotate --overwrite cm cm1 tick="$RANDOM" >/dev/null 2>&1; grep -q 'configmap/cm1' "$SCRATCH/watched"; }
check "get -w" wait_for 30 seen
kill "$watcher" 2>/dev/null || true
says "delete, and wait until it is gone" 'deleted' delete cm cm1
refuses "it is gone" 'not found' get cm cm1

# ---- custom resources ----

says "a custom resource" 'widgets.example.com created' create -f - <<'YAML'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
    additionalPrinterColumns: [{name: Color, type: string, jsonPath: .spec.color}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {color: {type: string, enum: [red, green]}, replicas: {type: integer, default: 1}}
          status: {type: object, properties: {replicas: {type: integer}}}
YAML
says "it is established" 'condition met' wait --for=condition=Established crd/widgets.example.com --timeout=20s
says "an object of it" 'widget.example.com/w created' create -f - <<<'{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"color":"red"}}'
says "in a table of its own" '^w +red$' get wd
refuses "what its schema does not allow" 'Unsupported value: "blue"' patch widget w --type=merge -p '{"spec":{"color":"blue"}}'
refuses "a strategic patch" 'UnsupportedMediaType|the body of the request was in an unknown format' patch widget w -p '{"spec":{"color":"green"}}'
says "its scale" 'scaled' scale widget w --replicas=3
says "explain it" 'color' explain widget.spec
says "delete the definition" 'deleted' delete crd widgets.example.com
refuses "and its objects are gone" "doesn't have a resource type|could not find the requested resource" get widgets

# ---- who asks, and namespaces ----

says "auth whoami" 'Username +kubernetes-admin' auth whoami
says "auth can-i" '^yes$' auth can-i create pods
says "a namespace" 'namespace/n1 created' create ns n1
says "something in it" 'configmap/in created' create configmap in -n n1 --from-literal=a=b
says "the namespace goes, with what is in it" 'deleted' delete ns n1
refuses "and is gone" 'namespaces "n1" not found' get ns n1

# ---- a proxy ----

"$PEERS_BIN/kubectl" proxy --port="${port[3]}" >"$SCRATCH/proxy.log" 2>&1 &
proxied=$!
disown "$proxied"
check "curl through kubectl proxy" wait_for 20 curl -fs "http://127.0.0.1:${port[3]}/api/v1/namespaces/default/configmaps/web"
kill "$proxied" 2>/dev/null || true

# ---- by etcd's API ----

check "objects are where a kube-apiserver has them" \
  grep -qx /registry/configmaps/default/web <("$ETCDCTL" --endpoints="127.0.0.1:${port[0]}" get --keys-only --prefix /registry/configmaps)
stop api
same "it ends cleanly" yes "$([[ $EXIT_CODE == 0 || $EXIT_CODE == 143 ]] && echo yes || echo "$EXIT_CODE")"
