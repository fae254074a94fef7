package dev.lockstep.app.rules;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Description of a rule and its settings, for people and as JSON. */
public final class RuleText {
  private static final int LABEL = 14;

  private final RuleStatus state;
  private final ConfiguredRule rule;
  private final RuleInfo info;

  public RuleText(RuleStatus state) {
    this.state = state;
    this.rule = state.rule();
    this.info = rule.info();
  }

  public static String keyedBy(RuleInfo rule) {
    return rule.subjects().stream()
        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" and "));
  }

  public static List<String> severities(RuleInfo rule) {
    return rule.severities().stream().map(Enum::name).toList();
  }

  private static List<String> needs(RuleInfo rule) {
    return rule.needs().stream().sorted().map(Need::words).toList();
  }

  public void print(WrappedText lines) {
    lines.text(0, "%s, version %d: %s".formatted(info.id(), info.version(), info.title()));
    lines.blank();
    line(lines, "Runs", state.text());
    RuleJar jar = rule.entry().jar();
    line(lines, "Origin", rule.entry().origin());
    line(lines, "SHA-256", jar == null ? info.sha256() : jar.sha256());
    line(lines, "Correlates", info.correlates());
    line(lines, "Keyed by", keyedBy(info));
    line(lines, "Reads", String.join(", ", info.categories()));
    line(lines, "Fields", String.join(", ", info.fields()));
    line(lines, "Raw fields", String.join(", ", info.rawFields()));
    line(lines, "Needs", String.join(", ", needs(info)));
    line(lines, "Reasons", String.join(", ", info.reasons()));
    line(lines, "Severities", String.join(", ", severities(info)));
    line(lines, "Gates", String.join(", ", info.gates()));
    line(lines, "ATT&CK", attack());
    line(lines, "Judged by", reach());
    line(lines, "Grace", info.grace().isZero() ? "" : words(info.grace()));
    line(lines, "Learns from", learning());
    lines.heading("Settings, below rules." + info.id());
    flag(lines, RulesReader.ENABLED, rule.settings().isEnabled());
    flag(lines, rule.entry().shadow(), rule.settings().isShadow());
    for (Setting setting : info.settings()) {
      setting(lines, setting.name(), rule.value(setting), type(setting), setting.sentence());
    }
  }

  private void flag(WrappedText lines, ConfigKey<Boolean> key, boolean value) {
    String type = "flag, default " + key.byDefault();
    setting(lines, key.name(), Boolean.toString(value), type, key.sentence());
  }

  private void setting(WrappedText lines, String key, String value, String type, String sentence) {
    lines.text(2, "%s: %s (%s)".formatted(key, value, rule.origin(key)));
    lines.text(6, sentence);
    lines.text(6, type);
  }

  private static void line(WrappedText lines, String label, String text) {
    if (!text.isEmpty()) {
      lines.labelled(0, label, LABEL, text);
    }
  }

  static String type(Setting setting) {
    String byDefault =
        "%s, default %s"
            .formatted(
                setting.type().name().toLowerCase(Locale.ROOT),
                setting.written(setting.byDefault()));
    Setting ceiling = setting.ceiling();
    return setting.type() == Setting.Type.FLAG
        ? byDefault
        : "%s, %s to %s%s"
            .formatted(
                byDefault,
                setting.written(setting.least()),
                setting.written(setting.most()),
                ceiling == null ? "" : " and no more than " + ceiling.name());
  }

  private String attack() {
    return String.join(
        "; ",
        List.of(String.join(", ", info.tactics()), String.join(", ", info.techniques())).stream()
            .filter(part -> !part.isEmpty())
            .toList());
  }

  private String reach() {
    List<String> parts = new ArrayList<>(List.of("facts of the day"));
    if (info.daysBack() > 0) {
      parts.add(DisplayFormat.count(info.daysBack(), "day") + " before");
    }
    if (info.daysAhead() > 0) {
      parts.add(DisplayFormat.count(info.daysAhead(), "day") + " after");
    }
    return String.join(", ", parts)
        + "; facts are kept for "
        + DisplayFormat.count(info.daysKept(), "day");
  }

  private String learning() {
    int days = info.daysLearned(rule.settings());
    int enough = info.daysToLearn(rule.settings());
    return days == 0
        ? ""
        : "closed days up to "
            + DisplayFormat.count(days, "day")
            + " before"
            + (enough == 0 ? "" : "; enough after " + DisplayFormat.count(enough, "day"));
  }

  private static String words(Duration time) {
    if (time.toSeconds() % 60 != 0) {
      return DisplayFormat.count(time.toSeconds(), "second");
    }
    return time.toMinutes() % 60 == 0
        ? DisplayFormat.count(time.toHours(), "hour")
        : DisplayFormat.count(time.toMinutes(), "minute");
  }

  /**
   * Writes the JSON fields of a rule that the command {@code rules show} prints and the command
   * {@code rules list} omits.
   */
  public static void writeDetails(JsonGenerator json, ConfiguredRule rule) throws IOException {
    RuleInfo info = rule.info();
    RuleJar jar = rule.entry().jar();
    if (jar != null || !info.sha256().isEmpty()) {
      json.writeStringField("sha256", jar == null ? info.sha256() : jar.sha256());
    }
    JsonText.writeTexts(
        json,
        "subjects",
        info.subjects().stream().map(kind -> kind.name().toLowerCase(Locale.ROOT)).toList());
    JsonText.writeTexts(json, "categories", info.categories());
    JsonText.writeTexts(json, "fields", info.fields());
    JsonText.writeTexts(json, "rawFields", info.rawFields());
    JsonText.writeTexts(json, "needs", needs(info));
    json.writeNumberField("daysBack", info.daysBack());
    json.writeNumberField("daysAhead", info.daysAhead());
    json.writeNumberField("daysKept", info.daysKept());
    json.writeNumberField("graceSeconds", info.grace().toSeconds());
    json.writeNumberField("daysLearned", info.daysLearned(rule.settings()));
    json.writeNumberField("daysToLearn", info.daysToLearn(rule.settings()));
    json.writeArrayFieldStart("settings");
    flag(json, RulesReader.ENABLED, rule.settings().isEnabled(), rule);
    flag(json, rule.entry().shadow(), rule.settings().isShadow(), rule);
    for (Setting setting : info.settings()) {
      json.writeStartObject();
      json.writeStringField("name", setting.name());
      json.writeStringField("type", setting.type().name().toLowerCase(Locale.ROOT));
      raw(json, "default", setting.written(setting.byDefault()));
      if (setting.type() != Setting.Type.FLAG) {
        raw(json, "least", setting.written(setting.least()));
        raw(json, "most", setting.written(setting.most()));
      }
      json.writeStringField("sentence", setting.sentence());
      raw(json, "value", rule.value(setting));
      json.writeStringField("from", rule.origin(setting.name()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void flag(
      JsonGenerator json, ConfigKey<Boolean> key, boolean value, ConfiguredRule rule)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", key.name());
    json.writeStringField("type", "flag");
    raw(json, "default", String.valueOf(key.byDefault()));
    json.writeBooleanField("value", value);
    json.writeStringField("from", rule.origin(key.name()));
    json.writeEndObject();
  }

  private static void raw(JsonGenerator json, String name, String written) throws IOException {
    json.writeFieldName(name);
    json.writeRawValue(written);
  }
}
