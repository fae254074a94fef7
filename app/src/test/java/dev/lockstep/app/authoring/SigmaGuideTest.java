package dev.lockstep.app.authoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way from an empty file to a finding, as the page on Sigma has it, done by a shell. */
@Timeout(300)
class SigmaGuideTest {
  private static final Path PAGE = Path.of("../docs/sigma.md");
  private static final String BEGIN = "## From an empty file to a finding";

  @TempDir Path folder;

  @Test
  void leadsFromAnEmptyFolderToAFinding() throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    String printed = "";
    String before = "";
    String language = "";
    List<String> block = null;
    int commands = 0;
    int expectations = 0;
    for (String line : section()) {
      if (block == null && line.startsWith("```")) {
        language = line.substring(3);
        block = new ArrayList<>();
      } else if (block != null && line.equals("```")) {
        if (language.equals("sh")) {
          printed = sh(work, block);
          commands++;
        } else if (language.equals("text")) {
          for (String expected : block) {
            assertThat(printed.lines().map(SigmaGuideTest::spaced))
                .as("what the page says is printed, of: %s", printed)
                .anyMatch(one -> one.contains(spaced(expected)));
            expectations++;
          }
        } else {
          assertThat(before).startsWith("`").endsWith("`:");
          Files.write(work.resolve(before.substring(1, before.length() - 2)), block);
        }
        block = null;
      } else if (block != null) {
        block.add(line);
      } else if (!line.isBlank()) {
        before = line;
      }
    }
    assertThat(commands).isEqualTo(6);
    assertThat(expectations).isEqualTo(13);
  }

  private static List<String> section() throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    List<String> section = lines.subList(lines.indexOf(BEGIN) + 1, lines.size());
    int end = 0;
    while (!section.get(end).startsWith("### ")) {
      end++;
    }
    return section.subList(0, end);
  }

  private static String spaced(String line) {
    StringBuilder text = new StringBuilder();
    for (String word : line.strip().split(" ", -1)) {
      if (!word.isEmpty()) {
        text.append(text.isEmpty() ? "" : " ").append(word);
      }
    }
    return text.toString();
  }

  private String sh(Path work, List<String> lines) throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    String command =
        "lockstep() { \"$JAVA_HOME/bin/java\" -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
            + " dev.lockstep.app.Main \"$@\"; }\n"
            + String.join("\n", lines);
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-e", "-u", "-c", command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    shell.environment().keySet().removeIf(name -> name.startsWith("LOCKSTEP"));
    shell.environment().put("JAVA_HOME", System.getProperty("java.home"));
    shell.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    int code = shell.start().waitFor();
    String printed = Files.readString(out);
    assertThat(code).as(printed).isZero();
    return printed;
  }
}
