package dev.lockstep.app.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writer of the kept state of one subject as JSON for the page of a running service, with the
 * newest judged days. The days have the form of the part {@code judged} of {@link ExplainJson}, and
 * are cut to limits.
 */
public final class StateJson {
  private static final int MOST_DAYS = 10;
  private static final int MOST_ALIKE = 20;
  private static final int MOST_FACTS = 60;
  private static final int MOST_ALERTS = 20;

  private StateJson() {}

  /**
   * Writes the state of a subject as one JSON object: what rules learned, Defender alerts, and
   * judged days. There are at most {@value #MOST_ALERTS} alerts, the first by alert id, and at most
   * {@value #MOST_DAYS} days of each rule, the newest.
   *
   * @param name name of a principal, or null
   * @param only condition that a day has to meet to be written
   */
  public static void write(
      JsonGenerator json, JudgedSubject judged, @Nullable String name, Predicate<JudgedDay> only)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", JudgedJson.word(judged.subject().kind()));
    json.writeStringField("id", judged.subject().id());
    JsonText.writeText(json, "name", name);
    Map<String, Integer> ofRule = new HashMap<>();
    List<JudgedDay> days = new ArrayList<>();
    judged.days().stream()
        .filter(only)
        .sorted(Comparator.comparingInt(JudgedDay::day).reversed())
        .filter(day -> ofRule.merge(day.info().id(), 1, Integer::sum) <= MOST_DAYS)
        .forEach(days::add);
    json.writeNumberField("daysLeftOut", judged.days().size() - days.size());
    new JudgedJson(json, new ExplainScope(null, null, false), MOST_ALIKE, MOST_FACTS)
        .write(List.of(new JudgedSubject(judged.subject(), days, judged.lessons(), List.of())));
    json.writeArrayFieldStart("alerts");
    for (AlertOnSubject alert :
        judged.alerts().subList(0, Math.min(MOST_ALERTS, judged.alerts().size()))) {
      AvroJson.write(alert.alert(), json);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
