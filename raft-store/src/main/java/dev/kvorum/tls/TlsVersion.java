package dev.kvorum.tls;

/** A version of TLS that is offered; older ones are broken and never are. */
public enum TlsVersion {
  TLS_1_2("TLS1.2", "TLSv1.2"),
  TLS_1_3("TLS1.3", "TLSv1.3");

  private final String flag;
  private final String protocol;

  TlsVersion(String flag, String protocol) {
    this.flag = flag;
    this.protocol = protocol;
  }

  /** As operators write it: {@code TLS1.3}. */
  public String flag() {
    return flag;
  }

  /** As the JDK names it: {@code TLSv1.3}. */
  public String protocol() {
    return protocol;
  }
}
