package dev.lockstep.app.rules;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Need;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * State of a rule under a configuration, as in every list of rules.
 *
 * @param wants missing input without which the rule finds nothing; empty if it has all
 */
public record RuleStatus(ConfiguredRule rule, Runs runs, String wants) {

  /** State of activity of a rule. */
  public enum Runs {
    YES,
    /** Rule that is enabled and finds nothing for want of input. */
    ASLEEP,
    /** Rule that finds, counts and learns, and whose findings no sink gets. */
    SHADOW,
    OFF;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns the state of each rule. A rule sleeps only if no input could wake it. Sign-ins, calls,
   * identity links and alerts may come from any source at any time.
   */
  public static List<RuleStatus> all(ConfiguredRules rules, Partners partners) {
    return rules.all().stream().map(rule -> of(rule, partners)).toList();
  }

  private static RuleStatus of(ConfiguredRule rule, Partners partners) {
    if (!rule.settings().isEnabled()) {
      return new RuleStatus(rule, Runs.OFF, "");
    }
    String wants = rule.info().needs().contains(Need.PARTNERS) ? wantedOf(partners) : "";
    if (!wants.isEmpty()) {
      return new RuleStatus(rule, Runs.ASLEEP, wants);
    }
    return new RuleStatus(rule, rule.settings().isShadow() ? Runs.SHADOW : Runs.YES, "");
  }

  /** Returns the missing input of a rule about partners. */
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

  /** Returns the state in words, such as {@code asleep: no partners file}. */
  public String text() {
    return runs == Runs.ASLEEP ? runs.word() + ": no " + wants : runs.word();
  }

  /** Returns the states of several rules on one line. */
  public static String line(List<RuleStatus> states) {
    return states.stream()
        .map(state -> state.rule().id() + " " + state.text())
        .collect(Collectors.joining("; "));
  }

  /** Writes the field {@code rules} with an object for each rule. */
  public static void write(JsonGenerator json, List<RuleStatus> states) throws IOException {
    json.writeObjectFieldStart("rules");
    for (RuleStatus state : states) {
      json.writeObjectFieldStart(state.rule().id());
      state.write(json);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** Writes the fields {@code runs} and {@code wants}. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("runs", runs.word());
    json.writeStringField("wants", wants);
  }
}
