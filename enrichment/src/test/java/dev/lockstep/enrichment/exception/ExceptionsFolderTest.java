package dev.lockstep.enrichment.exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.partner.Partners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExceptionsFolderTest {

  private static final List<String> RULES = List.of("impossible-travel");

  @TempDir Path home;

  private void write(String name, String... idsAndPrincipals) throws IOException {
    StringBuilder text = new StringBuilder("exceptions:\n");
    for (String one : idsAndPrincipals) {
      text.append(
          "- {id: %s, rule: impossible-travel, principal: of-%s, reason: x, owner: y, expires: 2026-12-31}\n"
              .formatted(one, one));
    }
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> ids(String configured) throws FileProblemException {
    return Exceptions.read(home.resolve(configured), RULES, Partners.none()).all().stream()
        .map(ExceptionEntry::id)
        .toList();
  }

  @Test
  void readsTheFile_thenThoseOfItsFolderByName() throws Exception {
    write("exceptions.yaml", "z", "a");
    write("exceptions.d/2026-11-02-b.yaml", "b");
    write("exceptions.d/2026-11-01-c.yml", "c");
    write("exceptions.d/.hidden.yaml", "h");
    write("exceptions.d/old.yaml.bak", "o");
    assertThat(ids("exceptions.yaml")).containsExactly("z", "a", "c", "b");
    Files.delete(home.resolve("exceptions.d/2026-11-02-b.yaml"));
    assertThat(ids("exceptions.yaml")).containsExactly("z", "a", "c");
  }

  @Test
  void readsAFolderAlone() throws Exception {
    write("exceptions.d/1.yaml", "one");
    assertThat(ids("exceptions.d")).containsExactly("one");
    assertThat(ids("exceptions.yaml")).as("the file is not there").containsExactly("one");
    Files.delete(home.resolve("exceptions.d/1.yaml"));
    assertThat(ids("exceptions.yaml")).isEmpty();
  }

  @Test
  void refusesAnIdOfTwoFiles_withBothPlaces() throws Exception {
    write("exceptions.yaml", "one", "two");
    write("exceptions.d/1.yaml", "three", "four");
    Path added = home.resolve("exceptions.d/1.yaml");
    Files.writeString(added, Files.readString(added).replace("id: four", "id: two"));
    assertThatThrownBy(() -> ids("exceptions.yaml"))
        .isInstanceOf(FileProblemException.class)
        .hasMessage(
            "could not read exceptions: %s:3 id 'two' is used twice, first in %s:3; give each exception an id of its own",
            home.resolve("exceptions.d/1.yaml"), home.resolve("exceptions.yaml"));
  }

  @Test
  void namesTheFileOfTheFolder_whereALineIsWrong() throws Exception {
    write("exceptions.yaml", "one");
    Files.createDirectories(home.resolve("exceptions.d"));
    Files.writeString(home.resolve("exceptions.d/1.yaml"), "exceptions:\n- {ruel: x}\n");
    assertThatThrownBy(() -> ids("exceptions.yaml"))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining(home.resolve("exceptions.d/1.yaml") + ":2 unknown key 'ruel'");
  }

  @Test
  void saysWhatIsNotThere() {
    assertThatThrownBy(() -> ids("exceptions.yaml"))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("exceptions.yaml does not exist");
    assertThatThrownBy(() -> ids("exceptions.d"))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("exceptions.d does not exist");
  }

  private static ExceptionEntry entry(String id, String principal, String reason) {
    return new ExceptionEntry(
        id,
        "impossible-travel",
        principal,
        null,
        NamedNetwork.parse("2001:db8:5::/48"),
        reason,
        "soc",
        Instant.parse("2027-02-03T00:00:00Z").toEpochMilli());
  }

  private String added(ExceptionEntry entry) throws FileProblemException {
    return Exceptions.added(
        home.resolve("exceptions.yaml"),
        home.resolve("exceptions.d/new.yaml"),
        entry,
        RULES,
        Partners.none());
  }

  @Test
  void writesAFileThatIsReadBack_whateverTheReason() throws Exception {
    assertThat(added(entry("new", "ana", "travels a lot")))
        .isEqualTo(
            """
            exceptions:
              - id: new
                rule: impossible-travel
                principal: ana
                network: "2001:db8:5::/48"
                reason: travels a lot
                owner: soc
                expires: 2027-02-03
            """);
    ExceptionEntry odd = entry("new", "ana", "why: \"because\" # of\u0085\u2028it, 🚀");
    Files.createDirectories(home.resolve("exceptions.d"));
    Files.writeString(home.resolve("exceptions.d/new.yaml"), added(odd));
    assertThat(Exceptions.read(home.resolve("exceptions.yaml"), RULES, Partners.none()).byId("new"))
        .isEqualTo(odd);
  }

  @Test
  void refusesAnotherAboutTheSame() throws Exception {
    Files.writeString(home.resolve("exceptions.yaml"), added(entry("old", "ana", "x")));
    assertThatThrownBy(() -> added(entry("new", "ana", "y")))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining(
            "exception for the same findings as the exception in "
                + home.resolve("exceptions.yaml"));
  }
}
