package dev.lockstep.app.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page on writing a rule, done by a shell in an empty folder, word by word. */
@Timeout(300)
final class WritingRulesTest {
  private static final Path PAGE = Path.of("../docs/writing-rules.md");

  private static final List<String> NOT_RUN = List.of("sh setup", "sh install", "xml");

  @TempDir Path folder;

  /**
   * Block of the page.
   *
   * @param language with what follows it
   * @param file that it is the content of; empty for none
   */
  private record Block(String language, String file, List<String> lines) {}

  @Test
  void leadsFromAnEmptyFolderToAFinding() throws Exception {
    Path home = install();
    Path work = Files.createDirectory(folder.resolve("work"));
    String printed = "";
    int commands = 0;
    int expectations = 0;
    for (Block block : blocks()) {
      if (NOT_RUN.contains(block.language())) {
        continue;
      }
      Path inside = work.resolve("hosting");
      if (!block.file().isEmpty()) {
        Files.write(inside.resolve(block.file()), block.lines());
      } else if (block.language().equals("sh")) {
        printed = sh(home, Files.isDirectory(inside) ? inside : work, block.lines(), 0);
        commands++;
      } else {
        assertThat(block.language()).isEqualTo("text");
        for (String line : block.lines()) {
          assertThat(printed.lines().map(WritingRulesTest::spaced))
              .as("what the page says is printed, of: %s", printed)
              .anyMatch(one -> one.contains(spaced(line)));
          expectations++;
        }
      }
    }
    assertThat(commands).isEqualTo(8);
    assertThat(expectations).isGreaterThan(6);
    goesOnBesideARuleThatThrows(home, work.resolve("hosting"));
  }

  @Test
  void installsModulesByACommandWhoseDownloadsAreListed() throws Exception {
    List<String> commands =
        blocks().stream()
            .filter(block -> block.language().equals("sh install"))
            .flatMap(block -> block.lines().stream())
            .toList();
    assertThat(commands).hasSize(1);
    String command = commands.get(0);
    assertThat(command).startsWith("mvn install -DskipTests ");
    assertThat(Files.readString(Path.of("../.ci/checksums")))
        .as("the script that lists the checksums of what Maven downloads")
        .contains("mvn \"${record[@]}\"" + command.substring("mvn".length()) + "\n");
  }

  private static void goesOnBesideARuleThatThrows(Path home, Path inside) throws Exception {
    String before = Files.readString(inside.resolve("findings.jsonl"));
    new StrangersJar()
        .with(
            "org.example.other.Thrower",
            StrangersJar.source(
                "Thrower",
                "rule(\"thrower\").builtFor(Rule.INTERFACE).done()",
                "if (event.isSignIn()) { throw new IllegalStateException(\"always\"); }"))
        .into(inside.resolve("my-rules"), "thrower.jar");
    String printed =
        sh(
            home,
            inside,
            List.of("\"$LOCKSTEP/lockstep\" replay --quiet --output findings.jsonl capture.jsonl"),
            1);
    assertThat(printed).contains("thrower");
    assertThat(Files.readString(inside.resolve("findings.jsonl"))).isEqualTo(before);
  }

  /** Returns a line with one space where several are: columns are as wide as they have to be. */
  private static String spaced(String line) {
    StringBuilder text = new StringBuilder();
    for (String word : line.strip().split(" ", -1)) {
      if (!word.isEmpty()) {
        text.append(text.isEmpty() ? "" : " ").append(word);
      }
    }
    return text.toString();
  }

  private static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    String before = "";
    List<String> lines = null;
    String language = "";
    String file = "";
    for (String line : Files.readAllLines(PAGE)) {
      if (lines != null && line.equals("```")) {
        blocks.add(new Block(language, file, lines));
        lines = null;
        before = "";
      } else if (lines != null) {
        lines.add(line);
      } else if (line.startsWith("```")) {
        lines = new ArrayList<>();
        language = line.substring(3);
        boolean isFile = before.startsWith("`") && before.endsWith("`:");
        file = isFile ? before.substring(1, before.length() - 2) : "";
      } else if (!line.isBlank()) {
        before = line;
      }
    }
    return blocks;
  }

  private static String sh(Path home, Path inside, List<String> lines, int code)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(home, "out", ".txt");
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-e", "-u", "-c", String.join("\n", lines))
            .directory(inside.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    shell.environment().keySet().removeIf(name -> name.startsWith("LOCKSTEP"));
    shell.environment().put("LOCKSTEP", home.toString());
    shell.environment().put("LIB", home.resolve("lib").toString());
    String java = System.getProperty("java.home");
    shell.environment().put("JAVA_HOME", java);
    shell
        .environment()
        .put("LOCKSTEP_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:-UseParallelGC -XX:+UseSerialGC");
    shell.environment().merge("PATH", java + "/bin", (path, bin) -> bin + ":" + path);
    Process process = shell.start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("%s ends", lines).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(out, UTF_8);
    assertThat(process.exitValue()).as("%s: %s", lines, printed).isEqualTo(code);
    return printed;
  }

  /** Lays the program out as the image has it: its script, and in lib what it is made of. */
  private Path install() throws IOException {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path lib = Files.createDirectory(home.resolve("lib"));
    Path script = Files.copy(Path.of("../lockstep"), home.resolve("lockstep"));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    List<String> classPath = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry).toAbsolutePath().normalize();
      if (!path.startsWith(Path.of("target").toAbsolutePath())) {
        classPath.add(path.toUri().toString());
      }
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", classPath));
    new JarOutputStream(Files.newOutputStream(lib.resolve("all.jar")), manifest).close();
    return home;
  }
}
