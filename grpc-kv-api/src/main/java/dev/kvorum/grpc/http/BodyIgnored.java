package dev.kvorum.grpc.http;

import io.netty.buffer.ByteBuf;

/** The exchange of a request whose answer does not depend on its body: the body is read and dropped. */
public enum BodyIgnored implements Exchange {
  INSTANCE;

  @Override
  public void body(ByteBuf piece) {
    // of no interest
  }

  @Override
  public void bodyEnded() {
    // of no interest
  }

  @Override
  public boolean wantsBody() {
    return true;
  }

  @Override
  public boolean isEstablished() {
    return false;
  }

  @Override
  public void writable() {
    // the answer comes as one piece
  }

  @Override
  public void gone() {
    // the answer will reach nobody
  }
}
