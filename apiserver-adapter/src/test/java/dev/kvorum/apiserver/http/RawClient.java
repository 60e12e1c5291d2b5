package dev.kvorum.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that sends what it is told, byte by byte, and reads HTTP/1.1 answers. */
final class RawClient implements AutoCloseable {
  final Socket socket = new Socket();
  private final InputStream in;

  RawClient(InetSocketAddress address) throws IOException {
    this(address, 0);
  }

  RawClient(InetSocketAddress address, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(address);
    socket.setSoTimeout(20_000);
    in = socket.getInputStream();
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** An answer: what its head says and, if the head says how long it is, the body. */
  record Answer(String head, String body) {
    int status() {
      return Integer.parseInt(head.split(" ", -1)[1]);
    }

    String header(String name) {
      for (String line : head.split("\r\n", -1)) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }
  }

  Answer answer() throws IOException {
    String head = head();
    Answer bare = new Answer(head, "");
    String length = bare.header("content-length");
    return length.isEmpty()
        ? bare
        : new Answer(
            head, new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8));
  }

  String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the connection ended after: " + text);
      }
      head.write(c);
      text = head.toString(StandardCharsets.ISO_8859_1);
    }
    return text;
  }

  /** One chunk of a chunked body; empty at its end. */
  String chunk() throws IOException {
    StringBuilder size = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection ended");
      }
      size.append((char) c);
    }
    byte[] chunk = in.readNBytes(Integer.parseInt(size.toString().strip(), 16));
    in.readNBytes(2);
    return new String(chunk, StandardCharsets.UTF_8);
  }

  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
