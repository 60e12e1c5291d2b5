#!/usr/bin/env bash
# The same requests to a real kube-apiserver and to 'kvorum apiserver', each on a real etcd of its own: kube_diff.py says
# where their answers differ.
#
# usage: kube_diff.sh [--only TEXT] [--verbose]
#   --only     only requests with that in their name are compared (all are sent)
#   --verbose  differences at full length
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

options=()
while (($#)); do
  case $1 in
    --only) options+=(--only "${2:?--only takes a text}"); shift ;;
    --verbose) options+=(--verbose) ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "kube_diff.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
  esac
  shift
done
e2e_begin kube-diff "$PEERS_BIN/kube-apiserver" "$PEERS_BIN/etcd"
command -v openssl >/dev/null || die "openssl is missing; it makes the key of the service account issuer"
read -ra port <<<"$(free_ports 6)"
export HOME=$SCRATCH

etcd() { # NAME PORT PORT
  local url=http://127.0.0.1:$2 peer=http://127.0.0.1:$3
  spawn "$1" "$SCRATCH/$1.log" "$PEERS_BIN/etcd" --data-dir "$SCRATCH/$1" --listen-client-urls "$url" \
    --advertise-client-urls "$url" --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
    --initial-cluster "default=$peer"
}
etcd etcd-ours "${port[0]}" "${port[1]}"
etcd etcd-theirs "${port[2]}" "${port[3]}"
check "both etcds answer" wait_for 60 curl -fs "http://127.0.0.1:${port[0]}/health" "http://127.0.0.1:${port[2]}/health"

token=diff-token
echo "$token,admin,1,\"system:masters\"" >"$SCRATCH/tokens.csv"
openssl genrsa -out "$SCRATCH/sa.key" 2048 2>/dev/null
openssl rsa -in "$SCRATCH/sa.key" -pubout -out "$SCRATCH/sa.pub" 2>/dev/null
# Without what changes objects on their way in: that is not compared.
spawn theirs "$SCRATCH/theirs.log" "$PEERS_BIN/kube-apiserver" --etcd-servers="http://127.0.0.1:${port[2]}" \
  --bind-address=127.0.0.1 --secure-port="${port[4]}" --cert-dir="$SCRATCH/certs" --service-cluster-ip-range=10.0.0.0/24 \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$SCRATCH/sa.pub" \
  --service-account-signing-key-file="$SCRATCH/sa.key" --authorization-mode=RBAC --token-auth-file="$SCRATCH/tokens.csv" \
  --allow-privileged=true --disable-admission-plugins=ServiceAccount,Priority,DefaultTolerationSeconds,StorageObjectInUseProtection,TaintNodesByCondition,LimitRanger,DefaultStorageClass,DefaultIngressClass
spawn ours "$SCRATCH/ours.log" "$ROOT/deploy/bin/kvorum" apiserver --store "http://127.0.0.1:${port[0]}" \
  --data-dir "$SCRATCH/ours" --api-listen "https://127.0.0.1:${port[5]}" --token-file "$SCRATCH/tokens.csv"
check "ours is ready" wait_for 120 test -s "$SCRATCH/ours/kubeconfig"
ready() { curl -ksf -H "Authorization: Bearer $token" "https://127.0.0.1:${port[4]}/readyz"; }
check "theirs is ready" wait_for 120 ready

code=0
python3 "$E2E/kube_diff.py" "https://127.0.0.1:${port[5]}" "$token" "https://127.0.0.1:${port[4]}" "$token" \
  ${options[@]+"${options[@]}"} >"$SCRATCH/differences" 2>&1 || code=$?
cat "$SCRATCH/differences"
result=$(tail -n 1 "$SCRATCH/differences")
if [[ $result =~ ^requests:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
  PASSED=$((PASSED + BASH_REMATCH[1])) FAILED=$((FAILED + BASH_REMATCH[2]))
fi
same "the comparison ends well" 0 "$code"
