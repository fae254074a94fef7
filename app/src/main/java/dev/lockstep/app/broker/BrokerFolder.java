package dev.lockstep.app.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.jspecify.annotations.Nullable;

/**
 * Folder of a local broker with the id of its cluster, locked while this object is open.
 *
 * <p>The folder contains {@code lockstep-broker.id}, a file with the cluster id, and {@code log},
 * Kafka's log directory. A folder with other content and without the cluster id is rejected and
 * left unchanged.
 */
final class BrokerFolder implements AutoCloseable {
  private static final String ID_FILE = "lockstep-broker.id";
  private static final String LOCK_FILE = "lockstep-broker.lock";

  private final Path logs;
  private final String clusterId;
  private final FileChannel lockChannel;

  private BrokerFolder(Path logs, String clusterId, FileChannel lockChannel) {
    this.logs = logs;
    this.clusterId = clusterId;
    this.lockChannel = lockChannel;
  }

  static BrokerFolder open(Path data) {
    Path folder = data.toAbsolutePath().normalize();
    FileChannel lock = null;
    try {
      refuseForeign(folder);
      OwnerOnly.ownFolder(folder);
      lock = lock(folder);
      String clusterId = clusterId(folder);
      Path logs = OwnerOnly.ownFolder(folder.resolve("log"));
      refuseOtherCluster(folder, logs, clusterId);
      return new BrokerFolder(logs, clusterId, lock);
    } catch (IOException e) {
      closeQuietly(lock);
      throw failure(
          folder,
          "cannot be used ("
              + Failures.message(e)
              + "); name a folder to which this process can write",
          e);
    } catch (RuntimeException e) {
      closeQuietly(lock);
      throw e;
    }
  }

  Path logs() {
    return logs;
  }

  String clusterId() {
    return clusterId;
  }

  boolean unformatted() {
    return !Files.exists(logs.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME));
  }

  @Override
  public void close() {
    closeQuietly(lockChannel);
  }

  private static void refuseForeign(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw failure(folder, "is a file; name a folder", null);
    }
    try (Stream<Path> content = Files.list(folder)) {
      boolean foreign =
          !Files.exists(folder.resolve(ID_FILE))
              && content.anyMatch(file -> !isOurs(String.valueOf(file.getFileName())));
      if (foreign) {
        throw failure(
            folder,
            "has content, but no file " + ID_FILE + " of a local broker; name an empty folder",
            null);
      }
    }
  }

  private static boolean isOurs(String name) {
    return name.equals(LOCK_FILE) || name.equals(ID_FILE + ".tmp");
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        OwnerOnly.open(
            folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // This process has the lock itself, in another broker; the effect is the same.
    }
    channel.close();
    throw failure(
        folder,
        "is in use by another local broker; stop that broker, or name another folder",
        null);
  }

  private static String clusterId(Path folder) throws IOException {
    Path file = folder.resolve(ID_FILE);
    if (Files.exists(file)) {
      return Files.readString(file, UTF_8).strip();
    }
    String id = Uuid.randomUuid().toString();
    Path draft = folder.resolve(ID_FILE + ".tmp");
    try (OutputStream out = OwnerOnly.write(draft)) {
      out.write((id + "\n").getBytes(UTF_8));
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    return id;
  }

  private static void refuseOtherCluster(Path folder, Path logs, String clusterId)
      throws IOException {
    Path file = logs.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME);
    if (!Files.exists(file)) {
      return;
    }
    Properties meta = new Properties();
    try (var in = Files.newBufferedReader(file, UTF_8)) {
      meta.load(in);
    }
    String found = meta.getProperty("cluster.id");
    if (!clusterId.equals(found)) {
      throw failure(
          folder,
          "contains Kafka logs of cluster id "
              + Quoted.of(found)
              + ", but its id file says "
              + Quoted.of(clusterId)
              + "; name another folder",
          null);
    }
  }

  private static OperatorException failure(Path folder, String what, @Nullable Throwable cause) {
    return new OperatorException(
        "could not start the local broker: folder " + Quoted.of(folder) + " " + what, cause);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      // The lock ends with the process.
    }
  }
}
