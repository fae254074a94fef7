package dev.lockstep.app.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.app.file.SmallFile;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marker file in the state folder of a running instance, by which the next start notices an unclean
 * end. Only a clean end removes the file. A start that finds the file deletes the local state and
 * restores it.
 *
 * <p>The file is held open, so that the launcher's {@code OnOutOfMemoryError} finds it among the
 * files of the process and adds its line.
 */
final class RunMarker {
  /**
   * Name of the marker file, which is in the state folder while an instance runs. It stays there
   * after an unclean end.
   */
  static final String FILE = "running";

  /** Line that the launcher adds to the marker file when the heap of the process is full. */
  static final String OUT_OF_MEMORY = "ended: out of memory";

  private static final Logger LOG = LoggerFactory.getLogger(RunMarker.class);
  private static final String PID = "pid: ";
  private static final String STARTED = "started: ";
  private static final String ENDED = "ended: ";

  private final Path file;
  private final FileChannel channel;

  private RunMarker(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static RunMarker write(Path folder, Instant now) throws IOException {
    Path file = folder.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    RunMarker marker = new RunMarker(file, channel);
    marker.add(PID + ProcessHandle.current().pid());
    marker.add(STARTED + now);
    return marker;
  }

  /**
   * Returns a sentence about the unclean end of the process that left a marker file, or null
   * without the file.
   */
  static @Nullable String uncleanEnd(Path file) {
    List<String> lines;
    try {
      if (!Files.exists(file)) {
        return null;
      }
      lines = SmallFile.read(file).lines().toList();
    } catch (IOException e) { // the machine failed while the file was written
      lines = List.of();
    }
    String ended = value(lines, ENDED);
    String why;
    if (ended.isEmpty()) {
      why = "it was killed, or its machine went down";
    } else if (lines.contains(OUT_OF_MEMORY)) {
      why = "it ran out of memory; raise the heap, for example with LOCKSTEP_JAVA_OPTS=-Xmx2g";
    } else {
      why = ended;
    }
    return "the previous process (pid %s, started %s) ended without a clean stop: %s"
        .formatted(known(value(lines, PID)), known(value(lines, STARTED)), why);
  }

  private static String value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> Quoted.of(line.substring(name.length())))
        .findFirst()
        .orElse("");
  }

  private static String known(String value) {
    return value.isEmpty() ? "unknown" : value;
  }

  boolean isGone() {
    return channel.isOpen() && Files.notExists(file);
  }

  void recordEnd(String reason) {
    try {
      add(ENDED + reason);
    } catch (IOException e) {
      LOG.debug(
          "could not write into the marker file {} why this process ends; the next start may log,"
              + " wrongly, that this process was killed",
          file,
          e);
    }
  }

  private void add(String line) throws IOException {
    channel.write(ByteBuffer.wrap((line.replace('\n', ' ') + "\n").getBytes(UTF_8)));
  }

  void remove() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn(
          "could not remove the marker file {} ({}); this process ends cleanly; remove the file"
              + " before the next start, or else that start logs that this process was killed, and"
              + " restores its local state from the cluster",
          file,
          Failures.message(e));
    }
  }

  /** Closes the marker file without removing it, so that the next start finds an unclean end. */
  void leave() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug(
          "could not close the marker file {}; the file stays in place, so the next start still"
              + " finds that this process ended uncleanly",
          file,
          e);
    }
  }
}
