package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigmaFoldersTest {
  private static final String ROLE =
      """
      title: Role given
      id: 11111111-0000-0000-0000-000000000001
      logsource: {product: azure, service: auditlogs}
      detection:
          selection: {OperationName: Add member to role}
          condition: selection
      """;

  @TempDir Path folder;

  @Test
  void looksDifferent_onceAFileCanBeRead() throws IOException {
    String name = folder.toString();
    List<ConfigValue> folders =
        List.of(new ConfigValue("rules.directories", name, name, "lockstep.yaml:1", folder));
    Path file = Files.writeString(folder.resolve("role.yml"), "title: x\n");
    Files.setPosixFilePermissions(file, Set.of());
    assumeFalse(Files.isReadable(file), "root reads every file");
    String unread = SigmaFolders.look(folders);
    Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_READ));
    assertThat(SigmaFolders.look(folders)).isNotEqualTo(unread);
  }

  @Test
  void readsAFolder_thatIsALink() throws IOException {
    Path rules = Files.createDirectories(folder.resolve("checkout-1"));
    Files.writeString(rules.resolve("role.yml"), ROLE);
    Files.createSymbolicLink(folder.resolve("current"), rules);
    Path config =
        Files.writeString(folder.resolve("lockstep.yaml"), "rules: {directories: [current]}\n");
    ConfiguredRules read = Config.read(config, Map.of()).rules();

    assertThat(read.skipped()).isEmpty();
    assertThat(Objects.requireNonNull(read.rule("role")).entry().origin())
        .isEqualTo("current/role.yml:1");
    assertThat(SigmaDocuments.of(List.of(folder.resolve("current"))).size()).isEqualTo(1);
    Files.writeString(rules.resolve("other.yaml"), ROLE);
    assertThat(read.skipped())
        .containsExactly(
            Quoted.of(folder.resolve("current").resolve("other.yaml"))
                + " is not read, because files with Sigma rules end in .yml; rename the file");
  }

  @Test
  void warnsOfAFile_whoseEndingIsInUpperCase() throws IOException {
    Path rules = Files.createDirectories(folder.resolve("rules"));
    Files.writeString(rules.resolve("role.yml"), ROLE);
    Path other = Files.writeString(rules.resolve("OTHER.YML"), ROLE);

    assertThat(SigmaDocuments.skipped(rules))
        .containsExactly(
            Quoted.of(other)
                + " is not read, because files with Sigma rules end in .yml; rename the file");
  }

  @Test
  void warnsOfLinks_thatAreNotFollowed() throws IOException {
    Path rules = Files.createDirectories(folder.resolve("rules"));
    Files.writeString(rules.resolve("role.yml"), ROLE);
    Path checkout = Files.createDirectories(folder.resolve("checkout"));
    Files.writeString(checkout.resolve("other.yml"), ROLE);
    Path linked = Files.createSymbolicLink(rules.resolve("azure"), checkout);
    Path gone = Files.createSymbolicLink(rules.resolve("gone.yml"), folder.resolve("gone.yml"));
    Path hidden = Files.createDirectories(rules.resolve("..data").resolve("mounted"));
    Files.writeString(hidden.resolve("third.yml"), ROLE);
    Path mounted = Files.createSymbolicLink(rules.resolve("mounted"), hidden);

    assertThat(SigmaDocuments.skipped(rules))
        .containsExactly(
            Quoted.of(linked)
                + " is not read, because it is a link to a folder; remove the link, and name the"
                + " folder itself",
            Quoted.of(gone)
                + " is not read, because it is a link to a file that is not there; correct or"
                + " remove the link",
            Quoted.of(mounted)
                + " is not read, because it is a link to a folder; remove the link, and name the"
                + " folder itself");
  }

  @Test
  void warnsOfAPipe_thatHasTheNameOfAFile() throws Exception {
    Path rules = Files.createDirectories(folder.resolve("rules"));
    Files.writeString(rules.resolve("role.yml"), ROLE);
    Path pipe = rules.resolve("pipe.yml");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(made.waitFor() == 0, "this machine has no mkfifo");

    assertThat(SigmaDocuments.skipped(rules))
        .containsExactly(
            Quoted.of(pipe)
                + " is not read, because it is a pipe or a device; put a file in its place");
  }

  @Test
  void refusesAFile_thatNeverEnds() throws IOException {
    Path zeros = Path.of("/dev/zero");
    assumeTrue(Files.exists(zeros), "this machine has no /dev/zero");
    Path file = Files.createSymbolicLink(folder.resolve("zeros.yml"), zeros);

    assertThat(SigmaDocuments.of(List.of(file)).load().faults())
        .extracting(DocumentFault::message)
        .containsExactly(
            "could not read the Sigma rule: %s:1 has more than 4000000 bytes; split the file"
                .formatted(file));
  }

  @Test
  void refusesPlaceholders_thatAreADevice() throws IOException {
    Path zeros = Path.of("/dev/zero");
    assumeTrue(Files.exists(zeros), "this machine has no /dev/zero");
    Path rules = Files.createDirectories(folder.resolve("rules"));
    Path file = Files.writeString(rules.resolve("role.yml"), ROLE);
    Path values = Files.createSymbolicLink(rules.resolve("placeholders.yaml"), zeros);
    String message =
        "could not read the file: %s:1 is not a regular file; put a file there that is in UTF-8 and that this process can read"
            .formatted(values);

    assertThat(SigmaDocuments.of(List.of(file)).load().faults())
        .extracting(DocumentFault::message)
        .containsExactly(message);
    SigmaFiles.SigmaFile unread = SigmaFiles.read(Map.of(rules, rules.toString())).firstUnread();
    assertThat(unread).extracting(SigmaFiles.SigmaFile::problem).isEqualTo("is not a regular file");
  }

  @Test
  void warnsOfNoLink_thatLeadsToWhatIsRead() throws IOException {
    Path rules = Files.createDirectories(folder.resolve("rules"));
    Path azure = Files.createDirectories(rules.resolve("azure"));
    Files.writeString(azure.resolve("role.yml"), ROLE);
    Files.createSymbolicLink(rules.resolve("again"), azure);
    Files.createSymbolicLink(azure.resolve("loop"), rules);
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.createSymbolicLink(rules.resolve("empty"), empty);
    Files.createSymbolicLink(rules.resolve("note"), folder.resolve("gone"));

    assertThat(SigmaDocuments.skipped(rules)).isEmpty();
  }

  @Test
  void warnsOfAFolder_thatLiesTooDeep() throws IOException {
    Path rules = folder.resolve("rules");
    Path deepest = Files.createDirectories(rules.resolve("1/2/3/4/5/6/7"));
    Files.writeString(deepest.resolve("role.yml"), ROLE);
    Path deeper = Files.createDirectories(deepest.resolve("8"));
    Files.writeString(deeper.resolve("other.yml"), ROLE);

    assertThat(SigmaDocuments.in(rules)).containsExactly(deepest.resolve("role.yml"));
    assertThat(SigmaDocuments.skipped(rules))
        .containsExactly(
            Quoted.of(deeper)
                + " is not read, because it lies more than 7 folders deep; move it up");
  }

  @Test
  void readsARuleOnce_thatLiesInTwoFolders() throws IOException {
    Path sub = Files.createDirectories(folder.resolve("rules").resolve("azure"));
    Files.writeString(sub.resolve("role.yml"), ROLE);
    Path config =
        Files.writeString(
            folder.resolve("lockstep.yaml"), "rules: {directories: [rules, rules/azure]}\n");
    SigmaRulesReader sigma = Objects.requireNonNull(Config.read(config, Map.of()).rules().sigma());

    SigmaFiles files = sigma.files();

    assertThat(files.size()).isEqualTo(1);
    assertThat(sigma.rules(files).rule("role")).isNotNull();
  }
}
