package dev.kvorum.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IP addresses as text; nothing here asks a name server. */
final class Addresses {
  private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private Addresses() {}

  static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || V4.matcher(host).matches();
  }

  /** One spelling per address: that of the JDK. */
  static String canonical(String address) {
    try {
      return InetAddress.getByName(address).getHostAddress();
    } catch (UnknownHostException e) {
      return address; // matches nothing but itself
    }
  }
}
