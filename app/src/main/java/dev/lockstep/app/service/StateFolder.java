package dev.lockstep.app.service;

import dev.lockstep.app.file.SmallFile;
import dev.lockstep.app.kafka.LocalStores;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folder of one instance's local state: the first folder below the configured folder that no other
 * instance on this machine uses. So instances can share a configuration, and find their state after
 * a restart.
 */
final class StateFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);
  private static final int MOST_INSTANCES = 64;
  private static final String INSTANCE_ID = "instance-id";
  private static final String CHANGELOGS = "changelogs";

  /** File that Kafka Streams writes beside the folders of its tasks when it starts. */
  private static final String STREAMS_FILE = "kafka-streams-process-metadata";

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;
  private final String instanceId;
  private final RunMarker marker;
  private volatile @Nullable Path streamsFile;
  private boolean isClean = true;

  private StateFolder(
      Path path, FileChannel channel, FileLock lock, String instanceId, RunMarker marker) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
    this.instanceId = instanceId;
    this.marker = marker;
  }

  static StateFolder take(Path parent) {
    try {
      for (int i = 0; i < MOST_INSTANCES; i++) {
        Path path = OwnerOnly.ownFolder(parent.resolve("instance-" + i));
        StateFolder taken = tryTake(path);
        if (taken != null) {
          return taken;
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new OperatorException(
          "could not keep state: kafka.stateDir %s cannot be used (%s); check the permissions and the free disk space, or name another folder"
              .formatted(Quoted.of(parent.toString()), Failures.message(e)),
          e);
    }
    throw new OperatorException(
        "could not keep state: kafka.stateDir %s is used by %d instances already; name another folder"
            .formatted(Quoted.of(parent.toString()), MOST_INSTANCES));
  }

  private static @Nullable StateFolder tryTake(Path path) throws IOException {
    FileChannel channel =
        OwnerOnly.open(path.resolve("held"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // another instance in this process holds it
    }
    if (lock == null) {
      channel.close();
      return null;
    }
    boolean taken = false;
    try {
      checkVersion(path);
      String before = RunMarker.uncleanEnd(path.resolve(RunMarker.FILE));
      if (before != null) {
        LOG.warn(
            "{}; nothing is lost: this instance deletes its local state and restores it from the"
                + " cluster",
            before);
        removeTasks(path);
      }
      StateFolder folder =
          new StateFolder(
              path, channel, lock, instanceId(path), RunMarker.write(path, Instant.now()));
      taken = true;
      return folder;
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  private static void checkVersion(Path path) throws IOException {
    OperatorException refusal = LocalStores.refusal(path);
    if (refusal != null) {
      throw refusal;
    }
  }

  /**
   * Removes the state of Kafka Streams' tasks after an unclean shutdown. Otherwise Kafka Streams
   * would open each task's state, find that it has no checkpoint, and remove it with a stack trace.
   * The instance's id stays.
   */
  private static void removeTasks(Path path) throws IOException {
    List<Path> below;
    try (Stream<Path> walked = Files.walk(path)) {
      below =
          walked
              .filter(each -> LocalStores.isOfTask(path.relativize(each)))
              .sorted(Comparator.reverseOrder())
              .toList();
    }
    for (Path each : below) {
      Files.delete(each);
    }
  }

  /**
   * Removes the state of Kafka Streams' tasks if all changelogs with which the state was written
   * are gone. Kafka Streams would otherwise continue with that state. It would then regard events
   * and findings as known, although no topic has them. State is kept if the record of its
   * changelogs is incomplete, or if it belongs to another application.
   *
   * @param changelogs ids of the existing changelogs of the application by name
   */
  void removeUnlessOf(String applicationId, Map<String, String> changelogs) {
    Path file = path.resolve(CHANGELOGS);
    try {
      String text = Files.exists(file) ? SmallFile.read(file) : "";
      if (text.endsWith("\n") // else it was cut, for example when the disk was full
          && text.startsWith(applicationId + "-")
          && text.lines().noneMatch(lines(changelogs)::contains)) {
        LOG.warn(
            "the state in {} was written with changelogs that no longer exist, for example because the Kafka cluster was replaced or its internal topics were deleted; this instance deletes its local state, and restores what the cluster has",
            Quoted.of(path.toString()));
        removeTasks(path);
        Files.delete(file);
      }
    } catch (CharacterCodingException | SmallFile.TooLargeException e) {
      LOG.debug(
          "could not check whether the changelogs of the local state still exist, because the file"
              + " {} is damaged; the state is kept",
          Quoted.of(file.toString()),
          e);
    } catch (IOException e) {
      throw OperatorException.of(e);
    }
  }

  /** Records the changelogs with which the state in this folder is written from now on. */
  void recordChangelogs(Map<String, String> changelogs) {
    Path file = path.resolve(CHANGELOGS);
    try {
      Files.write(file, lines(changelogs));
    } catch (IOException e) { // the disk is full, or the folder is gone, which is reported
      LOG.debug(
          "could not write the file {}, which lists the changelog topics of the local state",
          Quoted.of(file.toString()),
          e);
    }
  }

  private static List<String> lines(Map<String, String> changelogs) {
    return changelogs.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .toList();
  }

  private static String instanceId(Path path) throws IOException {
    Path file = path.resolve(INSTANCE_ID);
    if (Files.exists(file)) {
      String fault;
      String id = "";
      try {
        id = SmallFile.read(file).strip();
        return UUID.fromString(id).toString();
      } catch (IllegalArgumentException e) { // for example cut when the disk was full
        fault = id.isEmpty() ? "it is empty" : "it has " + Quoted.of(id);
      } catch (CharacterCodingException e) {
        fault = "it is not text in UTF-8";
      } catch (SmallFile.TooLargeException e) {
        fault = "it is " + e.getMessage();
      }
      LOG.warn("the file {} has no instance id: {}; this instance gets a new id", file, fault);
    }
    String id = UUID.randomUUID().toString();
    Files.writeString(file, id + "\n");
    return id;
  }

  /**
   * Returns the id of the instance in consumer groups, which a restart does not change. So the
   * instance gets its partitions back without waiting for its old session.
   */
  String instanceId() {
    return instanceId;
  }

  /**
   * Watches the folder that Kafka Streams has created for an application below this folder. {@link
   * #goneProblem} then reports the loss of that folder too. Without stores on disk there is no such
   * folder.
   */
  void watch(String applicationId) {
    Path file = path.resolve(applicationId).resolve(STREAMS_FILE);
    streamsFile = Files.exists(file) ? file : null;
  }

  /**
   * Returns a message if files of this folder are gone while the instance runs, otherwise null. The
   * method looks for the marker file and for the file of Kafka Streams beside its tasks. They are
   * gone if all files were deleted, or the disk was unmounted. The instance works on with the files
   * that it holds open, until it opens or creates one.
   */
  @Nullable String goneProblem() {
    Path gone = goneFolder();
    return gone == null
        ? null
        : "files of the state folder %s are gone: they were deleted, or the disk was unmounted, while this instance runs; no record is lost, because the cluster has the state; restart this instance"
            .formatted(Quoted.of(gone));
  }

  private @Nullable Path goneFolder() {
    if (marker.isGone()) {
      return path;
    }
    Path file = streamsFile;
    return file != null && Files.notExists(file) ? file.getParent() : null;
  }

  /**
   * Returns a message if the disk of this folder has less than 64 MiB left or cannot be read,
   * otherwise null. It is also null if files are gone: free room would not help then, but a restart
   * would.
   */
  @Nullable String fullProblem() {
    return goneFolder() == null ? DiskSpaceCheck.fullProblem(path) : null;
  }

  /**
   * Returns a message if a failure shows that another process uses this folder's instance id in a
   * consumer group, otherwise null.
   */
  @Nullable String sharedId(Throwable failure) {
    return Causes.find(failure, FencedInstanceIdException.class) == null
        ? null
        : "another process uses the instance id of the state folder %s, probably because the folder was copied to another machine; stop both processes, delete the file instance-id in the copy, and start them again"
            .formatted(Quoted.of(path));
  }

  void recordEnd(String reason) {
    isClean = false;
    marker.recordEnd(reason);
  }

  Path path() {
    return path;
  }

  /**
   * Removes the permissions that the group and all other users have on the state folder. Kafka
   * Streams gives some to the group.
   */
  void restrict() throws IOException {
    OwnerOnly.ownFolder(path);
  }

  @Override
  public void close() {
    if (isClean) {
      marker.remove();
    } else {
      marker.leave();
    }
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
