package dev.kvorum.store;

/** What a transaction can do: the requests that can also be made alone. */
public sealed interface Op permits RangeRequest, PutRequest, DeleteRequest, TxnRequest {}
