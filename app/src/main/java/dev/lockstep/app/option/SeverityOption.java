package dev.lockstep.app.option;

import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Option {@code --severity}, which keeps only findings of the severities that its value lists. */
public final class SeverityOption {
  @Option(
      names = "--severity",
      paramLabel = "LEVEL",
      split = ",",
      description =
          "Only findings of these severities: ${COMPLETION-CANDIDATES}; separate several severities"
              + " with commas.")
  private List<SeverityLevel> levels = List.of();

  public Set<Severity> severities() {
    return levels.stream().map(SeverityLevel::severity).collect(Collectors.toUnmodifiableSet());
  }
}
