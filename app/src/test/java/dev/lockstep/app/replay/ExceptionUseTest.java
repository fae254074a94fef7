package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.partner.Partners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replay says of the findings that exceptions hold back. */
class ExceptionUseTest {
  private static final String ENTRY =
      "  - {id: %s, rule: token-replay, principal: %s, reason: a test, owner: soc, expires:"
          + " 2099-12-31}\n";

  @TempDir Path folder;
  private Path ofAda;
  private Path ofBen;
  private Exceptions exceptions;

  @BeforeEach
  void writeExceptions() throws Exception {
    Path added = Files.createDirectory(folder.resolve("exceptions.d"));
    ofAda = added.resolve("ada.yaml");
    ofBen = added.resolve("ben.yaml");
    Files.writeString(ofAda, "exceptions:\n" + ENTRY.formatted("e1", "ada"));
    Files.writeString(
        ofBen, "exceptions:\n" + ENTRY.formatted("e2", "ben") + ENTRY.formatted("e3", "eve"));
    exceptions =
        Exceptions.read(
            folder.resolve("exceptions.yaml"), List.of("token-replay"), Partners.none());
  }

  private static String id(int number) {
    return "f" + number;
  }

  private ExceptionUse use(String id, int... findings) {
    return new ExceptionUse(
        exceptions.all().stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow(),
        new DetectionCounters.Excepted(
            findings.length,
            0,
            findings.length,
            0,
            IntStream.of(findings).mapToObj(ExceptionUseTest::id).toList()),
        false);
  }

  @Test
  void counts_theFindingsThatExceptionsHoldBack_byFile() {
    assertThat(ExceptionUse.heldBack(List.of(use("e1", 1, 2, 3, 4), use("e2")), exceptions))
        .isEqualTo(
            "Exceptions hold back 4 more findings: 4 by %s; to see these findings again, delete the file"
                .formatted(ofAda));
    assertThat(ExceptionUse.heldBack(List.of(use("e1", 1)), exceptions))
        .startsWith("Exceptions hold back 1 more finding: 1 by ");
  }

  @Test
  void counts_aFindingOnce_thatSeveralExceptionsHoldBack() {
    assertThat(
            ExceptionUse.heldBack(
                List.of(use("e1", 1, 2), use("e2", 2, 3), use("e3", 3)), exceptions))
        .isEqualTo(
            "Exceptions hold back 3 more findings: 2 by %s, 2 by %s; to see these findings again, delete the files"
                .formatted(ofAda, ofBen));
  }

  @Test
  void says_nothing_whereExceptionsHoldBackNone() {
    assertThat(ExceptionUse.heldBack(List.of(), exceptions)).isNull();
    assertThat(ExceptionUse.heldBack(List.of(use("e1")), exceptions)).isNull();
  }

  @Test
  void names_theException_thatIsOfNoFile() {
    ExceptionEntry entry =
        new ExceptionEntry("e9", "token-replay", "ada", null, null, "a test", "soc", 1);
    assertThat(
            ExceptionUse.heldBack(
                List.of(
                    new ExceptionUse(
                        entry, new DetectionCounters.Excepted(1, 0, 1, 0, List.of("f1")), false)),
                Exceptions.of(List.of(entry))))
        .contains("1 by e9");
  }
}
