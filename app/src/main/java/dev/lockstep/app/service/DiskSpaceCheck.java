package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Check of whether the disk of an instance's state is full, and whether a failure comes from a full
 * disk.
 */
final class DiskSpaceCheck {
  private DiskSpaceCheck() {}

  /**
   * Returns a message if the disk of a state folder has less than 64 MiB left or cannot be read,
   * otherwise null.
   */
  static @Nullable String fullProblem(Path folder) {
    long bytes;
    try {
      bytes = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return "the state folder %s cannot be read (%s); check that its disk is mounted"
          .formatted(Quoted.of(folder), Failures.message(e));
    }
    return bytes >= Config.Kafka.LEAST_STATE_ROOM
        ? null
        : "the disk of the state folder %s is full (%d MB left); make room, and this instance continues by itself"
            .formatted(Quoted.of(folder), bytes >> 20);
  }

  static boolean isAtFault(Throwable failure) {
    return Causes.first(failure, DiskSpaceCheck::isDiskFull) != null;
  }

  private static boolean isDiskFull(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("No space left on device")
        || message.contains("Disk quota exceeded")
        || message.contains("File too large");
  }
}
