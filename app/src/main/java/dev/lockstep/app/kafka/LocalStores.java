package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores of Kafka Streams in the state folder of an instance. */
public final class LocalStores {
  /**
   * Number of folder levels from the state folder down to a store of Kafka Streams: application,
   * task, kind, store.
   */
  private static final int DEPTH = 4;

  private LocalStores() {}

  /**
   * Returns the error with which the start refuses stores of another version of Lockstep, or null
   * if there are none.
   *
   * @param instance state folder of one instance
   */
  public static @Nullable OperatorException refusal(Path instance) throws IOException {
    Set<String> known = DetectionTopology.storesOnDisk();
    try (Stream<Path> walked = Files.walk(instance, DEPTH)) {
      Path foreign =
          walked
              .filter(each -> isStore(instance.relativize(each)))
              .filter(each -> !known.contains(each.getFileName().toString()))
              .findFirst()
              .orElse(null);
      return foreign == null
          ? null
          : new OperatorException(
              "could not use the state in %s: another version of Lockstep has written it (%s); follow the steps in docs/upgrade.md, one of which deletes the folder that kafka.stateDir names"
                  .formatted(
                      Quoted.of(instance.toString()),
                      Quoted.of(instance.relativize(foreign).toString())));
    }
  }

  private static boolean isStore(Path path) {
    return path.getNameCount() == DEPTH
        && isOfTask(path)
        && path.getName(2).toString().equals("rocksdb");
  }

  /**
   * Returns whether a path is the folder of a Kafka Streams task, or lies in such a folder.
   *
   * @param path path relative to the state folder of an instance
   */
  public static boolean isOfTask(Path path) {
    // APPLICATION/TASK, or below it; the name of a task has the form 0_1
    if (path.getNameCount() < 2) {
      return false;
    }
    String task = path.getName(1).toString();
    int underscore = task.indexOf('_');
    return underscore > 0
        && task.chars().allMatch(c -> c == '_' || (c >= '0' && c <= '9'))
        && task.indexOf('_', underscore + 1) < 0;
  }
}
