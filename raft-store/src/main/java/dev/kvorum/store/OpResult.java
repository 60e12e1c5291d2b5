package dev.kvorum.store;

/** The result of an {@link Op}; the same kinds in the same order. */
public sealed interface OpResult permits RangeResult, PutResult, DeleteResult, TxnResult {}
