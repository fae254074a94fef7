package dev.lockstep.app.cli;

import dev.lockstep.app.compare.DetectionFilter;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options {@code --rule} and {@code --severity} of diff: only findings of these are compared. */
final class FilterOptions {
  @Option(
      names = "--rule",
      paramLabel = "ID",
      split = ",",
      description = "Only findings of these rules; several with commas.")
  private List<String> rules = List.of();

  @Mixin private SeverityOption severity = new SeverityOption();

  /** Returns the filter, which keeps everything without options. */
  DetectionFilter filter() {
    return new DetectionFilter(Set.copyOf(rules), severity.severities());
  }
}
