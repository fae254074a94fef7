package dev.lockstep.app.service;

import dev.lockstep.app.Main;
import dev.lockstep.app.broker.TestBroker;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * An archive of the classes of a service that is ready, which spares each process that a test
 * starts two of the five seconds of a processor that its start takes.
 *
 * <p>It is made once for a class path, by the first test that needs it, while the forks beside it
 * wait. There is none where the class path has folders, which an archive cannot cover.
 */
public final class ClassArchive {
  private static final Path FOLDER = Path.of("target");
  private static final String TOPIC = "class-archive";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** The class path of a process: without the classes of tests, where the rest is jars. */
  private static final String CLASS_PATH = classPath();

  private static @Nullable List<String> options;

  private ClassArchive() {}

  /** Returns the options for the class path of a process, and for the archive if there is one. */
  public static synchronized List<String> options() throws IOException {
    if (options == null) {
      options = isOfJars() ? withArchive() : List.of("-cp", CLASS_PATH);
    }
    return options;
  }

  /** Returns the same for a process that needs the classes of tests as well. */
  public static List<String> optionsWithTests() throws IOException {
    List<String> all = new ArrayList<>(options());
    // An archive holds for whatever begins with the class path that it was made of.
    all.set(
        all.size() - 1,
        all.get(all.size() - 1)
            + File.pathSeparator
            + Path.of("target", "test-classes").toAbsolutePath());
    return all;
  }

  private static boolean isOfJars() {
    return entries(CLASS_PATH).allMatch(entry -> entry.endsWith(".jar"));
  }

  private static List<String> withArchive() throws IOException {
    Path archive = FOLDER.resolve("service-" + fingerprint() + ".jsa").toAbsolutePath();
    try (FileChannel channel =
            FileChannel.open(
                FOLDER.resolve("service.jsa.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (held.isValid() && !Files.exists(archive)) {
        make(archive);
      }
    }
    return List.of("-XX:SharedArchiveFile=" + archive, "-cp", CLASS_PATH);
  }

  private static void make(Path archive) throws IOException {
    TestBroker broker = TestBroker.shared();
    broker.createTopic(TOPIC);
    Path folder = Files.createDirectories(FOLDER.resolve("class-archive")).toAbsolutePath();
    Path config = folder.resolve("lockstep.yaml");
    Files.writeString(
        config,
        """
        sources: [{name: signins, type: kafka, bootstrapServers: "%1$s", topic: %2$s}]
        kafka: {bootstrapServers: "%1$s", stateDir: state, topicPrefix: "%3$s"}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers(), TOPIC, TestBroker.newPrefix()));
    Path log = folder.resolve("service.log");
    List<String> dumping =
        List.of(
            "-XX:ArchiveClassesAtExit=" + archive,
            "-Xlog:cds=off,cds+dynamic=off",
            "-cp",
            CLASS_PATH);
    try (ServiceProcess service = ServiceProcess.start(dumping, config, log)) {
      Awaitility.await("to be ready; " + log).atMost(TIMEOUT).until(service::isReady);
      service.terminate(TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the archive of classes was made", e);
    }
  }

  /** Returns a text that differs where a jar does. */
  private static String fingerprint() {
    CRC32 sum = new CRC32();
    entries(CLASS_PATH)
        .map(File::new)
        .forEach(
            jar ->
                sum.update(
                    (jar + ":" + jar.length() + ":" + jar.lastModified() + "\n")
                        .getBytes(StandardCharsets.UTF_8)));
    return String.format(Locale.ROOT, "%08x", sum.getValue());
  }

  private static String classPath() {
    String all = System.getProperty("java.class.path");
    String main =
        String.valueOf(Main.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    if (!main.endsWith(".jar")) {
      return all;
    }
    return String.join(
        File.pathSeparator, entries(all).filter(entry -> entry.endsWith(".jar")).toList());
  }

  private static Stream<String> entries(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator));
  }
}
