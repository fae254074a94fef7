package dev.lockstep.app.suggest;

import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Tester of suggested rows for the networks file, which comments out the rows that hide High
 * findings. It replays a capture without the rows, and with each of them.
 *
 * <p>A row is commented out if it contains an address of an alert of severity Medium or higher, or
 * if a High finding is lost with the row. The other rows are then tried together, because a finding
 * may be lost only with two rows; rows are commented out until no High finding is lost.
 *
 * <p>A High finding is lost if it disappears or its severity falls, unless another High finding of
 * the same principal shows all of the finding's events that are outside the row. For example, a
 * thief's sign-in far from both the user's home and the office makes a High finding with each
 * place, and a row for the office suppresses only one of them. For a row of class {@code backend}
 * the other finding has to show the events in the row too, because a thief's server looks like a
 * backend.
 */
public final class RowTrials {
  private static final String HEADER = "cidr,class\n";
  private static final int SHOWN = 3;

  private final SortedCapture capture;
  private final ConfiguredRules settings;
  private final Enrichment enrichment;
  private final AlertedAddresses alerts;
  private final Progress progress;

  /**
   * Creates a tester that tries suggested rows for the networks file on the logs of a capture.
   *
   * @param settings rules, of which candidates are left out
   * @param enrichment enrichment without the rows
   * @param alerts alerts of the capture
   */
  public RowTrials(
      SortedCapture capture,
      ConfiguredRules settings,
      Enrichment enrichment,
      AlertedAddresses alerts,
      Progress progress) {
    this.capture = capture;
    this.settings = settings.withoutCandidates();
    this.enrichment = enrichment;
    this.alerts = alerts;
    this.progress = progress;
  }

  /**
   * Judgements of the rows that were suggested for a networks file.
   *
   * @param rows judged rows in the order of their suggestion
   * @param together effect of all rows that are not commented out
   */
  public record Judged(List<JudgedRow> rows, RowEffect together) {}

  /**
   * Judges suggested rows by replays of the capture. It tries each row alone, and then all
   * remaining rows together. As long as a High finding is lost, it comments out rows and tries
   * again.
   */
  public Judged judge(List<NetworkSuggestion> suggested) {
    List<Detection> without =
        suggested.isEmpty()
            ? List.of()
            : capture.replay(settings, enrichment, "replaying without the rows", progress);
    List<JudgedRow> rows = new ArrayList<>();
    for (NetworkSuggestion row : suggested) {
      String work = "judging row %d of %d".formatted(rows.size() + 1, suggested.size());
      rows.add(judge(row, effect(without, List.of(row), work)));
    }
    while (true) {
      List<JudgedRow> taken = rows.stream().filter(row -> !row.isCommentedOut()).toList();
      RowEffect together =
          taken.size() == 1
              ? taken.get(0).effect()
              : effect(
                  without,
                  taken.stream().map(JudgedRow::row).toList(),
                  "judging %d rows together".formatted(taken.size()));
      List<Detection> lost = together.lostHigh();
      if (lost.isEmpty()) {
        return new Judged(rows, together);
      }
      List<JudgedRow> meeting = taken.stream().filter(row -> shows(lost, row)).toList();
      List<JudgedRow> refused =
          meeting.isEmpty() ? taken : meeting; // evidence may not show all events
      String reason =
          "with other rows it would suppress %s (%s)"
              .formatted(DisplayFormat.count(lost.size(), "High finding"), ids(lost, SHOWN));
      rows.replaceAll(row -> refused.contains(row) ? row.because(reason) : row);
    }
  }

  private JudgedRow judge(NetworkSuggestion row, RowEffect effect) {
    JudgedRow judged = new JudgedRow(row, effect, alerts.within(row.cidr()), List.of());
    List<String> alerted = judged.alerted();
    if (!alerted.isEmpty()) {
      judged =
          judged.because(
              "alerts of Microsoft Defender name %s of this network (%s)"
                  .formatted(
                      alerted.size() == 1 ? "1 address" : alerted.size() + " addresses",
                      listed(alerted, SHOWN)));
    }
    List<Detection> lost = effect.lostHigh();
    if (!lost.isEmpty()) {
      judged =
          judged.because(
              "it would suppress or lower %s (%s)"
                  .formatted(DisplayFormat.count(lost.size(), "High finding"), ids(lost, SHOWN)));
    }
    return judged;
  }

  private RowEffect effect(List<Detection> without, List<NetworkSuggestion> rows, String work) {
    if (rows.isEmpty()) {
      return RowEffect.between(without, without, event -> false);
    }
    StringBuilder file = new StringBuilder(HEADER);
    rows.forEach(
        row -> file.append(row.cidr()).append(',').append(row.networkClass().word()).append('\n'));
    try {
      Networks networks =
          enrichment.networks().and(Networks.parse("suggested rows", file.toString()));
      Enrichment with =
          Enrichment.of(networks, enrichment.partners(), enrichment.databases())
              .with(enrichment.exceptions())
              .with(enrichment.estate());
      List<NamedNetwork> accounted =
          rows.stream()
              .filter(row -> row.networkClass() != NetworkClass.BACKEND)
              .map(row -> Objects.requireNonNull(NamedNetwork.parse(row.cidr())))
              .toList();
      return RowEffect.between(
          without,
          capture.replay(settings, with, work, progress),
          event -> accounted.stream().anyMatch(range -> isIn(range, event)));
    } catch (FileProblemException e) { // suggested rows are well-formed
      throw new IllegalStateException(e);
    }
  }

  private static boolean shows(List<Detection> findings, JudgedRow row) {
    NamedNetwork range = Objects.requireNonNull(NamedNetwork.parse(row.row().cidr()));
    return findings.stream()
        .flatMap(finding -> finding.getEvidence().stream())
        .anyMatch(event -> isIn(range, event));
  }

  private static boolean isIn(NamedNetwork range, Evidence event) {
    return range.contains(Address.parse(event.getIp()), null, null);
  }

  /**
   * Returns the ids of findings, each cut to eight characters, as one text. {@code lockstep accept}
   * takes such ids. Ids beyond the largest number are only counted.
   */
  public static String ids(List<Detection> findings, int most) {
    return listed(findings.stream().map(finding -> finding.getId().substring(0, 8)).toList(), most);
  }

  private static String listed(List<String> texts, int most) {
    String shown = String.join(" ", texts.subList(0, Math.min(most, texts.size())));
    return texts.size() <= most ? shown : shown + " and " + (texts.size() - most) + " more";
  }
}
