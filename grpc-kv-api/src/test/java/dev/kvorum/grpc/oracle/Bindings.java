package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import dev.kvorum.proto.etcd.AuthenticateResponse;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrantResponse;
import dev.kvorum.proto.etcd.MemberAddRequest;
import dev.kvorum.proto.etcd.MemberAddResponse;

/** What a server chose is noted under the name that the sequence has for it. */
final class Bindings {
  private Bindings() {}

  static void bind(Message symbolic, Message reply, Symbols.Side side) {
    if (symbolic instanceof LeaseGrantRequest grant
        && Symbols.isLease(grant.getID())
        && reply instanceof LeaseGrantResponse granted) {
      side.bind(grant.getID(), granted.getID());
    } else if (symbolic instanceof AuthenticateRequest login
        && reply instanceof AuthenticateResponse issued) {
      side.issued(login.getName(), issued.getToken());
    } else if (symbolic instanceof MemberAddRequest add
        && reply instanceof MemberAddResponse added) {
      side.bind(
          Symbols.member(PeerUrls.handle(add.getPeerURLs(0))), added.getMember().getID());
    }
  }
}
