package dev.kvorum.apiserver.yaml;

import dev.kvorum.apiserver.json.JsonReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.common.SpecVersion;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Makes nodes of text: of the first document that there is. */
final class Composer {
  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_-]+");

  private final Iterator<Event> events;
  private final Map<String, Node> anchors = new HashMap<>();

  private Composer(String text) {
    events = new Parse(SETTINGS).parseString(text).iterator();
  }

  /** The document; null if there is none. */
  static @Nullable Node compose(byte[] bytes) throws YamlException {
    String text = text(bytes);
    try {
      Composer composer = new Composer(text);
      Event event = composer.events.next();
      while (event.getEventId() != Event.ID.DocumentStart) {
        if (event.getEventId() == Event.ID.StreamEnd) {
          return null;
        }
        event = composer.events.next();
      }
      checkVersion((DocumentStartEvent) event);
      Node root = composer.node(composer.events.next(), 1);
      // What comes behind the document may still show that it was none.
      composer.events.next();
      return root;
    } catch (MarkedYamlEngineException e) {
      throw Problems.of(e, text.codePointCount(0, text.length()));
    } catch (ReaderException e) {
      throw YamlException.of("control characters are not allowed");
    } catch (YamlEngineException e) {
      throw YamlException.of("unknown problem parsing YAML content");
    }
  }

  private static void checkVersion(DocumentStartEvent start) throws YamlException {
    SpecVersion version = start.getSpecVersion().orElse(null);
    if (version != null && (version.getMajor() != 1 || version.getMinor() != 1)) {
      throw YamlException.of("found incompatible YAML document");
    }
  }

  private Node node(Event event, int depth) throws YamlException {
    if (depth > JsonReader.MAX_DEPTH) {
      throw YamlException.of("exceeded max depth of " + JsonReader.MAX_DEPTH);
    }
    int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    if (event instanceof AliasEvent alias) {
      String name = name(alias.getAlias());
      Node target = anchors.get(name);
      if (target == null) {
        throw YamlException.of("unknown anchor '" + name + "' referenced");
      }
      return new Node.Alias(line, name, target);
    }
    if (event instanceof ScalarEvent scalar) {
      String tag = scalar.getTag().orElse("");
      boolean plain = tag.isEmpty() && scalar.getScalarStyle() == ScalarStyle.PLAIN;
      Node node = new Node.Scalar(line, tag.equals("!") ? "" : tag, scalar.getValue(), plain);
      remember(scalar, node);
      return node;
    }
    List<Node> parts = new ArrayList<>();
    Node node;
    Event.ID end;
    if (event instanceof SequenceStartEvent) {
      node = new Node.Sequence(line, parts);
      end = Event.ID.SequenceEnd;
    } else if (event instanceof MappingStartEvent) {
      node = new Node.Mapping(line, parts);
      end = Event.ID.MappingEnd;
    } else {
      throw YamlException.of("unknown problem parsing YAML content");
    }
    // Before its parts: they may mean it, which is then refused.
    remember((NodeEvent) event, node);
    Event part = events.next();
    while (part.getEventId() != end) {
      parts.add(node(part, depth + 1));
      part = events.next();
    }
    return node;
  }

  private void remember(NodeEvent event, Node node) throws YamlException {
    Anchor anchor = event.getAnchor().orElse(null);
    if (anchor != null) {
      anchors.put(name(anchor), node);
    }
  }

  /** Names were shorter in the version of YAML that is spoken here. */
  private static String name(Anchor anchor) throws YamlException {
    String name = anchor.getValue();
    if (!NAME.matcher(name).matches()) {
      throw YamlException.of("did not find expected alphabetic or numeric character");
    }
    return name;
  }

  private static String text(byte[] bytes) throws YamlException {
    boolean big = bytes.length > 1 && bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff;
    boolean little = bytes.length > 1 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe;
    Charset charset = big
        ? StandardCharsets.UTF_16BE
        : little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String content = text.startsWith("\ufeff") ? text.substring(1) : text;
      if (!content.codePoints().allMatch(Composer::isAllowed)) {
        throw YamlException.of("control characters are not allowed");
      }
      return content;
    } catch (CharacterCodingException e) {
      throw YamlException.of(
          big || little ? "incomplete UTF-16 character" : "invalid leading UTF-8 octet");
    }
  }

  private static boolean isAllowed(int c) {
    return (c >= 0x20 && c <= 0x7e)
        || c == '\n'
        || c == '\t'
        || c == '\r'
        || c == 0x85
        || (c >= 0xa0 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }
}
