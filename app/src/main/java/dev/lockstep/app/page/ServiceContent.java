package dev.lockstep.app.page;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.schemas.text.SecretMask;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.delivery.ForwarderState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content of a service's page: findings and state of all instances, and health of this instance.
 *
 * @param state look-ups in the state of all instances
 * @param origin origin of the findings, with commands that explain or accept a finding
 */
public record ServiceContent(
    Service service, LatestFindings findings, StateLookUp state, ReportOrigin origin)
    implements PageContent {
  private static final String READY = "ready";

  public static ServiceContent of(
      Service service, Config.Kafka kafka, LatestFindings findings, ReportOrigin origin) {
    return new ServiceContent(
        service,
        findings,
        new StateLookUp(kafka, () -> RuleSets.of(service.reload().inForce()), service.enrichment()),
        origin);
  }

  @Override
  public long changes() {
    return findings.changes();
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>(service.notReady());
    String unread = findings.problem();
    if (unread != null) {
      problems.add("page: " + unread);
    }
    return problems.isEmpty() ? service.degraded() : problems;
  }

  @Override
  public List<ReportSection> sections() {
    List<ReportSection> sections = new ArrayList<>(List.of(health()));
    if (service.roles().contains(Service.Role.INGEST)) {
      sections.add(sources());
    }
    if (service.roles().contains(Service.Role.DETECT)) {
      sections.add(stages());
    }
    if (service.roles().contains(Service.Role.FORWARD)) {
      sections.add(forwarders());
    }
    return sections;
  }

  @Override
  public ReportPage page() {
    long changes = findings.changes(); // before the findings, so that a change is never missed
    return new ReportPage(
        origin.after(changes), findings.all(), service.rules(), 0, 0, sections(), "");
  }

  @Override
  public String look(StateQuestion question, StateLookUp.Progress progress) throws IOException {
    return state.answer(
        question, question.isFinding() ? findings.byId(question.text()) : null, progress);
  }

  private ReportSection health() {
    List<List<String>> rows = new ArrayList<>();
    List<Reason> reasons = new ArrayList<>();
    List<String> restart = service.notLive();
    restart.forEach(why -> reasons.add(new Reason("restart", why)));
    service.notReady().stream()
        .filter(why -> !restart.contains(why))
        .forEach(why -> reasons.add(new Reason("not ready", why)));
    service.degraded().forEach(why -> reasons.add(new Reason("warning", why)));
    for (Service.Role role : Service.Role.values()) {
      if (service.roles().contains(role)) {
        String word = role.name().toLowerCase(Locale.ROOT);
        List<Reason> own =
            reasons.stream().filter(reason -> reason.why().startsWith(word + ": ")).toList();
        if (own.isEmpty()) {
          rows.add(List.of(word, READY, work(role)));
        }
        own.forEach(
            reason ->
                rows.add(List.of(word, reason.state(), reason.why().substring(word.length() + 2))));
        reasons.removeAll(own);
      }
    }
    reasons.forEach(reason -> rows.add(List.of("service", reason.state(), reason.why())));
    return new ReportSection(
        "health", "Health", List.of("Role", "State", "What"), masked(rows), "Of this instance.");
  }

  /**
   * Reason why this instance has to be restarted, is not ready, or has a warning.
   *
   * @param state what the reason means: restart, not ready or warning
   */
  private record Reason(String state, String why) {}

  private String work(Service.Role role) {
    return switch (role) {
      case INGEST -> {
        int partitions = 0;
        for (String source : service.sources()) {
          Ingest.Status status = service.status(source);
          partitions += status == null ? 0 : status.open();
        }
        yield DisplayFormat.count(service.sources().size(), "source")
            + ", "
            + DisplayFormat.count(partitions, "partition")
            + " open";
      }
      case DETECT ->
          DisplayFormat.count(service.rules().size(), "rule")
              + ", "
              + DisplayFormat.count(
                  service.left().values().stream().mapToLong(Long::longValue).sum(), "record")
              + " left";
      case FORWARD -> DisplayFormat.count(service.forwarded().size(), "sink");
    };
  }

  private static List<List<String>> masked(List<List<String>> rows) {
    return rows.stream().map(row -> row.stream().map(SecretMask::of).toList()).toList();
  }

  private ReportSection sources() {
    List<List<String>> rows = new ArrayList<>();
    Map<String, List<Ingest.Lag>> lags = service.lags();
    service
        .read()
        .forEach(
            (source, counts) -> {
              IngestCounts.Totals sums = counts.total();
              List<Ingest.Lag> behind = lags.getOrDefault(source, List.of());
              rows.add(
                  List.of(
                      source,
                      DisplayFormat.number(sums.read()),
                      DisplayFormat.number(sums.mapped()),
                      DisplayFormat.number(sums.ignored()),
                      DisplayFormat.number(sums.rejected()),
                      DisplayFormat.number(sums.quarantined()),
                      DisplayFormat.number(behind.size()),
                      DisplayFormat.number(behind.stream().mapToLong(Ingest.Lag::left).sum())));
            });
    return new ReportSection(
        "sources",
        "Sources",
        List.of(
            "Source",
            "Read",
            "Activities",
            "Ignored",
            "Rejected",
            "Quarantined",
            "Partitions",
            "Messages left"),
        rows,
        "Of this instance, since its start.");
  }

  private ReportSection stages() {
    List<List<String>> rows = new ArrayList<>();
    service.left().forEach((topic, left) -> rows.add(List.of(topic, DisplayFormat.number(left))));
    return new ReportSection(
        "stages",
        "Stages",
        List.of("Topic", "Records left"),
        rows,
        "Records that the tasks of this instance have not committed yet.");
  }

  private ReportSection forwarders() {
    List<List<String>> rows = new ArrayList<>();
    service
        .forwarded()
        .forEach(
            (sink, counts) ->
                rows.add(
                    List.of(
                        sink.equals(ForwarderConfig.SENTINEL) ? "Microsoft Sentinel" : sink,
                        status(counts.status()),
                        DisplayFormat.number(counts.rowsTaken()),
                        DisplayFormat.number(counts.rowsSuperseded()),
                        DisplayFormat.number(counts.rowsShadowed()),
                        DisplayFormat.number(
                            counts.rowsHeldBack()
                                + counts.highRowsHeldBack()
                                + counts.rowsOverBudget()),
                        DisplayFormat.number(counts.retries()),
                        DisplayFormat.number(counts.deadLetters()),
                        lastTaken(counts.lastTakenAt()))));
    return new ReportSection(
        "forwarders",
        "Sent",
        List.of(
            "Sink",
            "State",
            "Rows taken",
            "Superseded",
            "In shadow",
            "Held back",
            "Retries",
            "Dead letters",
            "Last taken"),
        masked(rows),
        rows.isEmpty()
            ? "This instance sends nothing."
            : "Of this instance, since its start. The rows held back are those beyond a rule's cap,"
                + " the daily budget, or the ceiling for severity High.");
  }

  static String lastTaken(@Nullable Instant at) {
    return at == null ? "never" : DisplayFormat.dateTime(at.toEpochMilli()) + " UTC";
  }

  private static String status(ForwarderCounts.Status status) {
    return status.state() == ForwarderState.RUNNING
        ? READY
        : status.state() + " " + status.reason();
  }
}
