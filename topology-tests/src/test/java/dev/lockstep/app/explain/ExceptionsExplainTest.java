package dev.lockstep.app.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.rules.Subject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises of explain where an exception holds a finding back, or a rule runs in shadow. */
class ExceptionsExplainTest {
  private static final String TRAVELLER = "a0d8d05b-09fc-457c-8b00-dae19c27ecd4";

  @TempDir Path folder;

  @Test
  void showsWhatFired_andThatAnExceptionHoldsItBack_orThatItsRuleIsInShadow() throws Exception {
    CaptureFolder capture = CaptureFolder.unpack(folder);
    Path file =
        Files.writeString(
            folder.resolve("exceptions.yaml"),
            """
            exceptions:
              - id: known-traveller
                rule: impossible-travel
                principal: %s
                reason: moves between two offices
                owner: soc
                expires: 2027-12-31
            """
                .formatted(TRAVELLER));
    Config config =
        capture.config(
            Map.of(
                "LOCKSTEP_EXCEPTIONS",
                file.toString(),
                "LOCKSTEP_RULES_TOKEN_REPLAY_SHADOW",
                "true"));
    Enrichment enrichment = Wiring.enrichment(config);
    ExplainRun run = new ExplainRun(config.rules(), enrichment, 2, Limits.defaults());
    ExplainRun.Result result =
        run.run(
            capture.paths(),
            CaptureFolder.nothing(),
            CaptureFolder.silent(),
            counts -> run.add(new Subject(Subject.Kind.PRINCIPAL, TRAVELLER), null));
    Explanation explanation = result.explanations().get(0);
    assertThat(explanation.judged().get(0).days())
        .as("the rule fired all the same")
        .anyMatch(
            day ->
                day.verdicts().stream()
                    .anyMatch(verdict -> verdict.outcome() == JudgedFacts.Outcome.FIRES));
    assertThat(explanation.findings())
        .anyMatch(
            finding ->
                finding.getRule().equals("impossible-travel")
                    && finding.getReason().equals("withdrawn")
                    && finding.getDescription().contains("known-traveller"))
        .anyMatch(
            finding ->
                finding.getRule().equals("token-replay")
                    && Boolean.TRUE.equals(finding.getShadow()));
    assertThat(result.detections())
        .noneMatch(
            detection ->
                detection.getRule().equals("impossible-travel")
                    && detection.getPrincipal() != null
                    && detection.getPrincipal().getId().equals(TRAVELLER));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new ExplainText(new WrappedText(out, 200), new ExplainScope(null, null, false))
        .print(explanation, result);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("Held back by exception known-traveller of soc, until 2027-12-31 00:00:00 UTC\n")
        .doesNotContain("moves between two offices", "It said:")
        .contains("shadow")
        .contains("FINDINGS: 2, 1 held back\n", "\n  held back     Impossible travel of ")
        .containsPattern("impossible-travel; [^;]+; count \\d+; id ")
        .doesNotContain("withdrawn", "revision 0");
  }
}
