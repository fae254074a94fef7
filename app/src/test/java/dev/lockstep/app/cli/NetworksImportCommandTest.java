package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.Networks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class NetworksImportCommandTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine command = Main.commandLine("networks").setErr(new PrintWriter(err));

  @TempDir Path folder;
  private Path tags = Path.of("");
  private Path output = Path.of("");
  private Path config = Path.of("");

  @BeforeEach
  void writeFiles() throws IOException {
    tags =
        Files.writeString(
            folder.resolve("tags.json"),
            """
            {"changeNumber": 1, "cloud": "Public", "values": [
              {"name": "AzureCloud", "properties": {"addressPrefixes": ["198.18.0.0/16"]}},
              {"name": "AppService", "properties": {"addressPrefixes": ["198.18.6.0/24"]}}]}
            """);
    output = folder.resolve("azure.csv");
    Files.writeString(folder.resolve("own.csv"), "cidr,class\n198.18.6.0/24,corporate\n");
    config = Files.writeString(folder.resolve("lockstep.yaml"), "networks: [own.csv, azure.csv]\n");
  }

  private int run(String... more) {
    List<String> words =
        new ArrayList<>(List.of("networks", "import", "--config", config.toString()));
    words.addAll(List.of(more));
    words.add(tags.toString());
    return command.execute(words.toArray(new String[0]));
  }

  @Test
  void writesAFileThatTheConfigurationNamesAlready_andWritesItAnew() throws Exception {
    assertThat(run("--output", output.toString())).isEqualTo(ExitCode.DONE);
    assertThat(Networks.read(output).classOf("198.18.6.0/24")).isEqualTo(NetworkClass.HOSTING);
    String first = Files.readString(output);
    assertThat(run("--output", output.toString(), "--tag", "AppService=backend"))
        .isEqualTo(ExitCode.DONE);
    assertThat(Networks.read(output).classOf("198.18.6.0/24")).isEqualTo(NetworkClass.BACKEND);
    Config read = Config.read(config, Map.of());
    assertThat(Networks.read(read.networks()).classOf("198.18.6.0/24"))
        .isEqualTo(NetworkClass.CORPORATE);
    assertThat(run("--output", output.toString())).isEqualTo(ExitCode.DONE);
    assertThat(output).hasContent(first);
  }

  @Test
  void saysWhereTheFileComesFrom_whereItIsMissing() {
    assertThat(command.execute("networks", "import", folder.resolve("nope.json").toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("nope.json does not exist; check the path, or download the file")
        .doesNotContain("leave it out");
  }

  @Test
  void neverOverwritesAFileThatNoImportWrote() {
    Path own = folder.resolve("own.csv");
    assertThat(run("--output", own.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("the file exists and was not written by an import; name another file");
    assertThat(own).hasContent("cidr,class\n198.18.6.0/24,corporate\n");
  }

  @Test
  void neverWritesToAFolder() {
    assertThat(run("--output", folder.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("it is a folder; name a file");
  }

  @Test
  void namesTheFileAsTheConfigurationHasTo_fromItsOwnFolder() throws IOException {
    Files.writeString(config, "networks: [own.csv]\n");
    Path other = Path.of("").toAbsolutePath().relativize(folder.resolve("other.csv"));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      assertThat(run("--output", other.toString())).isEqualTo(ExitCode.DONE);
    } finally {
      System.setErr(before);
    }
    assertThat(said.toString(UTF_8)).contains("networks: [networks.csv, other.csv]");
  }

  @Test
  void saysThatTheFileIsWritten_whereTheConfigurationLacksAnother() throws Exception {
    Files.delete(folder.resolve("own.csv"));
    assertThat(run("--output", output.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(Networks.read(output).classOf("198.18.6.0/24")).isEqualTo(NetworkClass.HOSTING);
    assertThat(err.toString())
        .contains(output + " is written", "does not name an existing file (", "own.csv");
  }

  @Test
  void saysThatTheFolderIsMissing_andWritesNothing() {
    assertThat(run("--output", folder.resolve("no/azure.csv").toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("azure.csv", "in an existing folder");
  }

  @Test
  void refusesWhatIsNoClass_withCode2_andATagThatIsNone_withTheNearest() {
    assertThat(run("--output", output.toString(), "--tag", "AppService")).isEqualTo(2);
    assertThat(run("--output", output.toString(), "--tag", "AppService=fast")).isEqualTo(2);
    assertThat(run("--output", output.toString(), "--tag", "AppServise=hosting"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains(
            "\"AppService=fast\" is not NAME=CLASS with one of the classes corporate, backend,")
        .contains("the nearest one is 'AppService'");
    assertThat(output).doesNotExist();
  }
}
