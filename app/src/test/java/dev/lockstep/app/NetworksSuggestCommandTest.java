package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class NetworksSuggestCommandTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine command = Main.commandLine().setErr(new PrintWriter(err));

  @TempDir Path folder;

  private Path fromDemo(String name) throws IOException {
    Path copy = folder.resolve(name);
    try (InputStream in = Main.class.getResourceAsStream("/demo/" + name)) {
      Files.copy(Objects.requireNonNull(in, name), copy);
    }
    return copy;
  }

  private int suggest(String... words) {
    return command.execute(words);
  }

  @Test
  void readsACapture_andEndsWithCode0_or3WhereSomethingWasRejected() throws IOException {
    Path config = fromDemo("lockstep.yaml");
    fromDemo("networks.csv");
    fromDemo("partners.yaml");
    String signIns = fromDemo("signins.jsonl.gz").toString();
    String[] words = {"networks", "suggest", "--quiet", "--config", config.toString(), signIns};
    assertThat(suggest(words)).isEqualTo(Main.DONE);
    String broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"records\":[{]}\n") + "";
    words[5] = broken;
    assertThat(suggest(words)).isEqualTo(Main.DONE_WITH_REJECTIONS);
  }

  @Test
  void refusesACaptureThatIsNotThere_andTooFewUsers() {
    assertThat(suggest("networks", "suggest", folder + "/none.jsonl")).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("none.jsonl");
    assertThat(suggest("networks", "suggest", "--min-users", "1", "x")).isEqualTo(2);
    assertThat(suggest("networks", "suggest")).isEqualTo(2);
    assertThat(suggest("networks", "suggest", "--to", "tomorrow", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("could not understand --to: \"tomorrow\" is no time");
  }
}
