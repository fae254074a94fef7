package dev.lockstep.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellCommandTest {
  @Test
  void quotesWhatAShellWouldReadInto() throws Exception {
    List<String> words =
        List.of(
            "plain/path-1.jsonl", "", "a b", "it's", "$HOME", "`id`", "x;y", "*", "\\", "~", "\"");
    String line = ShellCommand.words(words);
    assertThat(line).startsWith("plain/path-1.jsonl '' 'a b' ");
    Process shell =
        new ProcessBuilder("sh", "-c", "printf '%s\\n' " + line).redirectErrorStream(true).start();
    String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(read.lines().toList()).isEqualTo(words);
  }
}
