package dev.kvorum.cli;

import picocli.CommandLine.IVersionProvider;

/** What the program calls itself. */
final class Versions implements IVersionProvider {
  /** The version of this program. */
  static String kvorum() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"kvorum " + kvorum(), "Java " + Runtime.version()};
  }
}
