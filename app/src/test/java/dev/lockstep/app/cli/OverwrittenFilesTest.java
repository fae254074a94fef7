package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverwrittenFilesTest {
  private static final String RULE =
      """
      title: Sign-in of somebody
      id: 3f0c1b1e-1d7b-4f0f-9a37-0c9d54b1a001
      logsource: {product: azure, service: signinlogs}
      detection:
        selection: {properties.userPrincipalName: mia@contoso.example}
        condition: selection
      level: low
      """;

  @TempDir Path folder;

  private Path capture;
  private Path config;

  /** Writes a configuration that names a file of each kind. */
  private void configure() throws IOException {
    write("logs/capture.jsonl", "{\"category\":\"x\"}\n");
    capture = folder.resolve("logs");
    write("networks.csv", "cidr,class,organisation\n203.0.113.0/24,corporate,Contoso\n");
    write("partners.yaml", "partners: []\n");
    write("partners.d/more.yaml", "partners: []\n");
    write("exceptions.yaml", "exceptions: []\n");
    write("rules/some.yml", RULE);
    write("key.txt", "0123456789abcdef0123456789abcdef\n");
    write("trust.jks", "any");
    write("hub/a.jsonl", "{\"category\":\"x\"}\n");
    config =
        write(
            "lockstep.yaml",
            """
            networks: networks.csv
            partners: partners.yaml
            exceptions: exceptions.yaml
            rules: {directories: rules}
            redact: {key: "${file:key.txt}"}
            kafka: {properties: {ssl.truststore.location: %s}}
            sources:
              - {name: archive, type: capture, path: hub}
            sinks:
              - {name: rows, type: file, path: rows.jsonl}
            """
                .formatted(folder.resolve("trust.jks")));
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Ran run(String command, String... options) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(List.of("--quiet", "--config", config.toString()));
    words.addAll(List.of(options));
    words.add(capture.toString());
    return Ran.run(words.toArray(String[]::new));
  }

  private void refuses(String file, String option, String what, String command, String... more)
      throws IOException {
    Path written = folder.resolve(file);
    String before = Files.exists(written) ? Files.readString(written) : "";
    List<String> options = new ArrayList<>(List.of(option, written.toString()));
    options.addAll(List.of(more));
    Ran ran = run(command, options.toArray(String[]::new));
    assertThat(ran.err())
        .contains(
            "could not write \"%s\": it is %s and would be overwritten; name another file by %s"
                .formatted(written, what, option));
    assertThat(ran.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Files.exists(written) ? Files.readString(written) : "").isEqualTo(before);
  }

  @Test
  void refusesToOverwriteWhatTheConfigurationNames() throws IOException {
    configure();
    List<List<String>> named =
        List.of(
            List.of("networks.csv", "networks"),
            List.of("partners.yaml", "partners"),
            List.of("partners.d/more.yaml", "partners"),
            List.of("exceptions.yaml", "exceptions"),
            List.of("rules/some.yml", "rules.directories"),
            List.of("key.txt", "redact.key"),
            List.of("trust.jks", "kafka.properties.ssl.truststore.location"),
            List.of("rows.jsonl", "sinks[0].path"));
    for (List<String> each : named) {
      String what = "a file that the configuration names with the key %s".formatted(each.get(1));
      refuses(each.get(0), "--output", what, "estate suggest");
      refuses(each.get(0), "--output", what, "replay");
      refuses(each.get(0), "--report", what, "replay");
    }
    refuses(
        "hub/a.jsonl",
        "--output",
        "a captured file of the source \"archive\" of the configuration",
        "replay");
    refuses("lockstep.yaml", "--report", "the configuration", "replay");
  }

  @Test
  void refusesToOverwriteAFileThatIsNotThereYet_alsoByALink() throws IOException {
    configure();
    Files.delete(folder.resolve("exceptions.yaml"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("exceptions.yaml"));
    String what = "a file that the configuration names with the key exceptions";
    refuses("exceptions.yaml", "--output", what, "replay");
    refuses("link", "--output", what, "replay");
    assertThat(folder.resolve("exceptions.yaml")).doesNotExist();
  }

  @Test
  void refusesToOverwriteTheFilesOfOtherOptions() throws IOException {
    configure();
    write("draft.yml", RULE.replace("a001", "a002"));
    write("other.txt", "0123456789abcdef0123456789abcdef\n");
    String rule = folder.resolve("draft.yml").toString();
    String key = folder.resolve("other.txt").toString();
    for (String option : List.of("--output", "--report")) {
      refuses("draft.yml", option, "a file of --rule", "replay", "--rule", rule);
      refuses(
          "other.txt", option, "a file of --redact-key", "replay", "--redact", "--redact-key", key);
    }
  }

  @Test
  void writesAFileBesideThem_andReplacesItNextTime() throws IOException {
    configure();
    for (int i = 0; i < 2; i++) {
      for (String name : List.of("rules/found.jsonl", "found.jsonl")) {
        Ran ran = run("replay", "--output", folder.resolve(name).toString());
        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
      }
    }
  }
}
