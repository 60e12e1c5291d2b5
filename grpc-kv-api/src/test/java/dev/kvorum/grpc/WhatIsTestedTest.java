package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.kvorum.proto.etcd.CampaignRequest;
import dev.kvorum.proto.etcd.LockRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import io.grpc.health.v1.HealthCheckRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of what is tested are complete, and name tests that exist. */
class WhatIsTestedTest {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern TEST =
      Pattern.compile("(?:[a-z]+\\.)*([A-Z]\\w*(?:IT|Test))(?:\\.([a-z]\\w*))?");
  private static final Pattern METHOD = Pattern.compile("[a-z]\\w*[A-Z]\\w*");

  private static final List<FileDescriptor> FILES = List.of(
      RangeRequest.getDescriptor().getFile(),
      LockRequest.getDescriptor().getFile(),
      CampaignRequest.getDescriptor().getFile(),
      HealthCheckRequest.getDescriptor().getFile());

  @Test
  void everyCallIsInTheTable() throws IOException {
    Set<String> offered = new TreeSet<>();
    for (FileDescriptor file : FILES) {
      for (ServiceDescriptor service : file.getServices()) {
        for (MethodDescriptor method : service.getMethods()) {
          offered.add(service.getName() + "/" + method.getName());
        }
      }
    }

    assertThat(callsInTheTable()).containsAll(offered);
  }

  private static Set<String> callsInTheTable() throws IOException {
    Set<String> calls = new TreeSet<>();
    for (String line : lines("README.md")) {
      String[] cells = line.split("\\|", -1);
      if (cells.length < 4 || cells[2].isBlank()) {
        continue;
      }
      String service = "";
      for (String name : cells[1].strip().split(", ", -1)) {
        int slash = name.indexOf('/');
        service = slash < 0 ? service : name.substring(0, slash);
        calls.add(service + "/" + name.substring(slash + 1));
      }
    }
    return calls;
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> tests = new HashMap<>();
    Path root = MODULE.getParent();
    assertThat(root).isNotNull();
    for (String module : List.of("raft-store", "grpc-kv-api", "chaos-tests", "apiserver-adapter")) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          tests.merge(name, Files.readString(file, StandardCharsets.UTF_8), String::concat);
        }
      }
    }
    Set<String> missing = new TreeSet<>();
    for (String page : List.of("README.md", "REGRESSIONS.md")) {
      for (String line : lines(page)) {
        if (line.startsWith("|")) {
          missing.addAll(missingIn(line, tests));
        }
      }
    }

    assertThat(missing).isEmpty();
  }

  /** A name without a class is a method of the class that was named last. */
  private static Set<String> missingIn(String line, Map<String, String> tests) {
    Set<String> missing = new TreeSet<>();
    String source = "";
    Matcher code = CODE.matcher(line);
    while (code.find()) {
      String name = code.group(1);
      Matcher test = TEST.matcher(name);
      String method = null;
      if (test.matches()) {
        source = tests.getOrDefault(test.group(1), "");
        method = test.group(2);
        if (source.isEmpty()) {
          missing.add(name);
          continue;
        }
      } else if (METHOD.matcher(name).matches() && !source.isEmpty()) {
        method = name;
      }
      if (method != null && !source.contains("void " + method + "(")) {
        missing.add(name);
      }
    }
    return missing;
  }

  private static List<String> lines(String page) throws IOException {
    return Files.readAllLines(MODULE.resolve(page), StandardCharsets.UTF_8);
  }
}
