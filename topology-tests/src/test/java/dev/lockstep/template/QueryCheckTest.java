package dev.lockstep.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that checks the queries ends with a verdict; Node.js and npm are replaced here. */
class QueryCheckTest {
  private static final String NPM = "mkdir package && tar czf analyser.tgz package\n";

  /** Counts of each script: queries or cases, and those that failed. */
  private static final String NODE =
      """
      case $1 in
        check.js) cat ../resources/kusto/checked.jsonl; counts="36 $QUERIES" ;;
        docs.js) counts="14 0" ;;
        *) counts="31 $CASES" ;;
      esac
      [ "$counts" = "31 died" ] && exit 7
      echo "$1 $counts" >>"$KUSTO_COUNTS"
      case $counts in *" 0") exit 0 ;; *) exit 1 ;; esac
      """;

  @TempDir private Path folder;

  private record Ended(int code, String line) {}

  private Ended check(String queries, String cases) throws IOException, InterruptedException {
    program("npm", NPM);
    program("node", NODE);
    Path printed = folder.resolve("printed");
    ProcessBuilder run =
        new ProcessBuilder("bash", Path.of("src", "test", "kusto", "run").toString(), "--check");
    run.environment().merge("PATH", folder + ":", (path, own) -> own + path);
    run.environment().put("QUERIES", queries);
    run.environment().put("CASES", cases);
    Process process = run.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(printed, UTF_8).strip();
    return new Ended(process.exitValue(), text.substring(text.lastIndexOf('\n') + 1));
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/usr/bin/env bash\n" + script, UTF_8);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void saysInOneLine_whatWasCheckedAndWhatFailed() throws Exception {
    assertThat(check("0", "0"))
        .isEqualTo(new Ended(0, "passed: 50 queries checked, 0 failed; 31 cases played, 0 failed"));
    assertThat(check("2", "0"))
        .isEqualTo(new Ended(1, "failed: 50 queries checked, 2 failed; 31 cases played, 0 failed"));
    assertThat(check("0", "1"))
        .isEqualTo(new Ended(1, "failed: 50 queries checked, 0 failed; 31 cases played, 1 failed"));
    assertThat(check("0", "died"))
        .isEqualTo(new Ended(1, "failed: 50 queries checked, 0 failed; 0 cases played, 0 failed"));
  }
}
