#!/usr/bin/env bash
# Starts the member that this pod is. A member that has data ignores all that is said here about the cluster; one that has
# none either founds the cluster with the others or, where there is one already, joins it.
set -euo pipefail

set_name=${POD_NAME%-*} ordinal=${POD_NAME##*-}
domain=kvorum-peers.$POD_NAMESPACE.svc
members=$(</etc/kvorum/cluster/members) state=$(</etc/kvorum/cluster/state)

# A pod beyond the members that there are can only be one that joins; 'etcdctl member add' must have announced it.
last=$((members - 1))
if ((ordinal > last)); then last=$ordinal state=existing; fi
cluster=''
for ((i = 0; i <= last; i++)); do
  cluster+=${cluster:+,}$set_name-$i=https://$set_name-$i.$domain:2380
done

exec kvorum server \
  --name="$POD_NAME" \
  --data-dir=/var/lib/kvorum/data \
  --listen-client-urls=https://0.0.0.0:2379 \
  --advertise-client-urls="https://$POD_NAME.$domain:2379" \
  --listen-peer-urls=https://0.0.0.0:2380 \
  --initial-advertise-peer-urls="https://$POD_NAME.$domain:2380" \
  --listen-metrics-urls=http://0.0.0.0:2381 \
  --initial-cluster="$cluster" \
  --initial-cluster-state="$state" \
  --initial-cluster-token="$POD_NAMESPACE-$set_name" \
  --cert-file=/etc/kvorum/client-tls/tls.crt --key-file=/etc/kvorum/client-tls/tls.key \
  --trusted-ca-file=/etc/kvorum/client-tls/ca.crt --client-cert-auth=true \
  --peer-cert-file=/etc/kvorum/peer-tls/tls.crt --peer-key-file=/etc/kvorum/peer-tls/tls.key \
  --peer-trusted-ca-file=/etc/kvorum/peer-tls/ca.crt --peer-client-cert-auth=true
