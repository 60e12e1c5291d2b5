package dev.kvorum.grpc.http;

import io.netty.buffer.ByteBuf;

/** One request that takes its body piece by piece, and its {@link Response}. Everything happens on one event loop. */
public interface Exchange {
  /** Takes a piece of the body; it is valid during the call only. */
  void body(ByteBuf piece);

  /** Nothing more comes. */
  void bodyEnded();

  /** Whether another piece can be taken; when that changes, {@link Response#wantBody()} is to be called. */
  boolean wantsBody();

  /** Whether the rest of the body may take as long as it likes, because what came so far is being served. */
  boolean isEstablished();

  /** The response can take more, see {@link Response#isWritable()}. */
  void writable();

  /** Nobody is there any more; called at most once, and not after the response has ended. */
  void gone();
}
