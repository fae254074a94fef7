package dev.lockstep.app.explain;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.explain.ReferencedEvents;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finder of the subject and the day of one finding. The finding is looked up by its id among those
 * of a replay, or was read from a file.
 */
public final class FindingSearch {
  private static final long DAY_MILLIS = 86_400_000L;

  private final String asked;
  private final @Nullable ComparedDetection written;

  /**
   * Creates a search for one finding. The finding was read from a file, or a replay has to find it
   * by its id.
   *
   * @param asked id of the finding, or the beginning of the id
   * @param written the finding from a file, with the events that it cites, or null if the replay
   *     has to find it
   */
  public FindingSearch(String asked, @Nullable ComparedDetection written) {
    this.asked = asked;
    this.written = written;
  }

  /**
   * Id, subject and day of a finding.
   *
   * @param id id of the finding
   * @param principal principal that is the subject; null if the subject is no principal, or if the
   *     finding does not name the principal
   * @param date day of the finding
   */
  public record Found(String id, Subject subject, @Nullable Principal principal, LocalDate date) {}

  /**
   * Returns whether an id equals the text that the operator gave, or begins with this text. Text
   * shorter than {@link IdForm#SHORTEST_PREFIX} has to be the whole id.
   */
  public static boolean isNamed(String asked, String id) {
    return id.equals(asked) || (asked.length() >= IdForm.SHORTEST_PREFIX && id.startsWith(asked));
  }

  /**
   * Returns the exception for a search that found no finding or several findings.
   *
   * @param where words for the place of the search
   * @param isFile whether the place is a file that the operator named
   */
  public static OperatorException unknown(String asked, int found, String where, boolean isFile) {
    if (asked.length() < IdForm.SHORTEST_PREFIX) {
      return tooShort("--detection", asked);
    }
    String elsewhere =
        isFile
            ? ", or use --detections to give the file that contains the finding"
            : "; for a finding of another run, use --detections to give the file of that run";
    return new OperatorException(
        "could not explain --detection: %s %s %s; %s the output of replay, the report and Sentinel's DetectionId show%s"
            .formatted(
                Quoted.of(asked),
                found == 0
                    ? "is not among the findings of"
                    : "is the beginning of %d ids among the findings of".formatted(found),
                where,
                found == 0 ? "check the id, which" : "use the whole id, which",
                found == 0 ? elsewhere : ""));
  }

  /**
   * Returns a message if a text can be neither an id that a replay writes nor the beginning of such
   * an id, otherwise null. The text is checked before any log is read.
   *
   * @param option option that gave the text
   */
  public static @Nullable String problem(String option, String asked) {
    String problem = IdForm.problem(asked);
    return problem == null ? null : refused(option, problem);
  }

  private static String refused(String option, String problem) {
    return "could not explain %s: %s".formatted(option, problem);
  }

  static OperatorException tooShort(String option, String asked) {
    return new OperatorException(refused(option, IdForm.tooShort(asked)));
  }

  /**
   * Returns the exception for an option {@code --detection} whose value is the id of an incident.
   *
   * @param incident whole id of the incident
   * @param findings ids of its findings
   */
  public static OperatorException isIncident(String asked, String incident, List<String> findings) {
    return new OperatorException(
        "could not explain --detection: %s is the id of an incident, not of a finding; give --incident %s, or the id of one of its findings: %s"
            .formatted(Quoted.of(asked), incident, DisplayFormat.some(findings)));
  }

  /**
   * Returns the subject and the day of the finding that the operator asked for.
   *
   * @param records number of records read
   * @throws OperatorException if there is not exactly one such finding, or the rule observes none
   *     of its events
   */
  Found find(RuleSet rules, long records, Replay.Rerun rerun) throws IOException {
    String where = "a replay of " + SubjectSearch.recordsRead(records);
    ComparedDetection finding = written == null ? given(rules, where, rerun) : written;
    ReferencedEvents referenced = new ReferencedEvents(rules.rules());
    FindingPlace.watch(finding, referenced);
    FindingPlace[] place = {null};
    rerun.run(
        referenced,
        driver -> place[0] = FindingPlace.of(finding, referenced, driver, finding.id()::equals));
    FindingPlace at = place[0];
    if (at == null) {
      boolean read =
          finding.events().stream()
              .anyMatch(event -> referenced.isSeen(event.category(), event.eventId()));
      throw new OperatorException(
          "could not explain --detection: finding %s cites %s, and %s; %s"
              .formatted(
                  Quoted.of(finding.id()),
                  DisplayFormat.count(finding.events().size(), "event"),
                  read
                      ? "the rule %s observes none of the cited events"
                          .formatted(Quoted.of(finding.rule()))
                      : "the records that were read contain none of the cited events",
                  read
                      ? "enable the rule, or name the principal by --principal"
                      : "name the capture that contains the events of the finding"));
    }
    Principal principal = finding.principal();
    boolean isIt = principal != null && principal.getId().equals(at.subject().id());
    long day = at.day() == null ? Math.floorDiv(finding.endAt(), DAY_MILLIS) : at.day().day();
    return new Found(
        finding.id(), at.subject(), isIt ? principal : null, LocalDate.ofEpochDay(day));
  }

  /**
   * Returns the replay's finding whose id equals the text that the operator gave, or begins with
   * this text. In the second case only one finding may have such an id. The finding may be
   * retracted.
   */
  private ComparedDetection given(RuleSet rules, String where, Replay.Rerun rerun)
      throws IOException {
    TreeMap<String, ComparedDetection> named = new TreeMap<>();
    TreeMap<String, List<String>> incidents = new TreeMap<>();
    rerun.run(
        new ReferencedEvents(rules.rules()),
        driver -> {
          driver.forEachFinding(
              state -> {
                if (isNamed(asked, state.getSaid().getId())) {
                  named.put(state.getSaid().getId(), ComparedDetection.of(state.getSaid()));
                }
              });
          if (named.isEmpty()) {
            for (Detection finding : driver.detections()) {
              String incident = finding.getCorrelationId();
              if (incident != null && isNamed(asked, incident)) {
                incidents.computeIfAbsent(incident, any -> new ArrayList<>()).add(finding.getId());
              }
            }
          }
        });
    ComparedDetection exact = named.get(asked);
    if (exact == null && incidents.size() == 1) {
      throw isIncident(asked, incidents.firstKey(), incidents.firstEntry().getValue());
    }
    if (exact == null && named.size() != 1) {
      throw unknown(asked, named.size(), where, false);
    }
    return exact == null ? named.firstEntry().getValue() : exact;
  }
}
