#!/usr/bin/env bash
# Runs an unchanged kube-apiserver on the store under test: start on an empty store, kubectl, several apiservers on
# different members, a load whose every acknowledged step is accounted for, members killed meanwhile, and the
# apiserver's own checks of its store, which make it panic when its watch cache differs from what the store lists.
#
# usage: kube.sh [--members 1|3] [--tls] [--seconds N] [--objects N] [--kills K] [--watchers N] [--workers N]
#   --members  members of the store (default 1); with 3 there are three apiservers: on m1, on m2 and on all of them
#   --tls      certificates for the apiservers and between members
#   --seconds  length of the load (default 60)
#   --objects  config maps that are made at least, however long it takes (default 0; the full form takes 2000)
#   --kills    how often the leader is killed during the load and started again (default 0)
#
# STORE_BIN=~/.cache/kvorum/peers/bin/etcd kube.sh ... runs the same on a real etcd.
# What check evaluates is quoted on purpose:
# shellcheck disable=SC2016
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

members=1 tls='' seconds=60 objects=0 kills=0 watchers=20 workers=8
while (($#)); do
  case $1 in
    --members | --seconds | --objects | --kills | --watchers | --workers)
      [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "kube.sh: $1 takes a number" >&2; exit 2; }
      printf -v "${1#--}" '%d' "$2"
      shift 2
      ;;
    --tls) tls=1; shift ;;
    -h | --help) sed -n '2,/^# What check/{/^# What check/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "kube.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
  esac
done

APISERVER=$PEERS_BIN/kube-apiserver
KUBECTL=$PEERS_BIN/kubectl
TOKEN=e2e-admin-token
e2e_begin "kube-$members" "$STORE_BIN" "$ETCDCTL" "$APISERVER" "$KUBECTL"
command -v openssl >/dev/null || die "openssl is missing; it makes the key of the service account issuer"
etcd_flags=()
if [[ -n $tls ]]; then
  tls_begin
  etcd_flags=(--etcd-cafile="$ETCDCTL_CACERT" --etcd-certfile="$ETCDCTL_CERT" --etcd-keyfile="$ETCDCTL_KEY")
fi
export HOME=$SCRATCH/home KUBECONFIG=/dev/null
mkdir -p "$HOME"
declare -A API=()
SERVERS=()

# apiserver_start NAME NUMBER ENDPOINTS
apiserver_start() {
  local name=$1 port
  port=$(free_ports 1)
  API[$name]=https://127.0.0.1:$port
  SERVERS+=("$name")
  # The three variables make the apiserver compare its caches with the store and panic on a difference.
  spawn "$name" "$SCRATCH/$name.log" env KUBE_WATCHCACHE_CONSISTENCY_CHECKER=true \
    KUBE_WATCHLIST_INCONSISTENCY_DETECTOR=true KUBE_PANIC_WATCH_DECODE_ERROR=true \
    "$APISERVER" --etcd-servers="$3" ${etcd_flags[@]+"${etcd_flags[@]}"} --bind-address=127.0.0.1 --secure-port="$port" --cert-dir="$SCRATCH/$name-certs" \
    --advertise-address="192.0.2.$((9 + $2))" --service-cluster-ip-range=10.0.0.0/24 \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$SCRATCH/sa.pub" \
    --service-account-signing-key-file="$SCRATCH/sa.key" --authorization-mode=RBAC \
    --token-auth-file="$SCRATCH/tokens.csv" --allow-privileged=true --disable-admission-plugins=ServiceAccount \
    --etcd-compaction-interval=30s --etcd-count-metric-poll-period=10s
}

# k NAME arguments...: kubectl against that apiserver.
k() {
  local name=$1
  shift
  timeout 60 "$KUBECTL" --server="${API[$name]}" --insecure-skip-tls-verify --token="$TOKEN" --request-timeout=20s "$@"
}

# Bootstrap is over when every hook has reported, the one that writes the RBAC roles last.
apiserver_ready() { [[ $(k "$1" get --raw /readyz) == ok ]]; }

apiserver_wait() {
  local name until=$((SECONDS + 150))
  for name in "$@"; do
    until apiserver_ready "$name" >/dev/null 2>&1; do
      running "$name" || die "$name ended instead of getting ready"
      ((SECONDS < until)) || die "$name was not ready in time: $(k "$name" get --raw '/readyz?verbose' 2>&1 | grep -v '^\[+\]')"
      sleep 0.5
    done
  done
  note "ready: $*"
}

servers_of() {
  local name list=
  for name in "$@"; do list+=${list:+,}${API[$name]}; done
  printf '%s' "$list"
}

# ---- start ----

openssl genrsa -out "$SCRATCH/sa.key" 2048 2>/dev/null
openssl rsa -in "$SCRATCH/sa.key" -pubout -out "$SCRATCH/sa.pub" 2>/dev/null
echo "$TOKEN,admin,1,\"system:masters\"" >"$SCRATCH/tokens.csv"
cluster_new "$members"
cluster_start
if ((members == 1)); then
  apiserver_start api1 1 "${CLIENT[m1]}"
else
  apiserver_start api1 1 "${CLIENT[m1]}"
  apiserver_start api2 2 "${CLIENT[m2]}"
  apiserver_start api3 3 "$ENDPOINTS"
fi
apiserver_wait "${SERVERS[@]}"
pass "kube-apiserver starts on an empty store"
main=${SERVERS[-1]}
[[ -z $tls ]] || tls_checks "${CLIENT[m1]}" "${PEER[m1]}"

# ---- bootstrap ----

rbac_hook() { k "$main" get --raw '/readyz?verbose' | grep -F '[+]poststarthook/rbac/bootstrap-roles ok'; }
at_least() { (($1 >= $2)) || { echo "$1 of at least $2"; return 1; }; }
check "the RBAC bootstrap is complete" rbac_hook
check "its cluster roles are there" at_least "$(k "$main" get clusterroles -o name | wc -l)" 60
check "its bindings are there" at_least "$(k "$main" get clusterrolebindings -o name | wc -l)" 45
check "the default namespaces are there" k "$main" get namespaces default kube-system kube-public kube-node-lease
check "each apiserver has its lease in the store" wait_for 30 \
  eval '(($("$ETCDCTL" --endpoints="$ENDPOINTS" get /registry/masterleases/ --prefix --keys-only | grep -c masterleases) == ${#SERVERS[@]}))'
check "version" k "$main" version

# ---- kubectl ----

cat >"$SCRATCH/deployment.yaml" <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: example/web:1}]}
YAML
cat >"$SCRATCH/crd.yaml" <<'YAML'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lamps.kvorum.test}
spec:
  group: kvorum.test
  scope: Namespaced
  names: {kind: Lamp, plural: lamps, singular: lamp}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {watts: {type: integer}}}}
YAML
field() { k "$main" get "$1" -o "jsonpath=$2"; }
has_field() { local got; got=$(field "$1" "$2"); [[ $got == "$3" ]] || { echo "$1 $2 is '$got', not '$3'"; return 1; }; }

already_exists() { [[ $(k "$main" create configmap one 2>&1 || true) == *'already exists'* ]]; }
check "create" k "$main" create configmap one --from-literal=a=1
check "get" has_field configmap/one '{.data.a}' 1
check "create of what exists is refused" already_exists
check "apply" k "$main" apply -f "$SCRATCH/deployment.yaml"
check "apply again changes nothing" eval 'k "$main" apply -f "$SCRATCH/deployment.yaml" | grep unchanged >/dev/null'
sed -i 's/replicas: 2/replicas: 3/' "$SCRATCH/deployment.yaml"
check "apply of a change" eval 'k "$main" apply -f "$SCRATCH/deployment.yaml" && has_field deployment/web "{.spec.replicas}" 3'
sed -i 's/replicas: 3/replicas: 4/' "$SCRATCH/deployment.yaml"
check "apply --server-side" k "$main" apply --server-side --force-conflicts -f "$SCRATCH/deployment.yaml"
check "patch" k "$main" patch deployment web -p '{"spec":{"paused":true}}'
check "patch --type=json" k "$main" patch deployment web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":5}]'
check "what came of it" has_field deployment/web '{.spec.replicas}{.spec.paused}' 5true
check "label" k "$main" label deployment web tier=front
check "list by label" eval '[[ $(k "$main" get deployments -l tier=front -o name) == deployment.apps/web ]]'
check "delete" eval 'k "$main" delete deployment web --wait=true && [[ -z $(k "$main" get deployments -o name) ]]'
check "a custom resource" eval 'k "$main" apply -f "$SCRATCH/crd.yaml" && k "$main" wait --for=condition=Established crd/lamps.kvorum.test --timeout=30s \
  && printf "apiVersion: kvorum.test/v1\nkind: Lamp\nmetadata: {name: desk}\nspec: {watts: 7}\n" >"$SCRATCH/lamp.yaml" \
  && wait_for 20 k "$main" create -f "$SCRATCH/lamp.yaml" && has_field lamps/desk "{.spec.watts}" 7'
check "lists in chunks while objects change" python3 "$E2E/kube_load.py" paging --servers "${API[$main]}" --token "$TOKEN"
check "kubectl get --chunk-size" eval '(($(k "$main" get clusterroles --chunk-size=10 -o name | sort -u | wc -l) == $(k "$main" get clusterroles --chunk-size=0 -o name | wc -l)))'

# ---- our own manifests ----

# As if they were applied to a cluster: the apiserver decodes strictly, sets defaults, validates and admits, and a warning
# counts as an error. Pods are admitted only by a namespace whose policy they meet, so the template is tried as one.
if ((members == 1)); then
  manifests=$ROOT/deploy/kubernetes
  cat >"$SCRATCH/pod.py" <<'PY'
import json, sys
objects = json.load(sys.stdin)["items"]
(spec,) = [o["spec"] for o in objects if o["kind"] == "StatefulSet"]
template = spec["template"]
template["metadata"]["name"] = "member"
template["spec"]["volumes"] += [
    {"name": name, "persistentVolumeClaim": {"claimName": name + "-member"}}
    for name in (claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"])
]
json.dump({"apiVersion": "v1", "kind": "Pod", **template}, sys.stdout)
PY
  check "manifests: the namespace" k "$main" apply -f "$manifests/namespace.yaml"
  check "manifests: all of them" k "$main" apply -k "$manifests" --dry-run=server --validate=strict --warnings-as-errors
  check "manifests: a member meets the restricted policy" eval 'k "$main" apply -k "$manifests" --dry-run=server -o json |
    python3 "$SCRATCH/pod.py" | k "$main" create -n kvorum --dry-run=server --validate=strict --warnings-as-errors -f -'
fi

# get -w prints what is there and then every change.
k "$main" get configmap one -w -o 'jsonpath={.data.a}{"\n"}' --request-timeout=0 >"$SCRATCH/watched.txt" 2>&1 &
watching=$!
wait_for 15 file_has "$SCRATCH/watched.txt" '^1$' || true
for value in 2 3 4; do k "$main" patch configmap one -p "{\"data\":{\"a\":\"$value\"}}" >/dev/null; done
wait_for 15 file_has "$SCRATCH/watched.txt" '^4$' || true
kill "$watching" 2>/dev/null || true
wait "$watching" 2>/dev/null || true
same "get -w" "1 2 3 4" "$(tr '\n' ' ' <"$SCRATCH/watched.txt" | sed 's/ $//')"

# ---- several apiservers ----

if ((members > 1)); then
  check "what one apiserver writes, the others list at once" python3 "$E2E/kube_load.py" fresh \
    --servers "$(servers_of "${SERVERS[@]}")" --token "$TOKEN" --rounds 90
fi

# ---- load ----

# Every so many seconds the leader dies without a word and comes back a little later.
kill_leaders() {
  local n victim pause=$((seconds / (kills + 1)))
  for ((n = 1; n <= kills; n++)); do
    sleep $((pause > 5 ? pause : 5))
    wait_for 30 leader || die "there is no leader to kill"
    victim=$(leader)
    note "kill -9 of $victim, the leader ($n of $kills)"
    member_kill "$victim"
    sleep 3
    member_start "$victim"
    cluster_wait "$victim"
  done
  touch "$SCRATCH/kills-done"
}

note "load: $seconds s, $workers workers, $watchers watchers, $kills kills of the leader"
quiet=() least=$((seconds * 5))
((kills > 0)) || quiet=(--quiet)
# The members are started and killed from this shell, which has to be the one that waits for them.
python3 "$E2E/kube_load.py" load --servers "${API[$main]}" --watch-servers "$(servers_of "${SERVERS[@]}")" --token "$TOKEN" \
  --seconds "$seconds" --objects "$objects" --workers "$workers" --watchers "$watchers" --least "$least" \
  --stop-file "$SCRATCH/kills-done" ${quiet[@]+"${quiet[@]}"} >"$SCRATCH/load.txt" 2>&1 </dev/null &
load=$!
kill_leaders
if wait "$load"; then
  pass "load: every acknowledged step is in the store and was seen by every watcher, once and in order"
else
  fail "load: ledger, watchers and store disagree"
fi
sed 's/^/          | /' "$SCRATCH/load.txt"

# ---- what the apiservers found out themselves ----

for name in "${SERVERS[@]}"; do
  if out=$(python3 "$E2E/kube_load.py" metrics --servers "${API[$name]}" --token "$TOKEN" ${quiet[@]+"${quiet[@]}"} 2>&1); then
    pass "$name: $out"
  else
    fail "$name: $out"
  fi
  if running "$name"; then pass "$name is still running"; else fail "$name has ended"; fi
  check "$name is ready" wait_for 30 apiserver_ready "$name"
  check "$name did not panic" eval '! grep -nE "^panic:|Observed a panic|panic serving|^fatal error:" "$SCRATCH/$name.log"'
done
for name in "${MEMBERS[@]}"; do
  check "the caches have what $name has" eval '"$ETCDCTL" --endpoints="${CLIENT[$name]}" get /registry/configmaps/load/ --prefix --consistency=s -w json |
    python3 "$E2E/kube_load.py" caches --servers "$(servers_of "${SERVERS[@]}")" --token "$TOKEN"'
done
# Every 30 s the apiservers elect one of them, which compacts up to where the store was one round before.
compacted() { [[ $("$ETCDCTL" --endpoints="$ENDPOINTS" get compact_rev_key --rev=2 2>&1 || true) == *'has been compacted'* ]]; }
check "the apiservers have the store compacted" wait_for 75 compacted
for name in "${MEMBERS[@]}"; do
  if running "$name"; then pass "$name is still running"; else fail "$name has ended"; fi
done
