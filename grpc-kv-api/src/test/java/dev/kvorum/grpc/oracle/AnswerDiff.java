package dev.kvorum.grpc.oracle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Names what differs between two answers, so that many occurrences of one bug are recognized as one. */
final class AnswerDiff {
  private AnswerDiff() {}

  /** What is different, without values. */
  static String kind(Answer oracle, Answer subject) {
    if (oracle instanceof Answer.Reply ours && subject instanceof Answer.Reply theirs) {
      Set<String> fields = new TreeSet<>();
      differingFields("", ours.message(), theirs.message(), fields);
      return "reply: " + String.join(", ", fields);
    }
    return oracle instanceof Answer.Reply
        ? "reply / " + subject
        : oracle + " / " + (subject instanceof Answer.Reply ? "reply" : subject);
  }

  private static void differingFields(
      String path, Message ours, Message theirs, Set<String> fields) {
    for (FieldDescriptor field : ours.getDescriptorForType().getFields()) {
      Object one = ours.getField(field);
      Object other = theirs.getField(field);
      boolean presenceDiffers =
          field.hasPresence() && ours.hasField(field) != theirs.hasField(field);
      if (one.equals(other) && !presenceDiffers) {
        continue;
      }
      String name = path + field.getName();
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || presenceDiffers) {
        fields.add(name);
      } else if (!field.isRepeated()) {
        differingFields(name + ".", (Message) one, (Message) other, fields);
      } else {
        List<?> list = (List<?>) one;
        List<?> others = (List<?>) other;
        if (list.size() != others.size()) {
          fields.add(name + " (number)");
        }
        for (int i = 0; i < Math.min(list.size(), others.size()); i++) {
          differingFields(name + ".", (Message) list.get(i), (Message) others.get(i), fields);
        }
      }
    }
  }
}
