package dev.lockstep.app.replay;

import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.schemas.text.Quoted;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Operator's exception, which holds findings back, with its effect on the findings of a replay.
 *
 * @param expired whether the exception had expired
 */
public record ExceptionUse(ExceptionEntry entry, DetectionCounters.Excepted did, boolean expired) {

  /**
   * Returns every exception with its effect on the findings of a replay, in the order in which the
   * exceptions files list them.
   *
   * @param now milliseconds since 1970; for a replay the last arrival
   */
  static List<ExceptionUse> of(Exceptions exceptions, DetectionCounters counters, long now) {
    var did = counters.exceptions();
    return exceptions.all().stream()
        .map(
            entry ->
                new ExceptionUse(
                    entry,
                    did.getOrDefault(entry.id(), DetectionCounters.Excepted.NOTHING),
                    entry.expiresAt() <= now))
        .toList();
  }

  static ReportSection section(List<ExceptionUse> exceptions) {
    return new ReportSection(
        "exceptions",
        "Exceptions",
        List.of("Exception", "Rule", "Reason", "Owner", "Until", "Removed", "Outweighed", "Remark"),
        exceptions.stream()
            .map(
                use ->
                    List.of(
                        use.entry().id(),
                        use.entry().rule(),
                        use.entry().reason(),
                        use.entry().owner(),
                        DisplayFormat.minute(use.entry().expiresAt()),
                        (use.did().removed() + " " + String.join(" ", use.did().findings()))
                            .strip(),
                        String.valueOf(use.did().outweighed()),
                        use.remark()))
            .toList(),
        "");
  }

  /**
   * Returns a sentence about the findings that exceptions hold back: how many there are, and how
   * many each file holds back. It is null if exceptions hold back none. A finding that several
   * exceptions cover counts once for each file.
   */
  public static @Nullable String heldBack(List<ExceptionUse> uses, Exceptions exceptions) {
    Set<String> all = new HashSet<>();
    Map<String, Set<String>> byFile = new TreeMap<>();
    for (ExceptionUse use : uses) {
      if (!use.did().findings().isEmpty()) {
        String file = exceptions.fileOf(use.entry().id());
        all.addAll(use.did().findings());
        byFile
            .computeIfAbsent(
                file == null ? use.entry().id() : Quoted.visible(file), any -> new TreeSet<>())
            .addAll(use.did().findings());
      }
    }
    return all.isEmpty()
        ? null
        : "Exceptions hold back %s: %s; to see these findings again, delete %s"
            .formatted(
                DisplayFormat.count(all.size(), "more finding"),
                byFile.entrySet().stream()
                    .map(
                        each ->
                            "%s by %s"
                                .formatted(
                                    DisplayFormat.number(each.getValue().size()), each.getKey()))
                    .collect(Collectors.joining(", ")),
                byFile.size() == 1 ? "the file" : "the files");
  }

  boolean unused() {
    return did.removed() == 0 && did.outweighed() == 0;
  }

  String remark() {
    if (expired) {
      return unused() ? "expired, unused: remove it" : "expired: renew or remove it";
    }
    return unused() ? "unused" : "";
  }
}
