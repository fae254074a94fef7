package dev.lockstep.app.explain;

import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.IncidentMember;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finder of an incident of a replay by its id or the beginning of the id. The result is the
 * explanation of the incident.
 */
public final class IncidentSearch {
  private final String asked;

  /**
   * Creates a search for an incident by its correlation id.
   *
   * @param asked correlation id of the incident, or the beginning of the id
   */
  public IncidentSearch(String asked) {
    this.asked = asked;
  }

  /**
   * Returns the explanation of the incident that was asked for.
   *
   * @param records number of records read
   * @throws OperatorException if there is no such incident, or more than one
   */
  IncidentExplanation find(LocalDriver driver, long records) {
    driver.detections(); // gives out what waits, so that no finding lacks its incident
    Map<String, String> groups = new TreeMap<>();
    driver.forEachFinding(
        state -> {
          IncidentMember member = state.getMember();
          String id = state.getSaid().getCorrelationId();
          if (member != null && id != null && FindingSearch.isNamed(asked, id)) {
            groups.put(id, member.getGroup());
          }
        });
    String id = groups.containsKey(asked) || groups.size() != 1 ? asked : key(groups);
    String group = groups.get(id);
    if (group == null && groups.isEmpty()) {
      refuseFinding(driver);
    }
    if (group == null) {
      throw unknown(groups.size(), records);
    }
    return explained(id, group, driver);
  }

  private static String key(Map<String, String> groups) {
    return groups.keySet().iterator().next();
  }

  private void refuseFinding(LocalDriver driver) {
    List<Detection> named =
        driver.detections().stream()
            .filter(finding -> FindingSearch.isNamed(asked, finding.getId()))
            .toList();
    if (named.size() == 1) {
      String id = named.get(0).getCorrelationId();
      throw new OperatorException(
          "could not explain --incident: %s is the id of a finding%s; give --detection %s%s"
              .formatted(
                  Quoted.of(asked),
                  id == null ? ", which is in no incident" : ", not of an incident",
                  named.get(0).getId(),
                  id == null ? "" : ", or the incident of this finding, --incident " + id));
    }
  }

  private OperatorException unknown(int found, long records) {
    if (asked.length() < IdForm.SHORTEST_PREFIX) {
      return FindingSearch.tooShort("--incident", asked);
    }
    return new OperatorException(
        String.format(
            Locale.ROOT,
            "could not explain --incident: %s %s a replay of %s; %s id,"
                + " which the table of replay, the report and Sentinel's CorrelationId show",
            Quoted.of(asked),
            found == 0
                ? "is not among the incidents of"
                : "is the beginning of " + found + " ids among the incidents of",
            SubjectSearch.recordsRead(records),
            found == 0 ? "check the" : "use the whole"));
  }

  private static IncidentExplanation explained(String id, String group, LocalDriver driver) {
    Map<String, Detection> findings = new HashMap<>();
    List<IncidentMember> members = new ArrayList<>();
    driver.forEachFinding(
        state -> {
          IncidentMember member = state.getMember();
          if (member != null && member.getGroup().equals(group) && !isBeyondCap(state)) {
            members.add(member);
            findings.put(member.getFinding(), state.getSaid());
          }
        });
    List<List<Detection>> incidents =
        IncidentGroups.of(group, members).stream()
            .map(
                ids ->
                    ids.stream().map(each -> Objects.requireNonNull(findings.get(each))).toList())
            .toList();
    for (int i = 0; i < incidents.size(); i++) {
      if (id.equals(incidents.get(i).get(0).getCorrelationId())) {
        return new IncidentExplanation(
            new Incident(id, incidents.get(i)),
            group,
            neighbour(incidents, i - 1),
            neighbour(incidents, i + 1));
      }
    }
    throw new IllegalStateException(
        "the incident " + id + " is not among the incidents of its principal or address");
  }

  private static IncidentExplanation.@Nullable Neighbour neighbour(
      List<List<Detection>> incidents, int place) {
    return place < 0 || place >= incidents.size()
        ? null
        : IncidentExplanation.Neighbour.of(incidents.get(place));
  }

  /**
   * Returns whether a finding is in no incident because its principal or address has too many
   * findings on its day.
   */
  private static boolean isBeyondCap(FindingState state) {
    Correlation correlation = state.getCorrelation();
    return correlation != null && correlation.getOverflow();
  }
}
