package dev.kvorum.store.command;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Member;
import dev.kvorum.store.command.Command.MembershipChange;
import dev.kvorum.store.command.Command.MembershipChange.AddMember;
import dev.kvorum.store.command.Command.MembershipChange.AdmitMember;
import dev.kvorum.store.command.Command.MembershipChange.FoundCluster;
import dev.kvorum.store.command.Command.MembershipChange.IntroduceMember;
import dev.kvorum.store.command.Command.MembershipChange.PromoteMember;
import dev.kvorum.store.command.Command.MembershipChange.RemoveMember;
import dev.kvorum.store.command.Command.MembershipChange.UpdateMember;
import java.util.ArrayList;
import java.util.List;

/** The encoding of {@link MembershipChange}s; see {@link CommandCodec}. */
final class MembershipCodec {
  static final int FIRST_OPCODE = 48;

  private static final int FOUND = FIRST_OPCODE;
  private static final int ADD = FIRST_OPCODE + 1;
  private static final int REMOVE = FIRST_OPCODE + 2;
  private static final int UPDATE = FIRST_OPCODE + 3;
  private static final int PROMOTE = FIRST_OPCODE + 4;
  private static final int ADMIT = FIRST_OPCODE + 5;
  private static final int INTRODUCE = FIRST_OPCODE + 6;

  private static final int LEAST_MEMBER_BYTES = Long.BYTES + 4;

  private MembershipCodec() {}

  /** Bytes that {@code change} takes beside its opcode. */
  static long size(MembershipChange<?> change) {
    return switch (change) {
      case FoundCluster found -> {
        long sum = Output.varintSize(found.members().size());
        for (Member member : found.members()) {
          sum += CommandCodec.memberSize(member);
        }
        yield sum;
      }
      case AddMember add ->
        CommandCodec.memberSize(add.member()) + Output.varintSize(add.maxLearners()) + 1;
      case RemoveMember remove -> Long.BYTES + 1;
      case UpdateMember update -> Long.BYTES + CommandCodec.stringsSize(update.peerUrls());
      case PromoteMember promote -> Long.BYTES + 1;
      case AdmitMember admit ->
        CommandCodec.stringsSize(admit.peerUrls()) + Output.stringSize(Bytes.utf8(admit.disk()));
      case IntroduceMember introduce ->
        CommandCodec.memberSize(introduce.member())
            + Long.BYTES
            + Output.stringSize(Bytes.utf8(introduce.disk()));
    };
  }

  static void write(Output out, MembershipChange<?> change) {
    switch (change) {
      case FoundCluster found -> {
        out.octet(FOUND);
        out.varint(found.members().size());
        found.members().forEach(member -> CommandCodec.writeMember(out, member));
      }
      case AddMember add -> {
        out.octet(ADD);
        CommandCodec.writeMember(out, add.member());
        out.varint(add.maxLearners());
        out.octet(add.strict() ? 1 : 0);
      }
      case RemoveMember remove -> {
        out.octet(REMOVE);
        out.fixed(remove.id());
        out.octet(remove.strict() ? 1 : 0);
      }
      case UpdateMember update -> {
        out.octet(UPDATE);
        out.fixed(update.id());
        CommandCodec.writeStrings(out, update.peerUrls());
      }
      case PromoteMember promote -> {
        out.octet(PROMOTE);
        out.fixed(promote.id());
        out.octet(promote.strict() ? 1 : 0);
      }
      case AdmitMember admit -> {
        out.octet(ADMIT);
        CommandCodec.writeStrings(out, admit.peerUrls());
        out.string(Bytes.utf8(admit.disk()));
      }
      case IntroduceMember introduce -> {
        out.octet(INTRODUCE);
        CommandCodec.writeMember(out, introduce.member());
        out.fixed(introduce.incarnation());
        out.string(Bytes.utf8(introduce.disk()));
      }
    }
  }

  static MembershipChange<?> read(int opcode, Input in) {
    return switch (opcode) {
      case FOUND -> {
        int count = in.count(LEAST_MEMBER_BYTES);
        List<Member> members = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
          members.add(CommandCodec.readMember(in));
        }
        yield new FoundCluster(members);
      }
      case ADD -> new AddMember(CommandCodec.readMember(in), (int) in.varint(), in.octet() == 1);
      case REMOVE -> new RemoveMember(in.fixed(), in.octet() == 1);
      case UPDATE -> new UpdateMember(in.fixed(), CommandCodec.readStrings(in));
      case PROMOTE -> new PromoteMember(in.fixed(), in.octet() == 1);
      case ADMIT -> new AdmitMember(CommandCodec.readStrings(in), in.string().toUtf8());
      case INTRODUCE ->
        new IntroduceMember(CommandCodec.readMember(in), in.fixed(), in.string().toUtf8());
      default -> throw new IllegalArgumentException("no membership change: " + opcode);
    };
  }
}
