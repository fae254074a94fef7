package dev.lockstep.app.rules;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Need;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * State of a rule under a configuration, as {@code rules list} shows it.
 *
 * @param missing missing parts of the configuration without which the rule can find nothing
 */
public record RuleStatus(ConfiguredRule rule, Runs runs, List<Missing> missing) {
  public RuleStatus {
    missing = List.copyOf(missing);
  }

  /**
   * Unmet need of a rule, for which the configuration lacks something.
   *
   * @param words text for people, after the word {@code no}
   */
  public record Missing(Need need, String words) {}

  /** Mode of a rule: it runs, is asleep, runs in shadow, or is off. */
  public enum Runs {
    YES,
    /** Enabled rule that can find nothing, because the configuration lacks what the rule needs. */
    ASLEEP,
    /** Rule that finds, counts and learns, but whose findings are not sent to sinks. */
    SHADOW,
    OFF;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns the state of each rule, as if the sources could deliver every log. A rule sleeps only
   * if configuration is missing. Missing records do not make a rule sleep.
   */
  public static List<RuleStatus> all(List<ConfiguredRule> rules, Enrichment enrichment) {
    return all(rules, enrichment, Map.of());
  }

  /**
   * Returns the state of each rule. A rule sleeps only if configuration is missing, or if it needs
   * a log that no source may bring. Other missing records do not make a rule sleep, because they
   * may come at any time.
   *
   * @param withoutSource map of the needs for a log that no configured source may bring, each with
   *     the category of that log
   */
  public static List<RuleStatus> all(
      List<ConfiguredRule> rules, Enrichment enrichment, Map<Need, String> withoutSource) {
    return rules.stream().map(rule -> of(rule, enrichment, withoutSource)).toList();
  }

  private static RuleStatus of(
      ConfiguredRule rule, Enrichment enrichment, Map<Need, String> withoutSource) {
    if (!rule.settings().isEnabled()) {
      return new RuleStatus(rule, Runs.OFF, List.of());
    }
    List<Missing> missing = new ArrayList<>();
    for (Need need : Need.values()) {
      if (rule.info().needs().contains(need)) {
        String words = lacked(need, rule, enrichment, withoutSource);
        if (!words.isEmpty()) {
          missing.add(new Missing(need, words));
        }
      }
    }
    if (!missing.isEmpty()) {
      return new RuleStatus(rule, Runs.ASLEEP, missing);
    }
    return new RuleStatus(rule, rule.settings().isShadow() ? Runs.SHADOW : Runs.YES, missing);
  }

  private static String lacked(
      Need need, ConfiguredRule rule, Enrichment enrichment, Map<Need, String> withoutSource) {
    String category = withoutSource.get(need);
    if (category != null) {
      return "source that brings " + category;
    }
    return switch (need) {
      case PARTNERS -> wantedOf(enrichment.partners());
      case FIELD_SOURCES ->
          rule.info().lacks().stream()
              .map(rule.entry()::located)
              .collect(Collectors.joining(", ", "source of ", ""));
      default -> need.isMet(enrichment) ? "" : need.words();
    };
  }

  private static String wantedOf(Partners partners) {
    if (partners.isNone()) {
      return "partners file";
    }
    if (partners.all().isEmpty()) {
      return "partner in the partners file";
    }
    return partners.all().stream().allMatch(RuleStatus::hasNoKey)
        ? "partner with a subscription, product or app"
        : "";
  }

  private static boolean hasNoKey(Partner partner) {
    return partner.subscriptions().isEmpty()
        && partner.products().isEmpty()
        && partner.apps().isEmpty();
  }

  /**
   * Returns the missing parts of the configuration without which the rule can find nothing, in
   * words. It is empty if nothing is missing.
   */
  public String wants() {
    return missing.stream().map(Missing::words).collect(Collectors.joining(", "));
  }

  /** Returns the state in words, such as {@code asleep: no partners file}. */
  public String text() {
    return runs == Runs.ASLEEP
        ? missing.stream()
            .map(Missing::words)
            .collect(Collectors.joining(" and no ", runs.word() + ": no ", ""))
        : runs.word();
  }

  /**
   * Returns as text the number of running rules, and the state of each rule that is asleep, in
   * shadow or off. An example is {@code 13 of 14 run; partner-ip-drift asleep: no partners file}.
   */
  public static String brief(List<RuleStatus> states) {
    List<RuleStatus> others = states.stream().filter(state -> state.runs() != Runs.YES).toList();
    return others.isEmpty()
        ? "all " + states.size() + " run"
        : states.size() - others.size() + " of " + states.size() + " run; " + line(others);
  }

  public static String line(List<RuleStatus> states) {
    return states.stream()
        .map(state -> state.rule().id() + " " + state.text())
        .collect(Collectors.joining("; "));
  }

  /** Writes the field {@code rules}, an object that has the state of each rule by its id. */
  public static void write(JsonGenerator json, List<RuleStatus> states) throws IOException {
    json.writeObjectFieldStart("rules");
    for (RuleStatus state : states) {
      json.writeObjectFieldStart(state.rule().id());
      state.write(json);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /**
   * Writes the JSON fields {@code runs} and {@code wants} of the rule. They have the mode of the
   * rule, and the missing parts of the configuration that keep the rule asleep.
   */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("runs", runs.word());
    json.writeStringField("wants", wants());
  }
}
