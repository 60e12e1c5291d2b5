package dev.kvorum.store.command;

import java.util.List;

/**
 * Commands that one member proposed together. A log entry holds one or more batches.
 *
 * @param originId the member that proposed it and whose clients wait for the results
 * @param incarnation grows with every start of that member
 * @param sequence grows with every batch of that incarnation, from 1; batches are applied at most once per (origin,
 *     incarnation, sequence) and never after a later one of the same origin
 * @param leaderTimeMillis Unix time at the leader; the only clock that applying may use
 * @param commands applied in order
 */
public record CommandBatch(
    long originId,
    long incarnation,
    long sequence,
    long leaderTimeMillis,
    List<Command<?>> commands) {
  public CommandBatch {
    commands = List.copyOf(commands);
  }
}
