package dev.kvorum.store;

import java.util.List;

/**
 * Alarms that were asked for or that a change was about.
 *
 * @param revision the store's
 * @param alarms by type, then by unsigned member id
 */
public record Alarms(long revision, List<Alarm> alarms) {
  public Alarms {
    alarms = List.copyOf(alarms);
  }
}
