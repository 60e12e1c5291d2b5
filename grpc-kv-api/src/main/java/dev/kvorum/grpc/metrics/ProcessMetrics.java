package dev.kvorum.grpc.metrics;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the operating system and the JVM say of this process; the former where there is a {@code /proc}. */
public final class ProcessMetrics implements MetricSource {
  private static final Path PROC = Path.of("/proc/self");

  private final long pageBytes = 4096;

  @Override
  public void writeTo(PrometheusText target) {
    target.gauge(
        "process_start_time_seconds",
        "Start time of the process since unix epoch in seconds.",
        ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.UnixOperatingSystemMXBean os) {
      target.counter(
          "process_cpu_seconds_total",
          "Total user and system CPU time spent in seconds.",
          os.getProcessCpuTime() / 1e9);
      target.gauge(
          "process_open_fds", "Number of open file descriptors.", os.getOpenFileDescriptorCount());
      target.gauge(
          "process_max_fds",
          "Maximum number of open file descriptors.",
          os.getMaxFileDescriptorCount());
      target.gauge(
          "os_fd_used", "The number of used file descriptors.", os.getOpenFileDescriptorCount());
      target.gauge("os_fd_limit", "The file descriptor limit.", os.getMaxFileDescriptorCount());
    }
    writeMemory(target);
    writeJvm(target);
  }

  private void writeMemory(PrometheusText target) {
    try (Stream<String> lines = Files.lines(PROC.resolve("statm"))) {
      String[] pages = lines.findFirst().orElse("0 0").split(" ", -1);
      target.gauge(
          "process_virtual_memory_bytes",
          "Virtual memory size in bytes.",
          Long.parseLong(pages[0]) * pageBytes);
      target.gauge(
          "process_resident_memory_bytes",
          "Resident memory size in bytes.",
          Long.parseLong(pages[1]) * pageBytes);
    } catch (IOException e) {
      // not a system with /proc: these two are left out
    }
  }

  private static void writeJvm(PrometheusText target) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    target
        .gauge("jvm_memory_used_bytes", "Memory used by the JVM.")
        .sample("jvm_memory_used_bytes", heap.getUsed(), "area", "heap")
        .sample("jvm_memory_used_bytes", other.getUsed(), "area", "nonheap");
    target
        .gauge("jvm_memory_max_bytes", "Memory that the JVM may use.")
        .sample("jvm_memory_max_bytes", heap.getMax(), "area", "heap")
        .sample("jvm_memory_max_bytes", other.getMax(), "area", "nonheap");
    target.gauge("jvm_buffer_pool_used_bytes", "Memory used by buffers outside the heap.");
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      target.sample("jvm_buffer_pool_used_bytes", pool.getMemoryUsed(), "pool", pool.getName());
    }
    target.gauge(
        "jvm_threads_current",
        "Live threads.",
        ManagementFactory.getThreadMXBean().getThreadCount());
    target.counter("jvm_gc_collection_seconds_total", "Time spent collecting garbage.");
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      target.sample(
          "jvm_gc_collection_seconds_total", gc.getCollectionTime() / 1e3, "gc", gc.getName());
    }
    target.counter("jvm_gc_collections_total", "Garbage collections.");
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      target.sample("jvm_gc_collections_total", gc.getCollectionCount(), "gc", gc.getName());
    }
  }
}
