package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher in a small source tree, with a java and an mvn that write down their calls. */
class LauncherIT {
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;
  private Path home = Path.of("");
  private Path jdk = Path.of("");

  @BeforeEach
  void layOutATree() throws IOException {
    home = Files.createDirectories(folder.resolve("a tree"));
    Files.copy(Path.of("..", "lockstep"), home.resolve("lockstep"));
    assertThat(home.resolve("lockstep").toFile().setExecutable(true)).isTrue();
    old(Files.writeString(home.resolve("pom.xml"), ""));
    Files.createDirectories(home.resolve("app/src/main"));
    old(Files.writeString(home.resolve("app/pom.xml"), ""));
    old(Files.writeString(home.resolve("app/src/main/A.java"), ""));
    old(home.resolve("app/src/main"));
    jdk = folder.resolve("jdk");
    executable(jdk.resolve("bin/java"), "printf '<%s>' \"$@\"; echo");
    executable(jdk.resolve("bin/javac"), "");
    release("17.0.1");
    executable(
        folder.resolve("bin/mvn"),
        "echo built >>\""
            + folder
            + "/builds\"; mkdir -p app/target/lib; touch app/target/app-1-SNAPSHOT.jar");
  }

  @Test
  void buildsOnce_andAgainWhenASourceIsNewer() throws Exception {
    Result first = run(home.resolve("lockstep"), folder, "replay", "a b", "*");
    assertThat(first.code()).isZero();
    assertThat(first.err())
        .isEqualTo("lockstep: building (once, takes about a minute the first time)\n");
    assertThat(first.out()).endsWith("<dev.lockstep.app.Main><replay><a b><*>\n");
    assertThat(first.out())
        .contains("<-XX:MaxRAMPercentage=50>", home + "/app/target/app-1-SNAPSHOT.jar:");
    assertThat(first.out()).doesNotContain("native-access");
    assertThat(first.out()).doesNotContain("OutOfMemoryError");
    assertThat(run(home.resolve("lockstep"), folder, "run").out())
        .contains("<-Xmx1g>", "<-XX:+ExitOnOutOfMemoryError>", "<-XX:OnOutOfMemoryError=find ");
    assertThat(run(home.resolve("lockstep"), folder).err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
    Path source = home.resolve("app/src/main/A.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    run(home.resolve("lockstep"), folder);
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void runsTheProgram_whenAWholeBuildHasLeftJarsOfTestsAndSourcesBesideIt() throws Exception {
    assertThat(run(home.resolve("lockstep"), folder).code()).isZero();
    for (String other : List.of("tests", "sources", "javadoc")) {
      Files.createFile(home.resolve("app/target/app-1-SNAPSHOT-" + other + ".jar"));
    }
    assertThat(run(home.resolve("lockstep"), folder).out())
        .contains("<-cp><" + home + "/app/target/app-1-SNAPSHOT.jar:");
  }

  @Test
  void closesNewFilesToOthers() throws Exception {
    executable(jdk.resolve("bin/java"), "umask");
    assertThat(run(home.resolve("lockstep"), folder, "replay", "x").out()).isEqualTo("0077\n");
  }

  @Test
  void worksThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("ls"), Path.of("a tree", "lockstep"));
    assertThat(run(link, folder.resolve("bin")).code()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void tellsHowItWasCalled_soThatAPersonCanRepeatAHint() throws Exception {
    Path shell = Path.of("/bin/sh");
    assertThat(run(shell, home, "-c", "./lockstep").out())
        .contains("<-Dlockstep.command=./lockstep>");
    Files.createSymbolicLink(folder.resolve("bin/lockstep"), home.resolve("lockstep"));
    assertThat(run(shell, home, "-c", "lockstep").out()).contains("<-Dlockstep.command=lockstep>");
  }

  @Test
  void showsTheEndOfTheLog_whenTheBuildFails() throws Exception {
    executable(folder.resolve("bin/mvn"), "echo '[ERROR] no such thing'; exit 1");
    Result result = run(home.resolve("lockstep"), folder);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("[ERROR] no such thing", "could not build: Maven failed");
    assertThat(result.out()).isEmpty();
    assertThat(home.resolve("app/target/lockstep-build.lock")).doesNotExist();
  }

  /** An earlier version of the script locked by a folder, and leaves it when it is killed. */
  @Test
  void buildsOnce_whereABuildOfAnEarlierVersionWasKilled() throws Exception {
    Path lock = Files.createDirectories(home.resolve("app/target/lockstep-build.lock"));
    Files.writeString(lock.resolve("pid"), "999999999\n");
    Result result = run(home.resolve("lockstep"), folder);
    assertThat(result.err()).doesNotContain("lockstep-build.lock");
    assertThat(result.code()).isZero();
    assertThat(builds()).isEqualTo(1);
    assertThat(lock).doesNotExist();
  }

  @Test
  void passesTheFlagsThatNewerVersionsWant_andTheUsersOptionsLast() throws Exception {
    release("25.0.3");
    Result result = run(home.resolve("lockstep"), folder);
    assertThat(result.out())
        .contains(
            "<--enable-native-access=ALL-UNNAMED><--sun-misc-unsafe-memory-access=allow>",
            "<-Xmx2g><-Dx=y><-cp>");
  }

  @Test
  void compilesOnceForShortCommands_andTwiceForLongOnes() throws Exception {
    for (String words : new String[] {"", "version", "rules list", "replay --help", "--help"}) {
      String[] arguments = words.isEmpty() ? new String[0] : words.split(" ", -1);
      assertThat(run(home.resolve("lockstep"), folder, arguments).out())
          .contains("<-XX:TieredStopAtLevel=1>", "<-XX:+UseSerialGC>");
    }
    for (String words : new String[] {"replay x", "run", "rules tune", "demo"}) {
      assertThat(run(home.resolve("lockstep"), folder, words.split(" ", -1)).out())
          .contains("<-XX:+UseParallelGC>")
          .doesNotContain("TieredStopAtLevel");
    }
  }

  @Test
  void leavesOutItsCollector_whereTheUserGivesOne() throws Exception {
    Path shell = Path.of("/bin/sh");
    for (String variable : List.of("LOCKSTEP_JAVA_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")) {
      for (String words : List.of("version", "replay x")) {
        String line = "%s='-Da=b -XX:+UseG1GC' ./lockstep %s".formatted(variable, words);
        assertThat(run(shell, home, "-c", line).out())
            .as(line)
            .contains("-cp")
            .doesNotContain("UseSerialGC", "UseParallelGC");
      }
    }
  }

  @Test
  void readsNothing_whereStandardInputIsClosed() throws Exception {
    executable(jdk.resolve("bin/java"), "cat && echo read");
    Result result = run(Path.of("/bin/sh"), home, "-c", "./lockstep replay - <&-");
    assertThat(result.out()).isEqualTo("read\n");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void readsArgumentsAsUtf8_whereNoLocaleIsSetOrOneThatTheMachineLacks() throws Exception {
    executable(jdk.resolve("bin/java"), "locale charmap");
    for (String locale : List.of("env -u LANG -u LC_CTYPE -u LC_ALL", "LC_ALL=C", "LC_ALL=xx_YY")) {
      Result result = run(Path.of("/bin/sh"), home, "-c", locale + " ./lockstep replay x");
      assertThat(result.out()).as(locale).isEqualTo("UTF-8\n");
    }
  }

  @Test
  void asksForHugePages_whereLinuxGivesThemOnRequest() throws Exception {
    Path pages = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    String given = Files.isReadable(pages) ? Files.readString(pages) : "";
    boolean isOnRequest = given.contains("[always]") || given.contains("[madvise]");
    assertThat(run(home.resolve("lockstep"), folder, "run").out())
        .satisfies(
            out ->
                assertThat(out.contains("<-XX:+UseTransparentHugePages>")).isEqualTo(isOnRequest));
    assertThat(run(home.resolve("lockstep"), folder, "version").out()).doesNotContain("HugePages");
  }

  @Test
  void refusesAnOldJava() throws Exception {
    release("11.0.2");
    Result result = run(home.resolve("lockstep"), folder);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("is version 11; install a JDK 17 or newer");
  }

  @Test
  void runsItsLibraries_whereThereIsNoSourceTree() throws Exception {
    Files.delete(home.resolve("pom.xml"));
    Result result = run(home.resolve("lockstep"), folder);
    assertThat(result.out()).contains("<-cp><" + home + "/lib/*>");
    assertThat(folder.resolve("builds")).doesNotExist();
  }

  private record Result(int code, String out, String err) {}

  private Result run(Path script, Path from, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(from.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put("LOCKSTEP_JAVA_OPTS", "-Xmx2g -Dx=y");
    builder
        .environment()
        .put("PATH", folder.resolve("bin") + ":" + System.getenv().getOrDefault("PATH", ""));
    Process process = builder.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(
        process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private int builds() throws IOException {
    return Files.readAllLines(folder.resolve("builds"), UTF_8).size();
  }

  private void release(String version) throws IOException {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n", UTF_8);
  }

  private static void executable(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n", UTF_8);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static void old(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
  }
}
