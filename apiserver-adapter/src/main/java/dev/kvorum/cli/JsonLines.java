package dev.kvorum.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One JSON object per line, with the keys of etcd's log: level, ts, caller, msg and maybe error. */
final class JsonLines extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  @Override
  public String doLayout(ILoggingEvent event) {
    Instant time = event.getInstant() == null
        ? Instant.ofEpochMilli(event.getTimeStamp())
        : event.getInstant();
    StringBuilder line = new StringBuilder(200);
    String logger = event.getLoggerName();
    line.append("{\"level\":\"")
        .append(event.getLevel().toString().toLowerCase(Locale.ROOT))
        .append("\",\"ts\":\"")
        .append(TIME.format(time))
        .append("\",\"caller\":\"");
    quote(line, logger.substring(logger.lastIndexOf('.') + 1));
    line.append("\",\"msg\":\"");
    quote(line, String.valueOf(event.getFormattedMessage()));
    line.append('"');
    if (event.getThrowableProxy() != null) {
      line.append(",\"error\":\"");
      quote(line, ThrowableProxyUtil.asString(event.getThrowableProxy()));
      line.append('"');
    }
    return line.append("}\n").toString();
  }

  private static void quote(StringBuilder line, String text) {
    JsonStringEncoder.getInstance().quoteAsString(text, line);
  }
}
