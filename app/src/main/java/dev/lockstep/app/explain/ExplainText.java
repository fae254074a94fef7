package dev.lockstep.app.explain;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.explain.MatchedEvents;
import dev.lockstep.detections.explain.UnusedEvents;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Printer of the explanation of one subject as text for people. The text has the findings, the
 * reports of the rules, the alerts, and the events that a rule did not compare.
 */
public final class ExplainText {
  private static final int MOST_FINDINGS = 12;
  private static final int MOST_UNUSED = 15;
  private static final int MOST_NAMED = 5;

  static final String MORE = " more; --all lists them";
  private static final String MORE_ROWS = " more rows; --all lists them";

  private final WrappedText lines;
  private final ExplainScope scope;

  public ExplainText(WrappedText lines, ExplainScope scope) {
    this.lines = lines;
    this.scope = scope;
  }

  public void print(Explanation explanation, ExplainRun.Result result) {
    head(explanation, result);
    findings(explanation.findings(), result);
    new SubjectText(lines, scope).print(explanation);
    for (RuleInfo rule : rules(explanation, result)) {
      new JudgedRuleText(lines, scope, rule, explanation.subject())
          .print(explanation.judged(), explanation.gates().getOrDefault(rule.id(), Map.of()));
    }
    long others = explanation.events().relatedLeftOut();
    if (others > 0) {
      lines.blank();
      lines.text(
          0,
          DisplayFormat.count(others, "mention")
              + " of further tokens and addresses "
              + (others == 1 ? "is" : "are")
              + " left out; to explain a token or an address, use --token or --ip.");
    }
    matched(explanation);
    alerts(explanation.alerts());
    unused(explanation);
  }

  /**
   * Returns the rules with facts of the subject. The rule of the finding that was asked for comes
   * first.
   */
  private static List<RuleInfo> rules(Explanation explanation, ExplainRun.Result result) {
    Map<String, RuleInfo> rules = new LinkedHashMap<>();
    String asked = result.finding() == null ? "" : result.finding().id();
    explanation.judged().stream()
        .flatMap(subject -> subject.days().stream())
        .filter(day -> day.findings().stream().anyMatch(one -> one.id().equals(asked)))
        .forEach(day -> rules.putIfAbsent(day.info().id(), day.info()));
    explanation
        .judged()
        .forEach(
            subject ->
                subject.days().forEach(day -> rules.putIfAbsent(day.info().id(), day.info())));
    return List.copyOf(rules.values());
  }

  private void head(Explanation explanation, ExplainRun.Result result) {
    Principal principal = explanation.principal();
    lines.text(
        0,
        switch (explanation.subject().kind()) {
          case PRINCIPAL ->
              principal == null ? explanation.subject().id() : DisplayFormat.name(principal);
          case PARTNER ->
              explanation.partner() == null
                  ? explanation.subject().id()
                  : explanation.partner().name() + " (partner " + explanation.subject().id() + ")";
          case TOKEN -> "token " + explanation.subject().id();
          case ADDRESS -> "address " + explanation.subject().id();
          case SESSION -> "session " + explanation.subject().id();
          case RESOURCE -> "vault " + explanation.subject().id();
          case GROUP -> "group " + group(explanation, result);
          case APPLICATION, PLACE ->
              explanation.subject().kind().name().toLowerCase(Locale.ROOT)
                  + " "
                  + explanation.subject().id();
        });
    if (result.finding() != null) {
      lines.text(0, "Subject of finding " + result.finding().id() + ".");
    }
    IngestCounts.Totals total = result.counts().total();
    lines.text(
        0,
        read(total.read(), result.firstArrival(), result.lastArrival())
            + "; "
            + DisplayFormat.count(explanation.events().events(), "event")
            + " of this subject. All times are UTC.");
    if (scope.date() != null) {
      lines.text(0, "Only " + scope.date() + ".");
    }
    lines.text(0, "Rules: " + RuleStatus.brief(result.rules()) + ".");
  }

  /**
   * Returns the group of the requested finding as fields with values, or the subject's id if the
   * finding has no group.
   */
  private static String group(Explanation explanation, ExplainRun.Result result) {
    String asked = result.finding() == null ? "" : result.finding().id();
    return explanation.findings().stream()
        .filter(finding -> finding.getId().equals(asked) && finding.getGroup() != null)
        .map(finding -> ComparedDetection.groupText(finding.getGroup()))
        .findFirst()
        .orElse(explanation.subject().id());
  }

  private void findings(List<Detection> findings, ExplainRun.Result result) {
    String asked = result.finding() == null ? "" : result.finding().id();
    List<Detection> shown =
        findings.stream()
            .filter(
                finding ->
                    scope.date() == null
                        || (!date(finding.getStartTime()).isAfter(scope.date())
                            && !date(finding.getEndTime()).isBefore(scope.date())))
            .toList();
    lines.heading(heading(shown));
    lines.first(
        scope.most(MOST_FINDINGS),
        shown,
        2,
        MORE,
        finding -> finding(finding, finding.getId().equals(asked)));
  }

  private static String heading(List<Detection> shown) {
    if (shown.isEmpty()) {
      return "NO FINDINGS";
    }
    long heldBack = shown.stream().filter(ExplainText::isHeldBack).count();
    String number = "FINDINGS: " + shown.size();
    return heldBack == 0
        ? number
        : heldBack == shown.size()
            ? number + ", held back"
            : number + ", " + heldBack + " held back";
  }

  private static boolean isHeldBack(Detection finding) {
    return DetectionStatus.isWithdrawn(finding)
        && BriefRetraction.isHeldBack(finding.getDescription());
  }

  private static LocalDate date(long millis) {
    return LocalDate.ofEpochDay(Math.floorDiv(millis, 86_400_000L));
  }

  private void finding(Detection finding, boolean asked) {
    boolean withdrawn = DetectionStatus.isWithdrawn(finding);
    boolean heldBack = isHeldBack(finding);
    String label = heldBack ? "held back" : finding.getReason();
    lines.labelled(2, withdrawn ? label : finding.getSeverity().name(), 14, finding.getTitle());
    List<String> parts = new ArrayList<>();
    parts.add(
        heldBack || finding.getRule().equals(finding.getReason())
            ? finding.getRule()
            : finding.getRule() + ", " + finding.getReason());
    parts.add(DisplayFormat.datedSpan(finding.getStartTime(), finding.getEndTime()));
    parts.add("count " + finding.getCount());
    if (!heldBack) { // nothing was sent that a revision would replace
      parts.add("revision " + finding.getRevision());
    }
    if (Boolean.TRUE.equals(finding.getColdStart())) {
      parts.add("cold start");
    }
    if (DetectionStatus.isInShadow(finding)) {
      parts.add("shadow");
    }
    parts.add("id " + finding.getId());
    lines.labelled(2, "", 14, String.join("; ", parts));
    if (withdrawn) {
      String description = finding.getDescription();
      lines.labelled(2, "", 14, asked ? description : BriefRetraction.of(description));
    }
    Severity before = SeverityBeforeIncident.severityBefore(finding);
    if (before != null && before != finding.getSeverity()) {
      lines.labelled(
          2, "", 14, "raised from " + before + " by incident " + finding.getCorrelationId());
    }
    if (isRaisedByAlerts(finding)) {
      lines.labelled(2, "", 14, "raised by one level, since Defender confirms it");
    }
    for (Map<String, String> alert : finding.getDefenderAlerts()) {
      lines.labelled(2, "", 14, "Defender: " + String.join(", ", new TreeMap<>(alert).values()));
    }
  }

  private static boolean isRaisedByAlerts(Detection finding) {
    return finding.getGates().stream()
        .anyMatch(
            gate ->
                gate.getGate().equals(DefenderCorroboration.ID)
                    && gate.getVerdict().equals(Gates.RAISED));
  }

  private void alerts(List<AlertWithGate> alerts) {
    List<AlertWithGate> shown =
        alerts.stream()
            .filter(
                one -> one.alert().times().stream().anyMatch(time -> scope.includes(date(time))))
            .toList();
    if (shown.isEmpty()) {
      return;
    }
    lines.heading("ALERTS OF DEFENDER: " + shown.size());
    lines.first(scope.most(MOST_FINDINGS), shown, 2, MORE, this::alert);
  }

  private void alert(AlertWithGate one) {
    Alert alert = one.alert().alert();
    List<Long> times = one.alert().times();
    String title = alert.getTitle();
    lines.labelled(
        2,
        alert.getSeverity() == null ? "no severity" : alert.getSeverity().name(),
        14,
        (title == null ? "without a title" : title) + " (alert " + alert.getId() + ")");
    List<String> parts = new ArrayList<>();
    parts.add(DisplayFormat.datedSpan(times.get(0), times.get(times.size() - 1)));
    parts.add(
        one.gate() == null ? "rules compare with it" : "SUPPRESSED by " + one.gate() + " for all");
    add(parts, "addresses", alert.getAddresses());
    add(parts, "accounts", alert.getAccounts());
    add(parts, "names", alert.getNames());
    lines.labelled(2, "", 14, String.join("; ", parts));
  }

  private void add(List<String> parts, String what, List<String> named) {
    if (!named.isEmpty()) {
      parts.add(what + " " + DisplayFormat.first(scope.most(MOST_NAMED), named));
    }
  }

  private void unused(Explanation explanation) {
    List<UnusedEvents> rows =
        explanation.events().unused().stream().filter(row -> scope.includes(row.date())).toList();
    if (rows.isEmpty()) {
      return;
    }
    lines.heading("EVENTS NEVER COMPARED, by rule, day and address");
    lines.first(scope.most(MOST_UNUSED), rows, 2, MORE_ROWS, this::unused);
    if (explanation.events().leftOut() > 0) {
      lines.text(
          2, "and " + DisplayFormat.count(explanation.events().leftOut(), "event") + " more");
    }
  }

  private void unused(UnusedEvents row) {
    boolean isRefused =
        row.status() >= 0 && (row.outcome().equals("failed") || row.outcome().equals("refused"));
    lines.labelled(
        2,
        row.date().toString(),
        12,
        DisplayFormat.count(row.events(), row.outcome() + " " + row.event())
            + (isRefused ? " (" + row.status() + ") " : " ")
            + times(row.firstAt(), row.lastAt(), row.address())
            + row.rule()
            + ": "
            + why(row));
  }

  private static String times(long firstAt, long lastAt, @Nullable String address) {
    return DisplayFormat.span(firstAt, lastAt) + (address == null ? "" : " from " + address) + "; ";
  }

  private static String why(UnusedEvents row) {
    String why = row.why();
    return why.equals(UnusedEvents.NOT_READ)
        ? "the rule does not use " + (row.events() == 1 ? "this event" : "these events")
        // a reason with a colon is a sentence already, and an id of a gate has no capital
        : why.indexOf(':') >= 0 || why.equals(DisplayFormat.words(why))
            ? why
            : "only counted, as " + DisplayFormat.words(why);
  }

  private void matched(Explanation explanation) {
    List<MatchedEvents> rows =
        explanation.events().matched().stream().filter(row -> scope.includes(row.date())).toList();
    if (rows.isEmpty()) {
      return;
    }
    lines.heading("EVENTS MATCHED BY SIGMA RULES, by rule, day and address");
    lines.first(scope.most(MOST_UNUSED), rows, 2, MORE_ROWS, this::matched);
  }

  private void matched(MatchedEvents row) {
    lines.labelled(
        2,
        row.date().toString(),
        12,
        DisplayFormat.count(row.events(), row.outcome() + " " + row.event())
            + " "
            + times(row.firstAt(), row.lastAt(), row.address())
            + row.rule()
            + ": "
            + String.join("; ", row.selections()));
  }

  static String read(long records, long firstArrival, long lastArrival) {
    String read = DisplayFormat.count(records, "record") + " read";
    return lastArrival == 0
        ? read
        : read
            + ", which arrived from "
            + DisplayFormat.dateTime(firstArrival)
            + " to "
            + DisplayFormat.dateTime(lastArrival);
  }
}
