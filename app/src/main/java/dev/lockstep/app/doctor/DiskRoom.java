package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;

/** Judgement of the room that is left on the disk of the state folder or of a file sink. */
final class DiskRoom {
  private static final long ENOUGH_FOR_STATE = 1L << 30;

  /** Room in bytes below which a batch of detections may not fit. */
  private static final long LEAST_FOR_BATCH = 1L << 20;

  private static final long ENOUGH_FOR_BATCHES = 64L << 20;

  private DiskRoom() {}

  /**
   * Adds to the report whether the file system of the state folder has enough free room. The file
   * system has {@code whole} bytes, of which {@code bytes} are free.
   */
  static void ofState(CheckReport into, Path folder, long whole, long bytes) {
    String name = Quoted.of(folder);
    if (whole == 0) {
      into.fail(
          name + " is on a file system that cannot store files",
          "name another folder, on a fast disk");
    } else if (bytes < Config.Kafka.LEAST_STATE_ROOM) {
      into.fail(
          name + ", its disk is full (%d MB left), so the role detect stops".formatted(bytes >> 20),
          "make room, and the role detect continues by itself");
    } else if (bytes < ENOUGH_FOR_STATE) {
      into.warn(
          name + ", less than 1 GiB free", "free disk space, or name a folder on a larger disk");
    } else {
      into.ok(name + ", %d GiB free".formatted(bytes / ENOUGH_FOR_STATE));
    }
  }

  /**
   * Adds to the report whether the disk of a writable file has enough free room. {@code bytes} are
   * free.
   */
  static void ofFile(CheckReport into, Path file, long bytes) {
    String name = Quoted.of(file);
    if (bytes < LEAST_FOR_BATCH) {
      into.fail(
          name + ", its disk is full (%d KB left), so detections wait".formatted(bytes >> 10),
          "make room, and delivery continues by itself");
    } else if (bytes < ENOUGH_FOR_BATCHES) {
      into.warn(
          name + ", less than 64 MiB free on its disk",
          "make room; detections wait once there is none");
    } else {
      into.ok(name + " can be written to");
    }
  }
}
