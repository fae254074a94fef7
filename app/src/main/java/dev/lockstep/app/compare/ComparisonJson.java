package dev.lockstep.app.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.explain.GoneReason;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writer of a comparison to a stream as one JSON object on one line, piece by piece. */
public final class ComparisonJson {
  private final PrintStream out;

  public ComparisonJson(PrintStream out) {
    this.out = out;
  }

  /**
   * Writes a comparison as a JSON object, without a line end.
   *
   * @param before name of the first run
   * @param after name of the second run
   * @param decisions reasons why findings are gone, by the id of the finding; empty if nothing was
   *     replayed
   */
  public void write(
      Comparison comparison, String before, String after, Map<String, GoneReason> decisions) {
    String head = JsonText.object(json -> head(json, comparison, before, after));
    out.print(head.substring(0, head.length() - 1));
    out.print(",\"differences\":[");
    boolean[] first = {true};
    boolean replayed = !decisions.isEmpty();
    comparison.forEach(
        difference -> {
          out.print(first[0] ? "" : ",");
          first[0] = false;
          GoneReason decision =
              replayed && difference.kind() == Difference.Kind.GONE
                  ? decisions.getOrDefault(difference.either().id(), GoneReason.NOT_EXAMINED)
                  : null;
          out.print(JsonText.object(json -> difference(json, difference, decision)));
        });
    out.print("]}");
  }

  private static void head(JsonGenerator json, Comparison comparison, String before, String after)
      throws IOException {
    run(json, "before", before, comparison.findingsBefore());
    run(json, "after", after, comparison.findingsAfter());
    json.writeBooleanField("differs", comparison.differs());
    kinds(json, comparison);
    json.writeObjectFieldStart("byRule");
    for (Map.Entry<String, Map<Difference.Kind, Long>> rule : comparison.counts().entrySet()) {
      json.writeObjectFieldStart(rule.getKey());
      for (Difference.Kind kind : Difference.Kind.values()) {
        json.writeNumberField(kind.word(), rule.getValue().getOrDefault(kind, 0L));
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void run(JsonGenerator json, String field, String name, long findings)
      throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("name", name);
    json.writeNumberField("findings", findings);
    json.writeEndObject();
  }

  private static void kinds(JsonGenerator json, Comparison comparison) throws IOException {
    for (Difference.Kind kind : Difference.Kind.values()) {
      json.writeNumberField(kind.word(), comparison.count(kind));
    }
  }

  private static void difference(
      JsonGenerator json, Difference difference, @Nullable GoneReason decision) throws IOException {
    ComparedDetection finding = difference.either();
    ComparedDetection before = difference.before();
    json.writeStringField("change", difference.kind().word());
    json.writeStringField("id", finding.id());
    json.writeStringField("rule", finding.rule());
    verdict(json, finding);
    json.writeStringField("title", finding.title());
    json.writeStringField("subject", finding.subject());
    json.writeStringField("day", finding.day().toString());
    json.writeStringField("startTime", AvroJson.instant(finding.startAt()));
    json.writeStringField("endTime", AvroJson.instant(finding.endAt()));
    if (difference.kind() == Difference.Kind.CHANGED && before != null) {
      json.writeObjectFieldStart("was");
      verdict(json, before);
      json.writeEndObject();
    }
    if (decision != null) {
      json.writeObjectFieldStart("now");
      json.writeStringField("outcome", decision.outcome());
      JsonText.writeTexts(json, "by", decision.by());
      json.writeStringField("text", decision.text());
      if (decision.finding() != null) {
        json.writeStringField("finding", decision.finding());
      }
      json.writeFieldName("gates");
      AvroJson.writeValue(decision.gates(), json);
      json.writeEndObject();
    }
  }

  private static void verdict(JsonGenerator json, ComparedDetection finding) throws IOException {
    json.writeStringField("severity", finding.severity().name());
    json.writeStringField("reason", finding.reason());
    json.writeNumberField("count", finding.count());
    json.writeBooleanField("shadow", finding.shadow());
  }
}
