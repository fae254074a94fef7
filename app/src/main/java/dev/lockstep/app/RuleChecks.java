package dev.lockstep.app;

import dev.lockstep.schemas.ActivityKind;
import java.util.ArrayList;
import java.util.List;

/** Says which rules sleep, for want of what; after everything else was looked at. */
final class RuleChecks {
  private static final int MOST_REJECTED_PERCENT = 1;
  private static final String NONE_SEEN = "none could be looked at";
  private static final int LEAST_LINKED_PERCENT = 90;

  private final Config config;
  private final HubSample sample;
  private final boolean noPartners;
  private final List<Checkup.Line> lines = new ArrayList<>();

  /**
   * Creates one.
   *
   * @param noPartners whether the registry of partners is empty or not there
   */
  RuleChecks(Config config, HubSample sample, boolean noPartners) {
    this.config = config;
    this.sample = sample;
    this.noPartners = noPartners;
  }

  List<Checkup.Line> lines() {
    records();
    link();
    Config.Rules rules = config.rules();
    rule("impossible-travel", rules.impossibleTravel().enabled(), this::travel);
    rule("token-replay", rules.tokenReplay().enabled(), this::token);
    rule("partner-ip-drift", rules.partnerIpDrift().enabled(), this::drift);
    rule("defender-corroboration", rules.defenderCorroboration().enabled(), this::defender);
    return lines;
  }

  private void rule(String id, boolean enabled, Runnable look) {
    if (!enabled) {
      add(Checkup.Verdict.SKIP, "rule " + id, "off by the configuration", "");
      return;
    }
    int before = lines.size();
    look.run();
    if (lines.size() == before) {
      add(
          Checkup.Verdict.OK,
          "rule " + id,
          looked() ? "has what it needs" : "has what it needs of the configuration",
          "");
    }
  }

  private void add(Checkup.Verdict verdict, String check, String what, String mend) {
    lines.add(new Checkup.Line(verdict, check, what, mend));
  }

  private void sleeps(String id, String what, String mend) {
    add(Checkup.Verdict.WARN, "rule " + id, what, mend);
  }

  private boolean looked() {
    return sample.messages() > 0 && sample.isWhole();
  }

  private String noneSeen() {
    return sample.isWhole() ? NONE_SEEN : "they could not be read in time";
  }

  private void records() {
    if (!looked()) {
      add(Checkup.Verdict.SKIP, "records", noneSeen(), "");
      return;
    }
    long rejected = sample.rejectedByReason().values().stream().mapToLong(Long::longValue).sum();
    String what =
        "%d of the newest %d records cannot be read".formatted(rejected, sample.records());
    if (100 * rejected > MOST_REJECTED_PERCENT * sample.records()) {
      add(
          Checkup.Verdict.WARN,
          "records",
          what + " " + sample.rejectedByReason(),
          "look at them by lockstep capture and lockstep records --only rejected");
    } else {
      add(Checkup.Verdict.OK, "records", what, "");
    }
  }

  private void link() {
    if (!looked() || sample.calls() == 0) {
      add(
          Checkup.Verdict.SKIP,
          "identity link",
          looked() ? "no call through the gateway is among the newest records" : noneSeen(),
          "");
      return;
    }
    long percent = 100 * sample.linkedCalls() / sample.calls();
    String what = "%d %% of the newest %d calls carry it".formatted(percent, sample.calls());
    if (percent < LEAST_LINKED_PERCENT) {
      add(
          Checkup.Verdict.WARN,
          "identity link",
          what,
          "put the policy of deploy/apim on every API, and log traces at 100 % sampling");
    } else {
      add(Checkup.Verdict.OK, "identity link", what, "");
    }
  }

  private void travel() {
    if (config.geoip().city() == null) {
      sleeps(
          "impossible-travel",
          "knows places only where a sign-in's own record has one: geoip.city is not set",
          "name a city database");
    }
    if (looked() && sample.of(ActivityKind.SIGN_IN) == 0) {
      sleeps(
          "impossible-travel",
          "sleeps: no sign-in is among the newest records",
          "send SignInLogs and NonInteractiveUserSignInLogs of Entra ID to a source");
    }
  }

  private void token() {
    if (config.geoip().asn() == null) {
      sleeps(
          "token-replay",
          "knows networks only by your networks files and the bundled list: geoip.asn is not set",
          "name an ASN database");
    }
    if (!looked()) {
      return;
    }
    if (sample.calls() == 0) {
      sleeps(
          "token-replay",
          "sleeps for the gateway: no call is among the newest records",
          "send GatewayLogs of API Management to a source");
    } else if (sample.linkedCalls() == 0) {
      sleeps(
          "token-replay",
          "sleeps for the gateway: no call carries the identity link",
          "put the policy of deploy/apim on the APIs");
    }
  }

  private void drift() {
    if (noPartners) {
      sleeps(
          "partner-ip-drift",
          "sleeps: no partners are named",
          "write partners.yaml and name it by partners:");
    } else if (looked() && sample.calls() == 0) {
      sleeps(
          "partner-ip-drift",
          "sleeps: no call through the gateway is among the newest records",
          "send GatewayLogs of API Management to a source");
    }
  }

  private void defender() {
    if (looked() && sample.of(ActivityKind.ALERT) == 0) {
      sleeps(
          "defender-corroboration",
          "no alert of Defender is among the newest records",
          "export alerts of Defender for Cloud or XDR to a source, if none is; quiet days have none");
    }
  }
}
