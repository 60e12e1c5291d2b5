/**
 * Figures about the running member, in Prometheus' text format under etcd's names.
 *
 * <p>Written by hand: etcd has gauges that end in {@code _total} and counters that do not, which metric libraries forbid
 * or rename. Knows neither gRPC nor HTTP nor, but for its histograms, the store; whoever has figures implements {@link
 * dev.kvorum.grpc.metrics.MetricSource}.
 */
@NullMarked
package dev.kvorum.grpc.metrics;

import org.jspecify.annotations.NullMarked;
