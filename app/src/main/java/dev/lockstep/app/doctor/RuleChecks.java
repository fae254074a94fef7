package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.ActivityKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks of whether the newest records can be read, whether calls have their identity link, and
 * what state and missing input each rule has. They run after all other checks.
 */
public final class RuleChecks {
  private static final int MOST_REJECTED_PERCENT = 1;
  private static final String NONE_EXAMINED = "no records could be examined";
  private static final int LEAST_LINKED_PERCENT = 90;

  private final Config config;
  private final HubSample sample;
  private final @Nullable Enrichment enrichment;
  private final List<CheckReport.Line> lines = new ArrayList<>();
  private final Set<String> withoutPlaces = new LinkedHashSet<>();
  private final Set<String> withoutNetworks = new LinkedHashSet<>();

  /**
   * Creates the checks of the rules of a configuration, with a sample of the newest records.
   *
   * @param enrichment networks, partners and look-ups of the configuration, null if a file cannot
   *     be read
   */
  public RuleChecks(Config config, HubSample sample, @Nullable Enrichment enrichment) {
    this.config = config;
    this.sample = sample;
    this.enrichment = enrichment;
  }

  public List<CheckReport.Line> lines() {
    records();
    link();
    if (enrichment == null) {
      skip("rules", "first fix the networks and partners files");
      return lines;
    }
    for (String skipped : config.rules().skipped()) {
      warn("rules.directories", skipped, "");
    }
    if (!config.rules().notShown().isEmpty()) {
      skip("rules.topic", config.rules().notShown());
    }
    for (RuleStatus state :
        RuleStatus.all(config.rules().all(), enrichment, Wiring.needsWithoutSource(config))) {
      rule(state);
    }
    addMissingDatabase(
        "geoip.city",
        withoutPlaces,
        "places are known only from records that contain a place",
        "set geoip.city to a city database");
    addMissingDatabase(
        "geoip.asn",
        withoutNetworks,
        "networks are known only from your networks files and the bundled list",
        "set geoip.asn to an ASN database");
    return lines;
  }

  private void rule(RuleStatus state) {
    String check = "rule " + state.rule().id();
    switch (state.runs()) {
      case OFF -> skip(check, state.text());
      case ASLEEP -> lines.add(asleep(state));
      case YES, SHADOW -> {
        int before = lines.size();
        boolean hasAll = addMissingInput(state.rule().info());
        String all =
            looked()
                ? "; the rule has what it needs, in the configuration and in the newest records"
                : "; the rule has what it needs in the configuration, but " + notExamined();
        lines.add(
            before,
            new CheckReport.Line(
                CheckReport.Verdict.OK, check, state.text() + (hasAll ? all : ""), ""));
      }
    }
  }

  /** Returns the line about a sleeping rule, with a fix for each missing thing. */
  public static CheckReport.Line asleep(RuleStatus state) {
    return new CheckReport.Line(
        CheckReport.Verdict.WARN,
        "rule " + state.rule().id(),
        state.text(),
        state.missing().stream().map(one -> fix(one.need())).collect(Collectors.joining("; ")));
  }

  private static String suggested() {
    return ShellCommand.call("estate suggest") + " proposes them";
  }

  private static String fix(Need need) {
    return switch (need) {
      case PARTNERS ->
          "write the file partners.yaml with a subscription, product or app of each partner, and"
              + " set the key \"partners\" to its path";
      case TRUSTED_PROXIES ->
          "list the addresses of your proxies in networks.csv with class trusted-proxy";
      case GATEWAYS_BEHIND_FRONT_DOOR ->
          "list the gateways with their frontDoorIds below estate.gateways; " + suggested();
      case APIS -> "list the applications below estate.apis; " + suggested();
      case PRIVILEGED_OPERATIONS -> "list the operations below estate.privileged; " + suggested();
      case PRIVATE_VAULTS ->
          "list the vaults below estate.vaults with private: true; " + suggested();
      case FIELD_SOURCES ->
          "use fields that docs/sigma-fields.md lists, or disable the rule; "
              + ShellCommand.call("rules lint")
              + " shows the line of each unknown field, and a similar known field if there is one";
      case FIREWALL ->
          "add the category "
              + CategoryNames.FIREWALL
              + " to the key \"brings\" of the source that delivers it, or disable the rule if no"
              + " source delivers it";
      case PLACES, NETWORKS, IDENTITY_LINK, ALERTS -> "";
    };
  }

  private void ok(String check, String what) {
    lines.add(new CheckReport.Line(CheckReport.Verdict.OK, check, what, ""));
  }

  private void warn(String check, String what, String fix) {
    lines.add(new CheckReport.Line(CheckReport.Verdict.WARN, check, what, fix));
  }

  private void skip(String check, String what) {
    lines.add(new CheckReport.Line(CheckReport.Verdict.SKIP, check, what, ""));
  }

  private void warnOfRule(String id, String what, String fix) {
    warn("rule " + id, what, fix);
  }

  private void addMissingDatabase(String key, Set<String> rules, String known, String fix) {
    if (!rules.isEmpty()) {
      warn(
          key,
          "not set, so %s; this concerns the %s %s"
              .formatted(known, rules.size() == 1 ? "rule" : "rules", String.join(", ", rules)),
          fix);
    }
  }

  private boolean looked() {
    return sample.messages() > 0 && sample.unread().isEmpty();
  }

  private String notExamined() {
    List<String> unread = sample.unread();
    return unread.isEmpty()
        ? NONE_EXAMINED
        : "the newest records of " + String.join(", ", unread) + " were not all read";
  }

  private void records() {
    if (sample.messages() == 0) {
      skip("records", notExamined());
      return;
    }
    long rejected = sample.rejectedByReason().values().stream().mapToLong(Long::longValue).sum();
    String what =
        String.format(
            Locale.ROOT,
            "%,d of the newest %,d records cannot be read",
            rejected,
            sample.records());
    if (100 * rejected > MOST_REJECTED_PERCENT * sample.records()) {
      warn(
          "records",
          what + ": " + DisplayFormat.counts(sample.rejectedByReason()),
          "to see such records, run %s for a while, and then %s"
              .formatted(
                  ShellCommand.call("capture --output DIR"),
                  ShellCommand.call("records --only rejected DIR")));
    } else {
      ok("records", what);
    }
  }

  private void link() {
    if (!looked() || sample.calls() == 0) {
      skip(
          "identity link",
          looked() ? "no call through the gateway is among the newest records" : notExamined());
      return;
    }
    long percent = 100 * sample.linkedCalls() / sample.calls();
    String what =
        String.format(
            Locale.ROOT,
            "%d %% of the newest calls have an identity link (number of calls: %,d)",
            percent,
            sample.calls());
    if (percent < LEAST_LINKED_PERCENT) {
      warn(
          "identity link",
          what,
          "put the policy of deploy/apim on every API, and log traces at 100 % sampling");
    } else {
      ok("identity link", what);
    }
  }

  /**
   * Adds warnings about missing input of a rule, and returns whether the rule has all its input.
   * The rule lacks its log categories if none of them is among the newest records. It may also lack
   * identity links, firewall logs, alerts or a GeoIP database. A missing database is one warning
   * for all rules, at the end.
   */
  private boolean addMissingInput(RuleInfo rule) {
    int before = lines.size();
    if (looked() && rule.categories().stream().allMatch(category -> sample.of(category) == 0)) {
      warnOfRule(
          rule.id(),
          ("the rule can find nothing yet: no record of its categories is among the newest"
                  + " records (categories: %s)")
              .formatted(String.join(", ", rule.categories())),
          "send these categories to a source");
    }
    for (Need need : Need.values()) {
      if (rule.needs().contains(need)) {
        look(rule.id(), need);
      }
    }
    return lines.size() == before
        && !withoutPlaces.contains(rule.id())
        && !withoutNetworks.contains(rule.id());
  }

  private void look(String rule, Need need) {
    switch (need) {
      case PLACES -> {
        if (config.geoip().city() == null) {
          withoutPlaces.add(rule);
        }
      }
      case NETWORKS -> {
        if (config.geoip().asn() == null) {
          withoutNetworks.add(rule);
        }
      }
      case IDENTITY_LINK -> {
        if (looked() && sample.calls() == 0) {
          warnOfRule(
              rule,
              "the rule can find nothing at the gateway yet: no call is among the newest records",
              "send GatewayLogs of API Management to a source");
        } else if (looked() && sample.linkedCalls() == 0) {
          warnOfRule(
              rule,
              "the rule can find nothing at the gateway yet: no call has an identity link",
              "put the policy of deploy/apim on the APIs");
        }
      }
      case ALERTS -> {
        if (looked() && sample.of(ActivityKind.ALERT) == 0) {
          warnOfRule(
              rule,
              "no alert of Defender is among the newest records",
              "export alerts of Defender for Cloud or XDR to a source, unless you do so already;"
                  + " there may be days without alerts");
        }
      }
      case FIREWALL -> {
        if (looked() && sample.of(CategoryNames.FIREWALL) == 0) {
          warnOfRule(
              rule,
              "the rule can find nothing yet: no record of Front Door's firewall is among the"
                  + " newest records",
              "send FrontDoorWebApplicationFirewallLog to a source, unless you do so already;"
                  + " there may be days without records");
        }
      }
      case FIELD_SOURCES,
          PARTNERS, // without one of these the rule sleeps, which its line reports
          TRUSTED_PROXIES,
          GATEWAYS_BEHIND_FRONT_DOOR,
          APIS,
          PRIVILEGED_OPERATIONS,
          PRIVATE_VAULTS -> {}
    }
  }
}
