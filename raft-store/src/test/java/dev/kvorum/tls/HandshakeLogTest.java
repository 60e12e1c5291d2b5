package dev.kvorum.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class HandshakeLogTest {
  @Test
  void whoLeavesIsNotRejected() {
    assertThat(HandshakeLog.isGivenUp(new ClosedChannelException())).isTrue();
    assertThat(HandshakeLog.isGivenUp(new SSLException(
            "failure when writing TLS control frames", new ClosedChannelException())))
        .isTrue();
  }

  @Test
  void whoIsNotTrustedIsRejected() {
    assertThat(
            HandshakeLog.isGivenUp(new SSLHandshakeException("PEER_DID_NOT_RETURN_A_CERTIFICATE")))
        .isFalse();
  }
}
