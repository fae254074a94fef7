package dev.lockstep.app.rules;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Layer of the ATT&amp;CK Navigator, format 4.5, with the techniques that rules name. The score of
 * a technique is the number of running rules that detect it. The comment lists the rules, and the
 * state of each rule that is in shadow or does not run. Candidates are left out.
 */
public final class AttackLayer {
  /** Version of ATT&amp;CK whose tactics the rules use. */
  private static final String ATTACK = "18";

  private static final String NAVIGATOR = "5.1.0";
  private static final String LAYER = "4.5";

  private AttackLayer() {}

  public static String of(List<RuleStatus> states) {
    Map<String, List<RuleStatus>> techniques = new TreeMap<>();
    for (RuleStatus state : states) {
      if (!state.rule().candidate().isEmpty()) {
        continue; // its rule counts
      }
      for (String technique : state.rule().info().techniques()) {
        techniques.computeIfAbsent(technique, one -> new ArrayList<>()).add(state);
      }
    }
    long most = techniques.values().stream().mapToLong(AttackLayer::running).max().orElse(0);
    return JsonText.of(json -> write(techniques, Math.max(1, most), json));
  }

  private static long running(List<RuleStatus> states) {
    return states.stream().filter(AttackLayer::runs).count();
  }

  private static boolean runs(RuleStatus state) {
    return state.runs() == RuleStatus.Runs.YES || state.runs() == RuleStatus.Runs.SHADOW;
  }

  private static void write(Map<String, List<RuleStatus>> techniques, long most, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", "Lockstep");
    json.writeObjectFieldStart("versions");
    json.writeStringField("attack", ATTACK);
    json.writeStringField("navigator", NAVIGATOR);
    json.writeStringField("layer", LAYER);
    json.writeEndObject();
    json.writeStringField("domain", "enterprise-attack");
    json.writeStringField(
        "description",
        "Techniques that the rules of Lockstep detect, by the number of running rules");
    json.writeNumberField("sorting", 3);
    json.writeObjectFieldStart("layout");
    json.writeStringField("layout", "side");
    json.writeBooleanField("showID", true);
    json.writeBooleanField("showName", true);
    json.writeEndObject();
    json.writeBooleanField("hideDisabled", false);
    JsonText.writeObjects(
        json,
        "techniques",
        techniques.entrySet(),
        technique -> write(technique.getKey(), technique.getValue(), techniques, json));
    json.writeObjectFieldStart("gradient");
    JsonText.writeTexts(json, "colors", List.of("#ffffff", "#a8d5e2", "#12344d"));
    json.writeNumberField("minValue", 0);
    json.writeNumberField("maxValue", most);
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void write(
      String technique,
      List<RuleStatus> states,
      Map<String, List<RuleStatus>> techniques,
      JsonGenerator json)
      throws IOException {
    json.writeStringField("techniqueID", technique);
    json.writeNumberField("score", running(states));
    json.writeStringField("comment", comment(states));
    json.writeBooleanField("enabled", true);
    String sub = technique + ".";
    json.writeBooleanField(
        "showSubtechniques", techniques.keySet().stream().anyMatch(one -> one.startsWith(sub)));
  }

  private static String comment(List<RuleStatus> states) {
    List<String> parts = new ArrayList<>();
    for (RuleStatus state : states) {
      parts.add(
          state.runs() == RuleStatus.Runs.YES
              ? state.rule().id()
              : state.rule().id() + " (" + state.text() + ")");
    }
    return String.join(", ", parts);
  }
}
