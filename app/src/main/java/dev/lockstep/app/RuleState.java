package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.RuleInfo;
import dev.lockstep.detections.RuleSettings;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.enrichment.Partners;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * State of a built-in rule under a configuration: every list of rules shows it.
 *
 * @param wants the input without which the rule can find nothing; empty if it has all
 */
record RuleState(RuleInfo rule, Runs runs, String wants) {

  /** Whether a rule runs. */
  enum Runs {
    YES,
    /** It is on, and can find nothing for want of input. */
    ASLEEP,
    /** It finds, counts and learns, and no sink gets what it finds. */
    SHADOW,
    OFF;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns the state of each rule. Only a rule that no input could wake is asleep: sign-ins,
   * calls, identity links and alerts may come from any source at any time.
   */
  static List<RuleState> all(RuleSettings settings, Partners partners) {
    return RuleInfo.all().stream().map(rule -> of(rule, settings, partners)).toList();
  }

  private static RuleState of(RuleInfo rule, RuleSettings settings, Partners partners) {
    boolean enabled;
    boolean shadow;
    String wants = "";
    if (rule.equals(RuleInfo.IMPOSSIBLE_TRAVEL)) {
      enabled = settings.travel().enabled();
      shadow = settings.travel().shadow();
    } else if (rule.equals(RuleInfo.TOKEN_REPLAY)) {
      enabled = settings.token().enabled();
      shadow = settings.token().shadow();
    } else if (rule.equals(RuleInfo.PARTNER_IP_DRIFT)) {
      enabled = settings.drift().enabled();
      shadow = settings.drift().shadow();
      wants = wantsOfDrift(partners);
    } else if (rule.equals(RuleInfo.DEFENDER_CORROBORATION)) {
      enabled = settings.defender().enabled();
      shadow = settings.defender().shadow();
    } else {
      throw new IllegalArgumentException("no settings of rule " + rule.id());
    }
    if (!enabled) {
      return new RuleState(rule, Runs.OFF, "");
    }
    if (!wants.isEmpty()) {
      return new RuleState(rule, Runs.ASLEEP, wants);
    }
    return new RuleState(rule, shadow ? Runs.SHADOW : Runs.YES, "");
  }

  private static String wantsOfDrift(Partners partners) {
    if (partners.isNone()) {
      return "partners file";
    }
    if (partners.all().isEmpty()) {
      return "partner in the partners file";
    }
    return partners.all().stream().allMatch(RuleState::hasNoKey)
        ? "partner with a subscription, product or app"
        : "";
  }

  private static boolean hasNoKey(Partner partner) {
    return partner.subscriptions().isEmpty()
        && partner.products().isEmpty()
        && partner.apps().isEmpty();
  }

  /** Returns the state in words, such as {@code asleep: no partners file}. */
  String text() {
    return runs == Runs.ASLEEP ? runs.word() + ": no " + wants : runs.word();
  }

  /** Returns the states of several rules on one line. */
  static String line(List<RuleState> states) {
    return states.stream()
        .map(state -> state.rule().id() + " " + state.text())
        .collect(Collectors.joining("; "));
  }

  /** Writes the field {@code rules}: an object of each rule. */
  static void write(JsonGenerator json, List<RuleState> states) throws IOException {
    json.writeObjectFieldStart("rules");
    for (RuleState state : states) {
      json.writeObjectFieldStart(state.rule().id());
      state.write(json);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** Writes the fields {@code runs} and {@code wants}. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("runs", runs.word());
    json.writeStringField("wants", wants);
  }
}
