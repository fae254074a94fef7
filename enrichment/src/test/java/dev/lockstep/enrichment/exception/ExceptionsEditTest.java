package dev.lockstep.enrichment.exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.partner.Partners;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public final class ExceptionsEditTest {

  private static final List<String> RULES = List.of("impossible-travel");

  private static final String OLD =
      "{id: old, rule: impossible-travel, principal: bob, reason: x, owner: y, expires: 2026-12-31}";

  private static ExceptionEntry entry(String reason) {
    return new ExceptionEntry(
        "new",
        "impossible-travel",
        "ana",
        null,
        NamedNetwork.parse("2001:db8:5::/48"),
        reason,
        "soc",
        Instant.parse("2027-02-03T00:00:00Z").toEpochMilli());
  }

  private static String add(String text, ExceptionEntry entry) throws FileProblem {
    return Exceptions.add("exceptions.yaml", text, entry, RULES, Partners.none());
  }

  @Test
  void writesANewFile_thatSaysWhatItIs() throws FileProblem {
    assertThat(add("", entry("travels a lot")))
        .isEqualTo(
            """
            # Findings that are expected, each until its day. See docs/exceptions.md.
            exceptions:
              - id: new
                rule: impossible-travel
                principal: ana
                network: "2001:db8:5::/48"
                reason: travels a lot
                owner: soc
                expires: 2027-02-03
            """);
  }

  @Test
  void appendsToAList_andKeepsCommentsAndOrder() throws FileProblem {
    String before =
        """
        # ours
        exceptions:
        # first

        - id: old      # an old one
          rule: impossible-travel
          principal: bob
          owner: y
          expires: 2026-12-31
          reason: |
            two
            lines
        # the end
        """;
    assertThat(add(before, entry("x")))
        .isEqualTo(
            before.replace(
                "# the end\n",
                """
                - id: new
                  rule: impossible-travel
                  principal: ana
                  network: "2001:db8:5::/48"
                  reason: x
                  owner: soc
                  expires: 2027-02-03
                # the end
                """));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exceptions:\n",
        "exceptions:",
        "exceptions:   # none yet\n# more\n",
        "exceptions: []\n",
        "exceptions: [ ]\n",
        "# only a comment\n",
        "\uFEFFexceptions:\r\n  - " + OLD + "   # é\r\n",
        "exceptions: [" + OLD + "]\n",
        "exceptions: [\n  " + OLD + ",  # a comment\n]\n",
        "exceptions:\n    -   " + OLD + "\n\n\n# trailing",
        "exceptions:\n- " + OLD,
        "---\nexceptions:\n- " + OLD + "\n...\n",
        "{exceptions: [" + OLD + "]}",
      })
  void addsNothingElse_howeverTheFileIsLaidOut(String before) throws FileProblem {
    String after = add(before, entry("why: \"because\" # of\u0085\u2028it, 🚀"));
    List<ExceptionEntry> all = parsed(after).all();
    assertThat(all.get(all.size() - 1)).isEqualTo(entry("why: \"because\" # of\u0085\u2028it, 🚀"));
    assertThat(all).hasSize(before.contains("id: old") ? 2 : 1);
    assertThat(isInsertion(before, after)).as(after).isTrue();
    assertThat(after.contains("\r\n")).isEqualTo(before.contains("\r\n"));
  }

  private static Exceptions parsed(String text) throws FileProblem {
    return ExceptionsFile.parse("exceptions.yaml", text, RULES, Partners.none());
  }

  /** Tells whether one text is the other with something put in at one place. */
  public static boolean isInsertion(String before, String after) {
    int head = 0;
    while (head < before.length() && before.charAt(head) == after.charAt(head)) {
      head++;
    }
    return after.endsWith(before.substring(head));
  }

  @Test
  void refuses_whatIsThereAlready() {
    ExceptionEntry again =
        new ExceptionEntry("other", "impossible-travel", "bob", null, null, "x", "y", 0);
    assertThat(problem("exceptions:\n- " + OLD + "\n", again))
        .contains("exception from the same as in line 2");
  }

  @Test
  void leavesAlone_whatItDoesNotUnderstand() {
    assertThat(problem("exceptions: ~\n", entry("x")))
        .contains("is laid out in a way that this program does not add to; add to its list: {id:");
    assertThat(problem("exceptions: {a: b}\n", entry("x"))).contains("is not a list");
  }

  private static String problem(String text, ExceptionEntry entry) {
    @Nullable FileProblem[] caught = new FileProblem[1];
    assertThatThrownBy(() -> add(text, entry))
        .isInstanceOfSatisfying(FileProblem.class, problem -> caught[0] = problem);
    return String.valueOf(Objects.requireNonNull(caught[0]).getMessage());
  }
}
