package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Link;
import java.time.Instant;
import java.util.UUID;

/**
 * Cases of {@code partner-ip-drift} for the demo: partners that call from a new network, and their
 * near misses.
 */
final class PartnerCases {
  private static final String DRIFT = Expectations.DRIFT;

  private final Scene scene;
  private final Expectations expect;
  private final PartnerTraffic traffic;

  PartnerCases(Scene scene, PartnerTraffic traffic) {
    this.scene = scene;
    this.expect = scene.expect();
    this.traffic = traffic;
  }

  void play() {
    fabrikam();
    tailspin();
    tailspinNewNetworks();
    tailspinNearMisses();
    adatum();
    litware();
    woodgrove();
    woodgroveAfterTheWindow();
  }

  private void fires(
      String name, String partner, String reason, String severity, int count, int day, String ip) {
    expect.fires(name, DRIFT, reason, severity, count, day, Subject.partner(partner, ip));
  }

  private void nearMiss(String name, String partner, String gate, int day, String ip, String why) {
    expect.nearMiss(name, DRIFT, gate, day, Subject.partner(partner, ip), why);
  }

  private static Call fabrikam(String ip, Instant at) {
    return Call.from(ip, at).by("fabrikam-prod", "");
  }

  private static Call tailspin(String ip, Instant at) {
    return Call.from(ip, at).by("ts-63f0a2", "tailspin-orders");
  }

  private static Call woodgrove(String ip, Instant at) {
    return Call.from(ip, at).by("woodgrove-live", "");
  }

  private void adatum(String ip, UUID token, Instant at) {
    scene.add(
        Call.from(ip, at)
            .by("", "")
            .traced(Link.of(traffic.adatum(), token, at.minus(minutes(5)))));
  }

  private void fabrikam() {
    Instant noon = at(24, "12:00:20");
    scene.add(fabrikam("198.51.100.200", noon));
    scene.add(fabrikam("198.51.100.200", noon.plusSeconds(15)));
    scene.add(fabrikam("198.51.100.201", noon.plus(minutes(4))));
    fires(
        "outside-the-declared-half",
        "fabrikam",
        "outside-allowlist",
        "High",
        2,
        24,
        "198.51.100.200");
    scene.add(fabrikam("198.19.20.5", at(24, "12:30:00")));
    fires("outside-everything", "fabrikam", "outside-allowlist", "High", 1, 24, "198.19.20.5");
    scene.add(fabrikam("2001:db8:52::1", at(25, "12:30:00")));
    fires("outside-by-ipv6", "fabrikam", "outside-allowlist", "High", 1, 25, "2001:db8:52::1");

    scene.add(fabrikam("2001:db8:51:7::1", at(25, "12:40:00")));
    nearMiss("declared-by-ipv6", "fabrikam", "declared", 25, "2001:db8:51:7::1", "Declared.");
    scene.add(fabrikam("198.51.100.20", at(24, "13:00:00")).by("fabrikam-prod", "tailspin-orders"));
    nearMiss(
        "subscription-before-product", "fabrikam", "declared", 24, "198.51.100.20", "Declared.");
    expect.nearMiss(
        "product-after-subscription",
        DRIFT,
        null,
        24,
        Subject.partner("tailspin", "198.51.100.20"),
        "The subscription names the call's partner.");
    scene.add(fabrikam("198.19.21.5", at(24, "13:10:00")).answered(403));
    nearMiss("outside-and-refused", "fabrikam", "refused", 24, "198.19.21.5", "It was refused.");
    scene.add(fabrikam("203.0.113.40", at(24, "13:20:00")));
    nearMiss(
        "outside-from-our-office",
        "fabrikam",
        "corporate-egress",
        24,
        "203.0.113.40",
        "Our own engineers try the partner's key.");
  }

  private void tailspin() {
    for (int minute : new int[] {0, 2, 5, 9}) {
      scene.add(tailspin("198.19.31.5", at(24, "12:00:10").plus(minutes(minute))));
    }
    fires("new-country", "tailspin", "new-country", "High", 4, 24, "198.19.31.5");
    scene.add(tailspin("198.19.32.5", at(24, "13:00:00")));
    fires(
        "their-cloud-in-another-country", "tailspin", "new-country", "High", 1, 24, "198.19.32.5");
    scene.add(tailspin("198.19.33.5", at(24, "14:00:00")));
    fires("hosting", "tailspin", "hosting", "High", 1, 24, "198.19.33.5");
    scene.add(tailspin("198.19.34.5", at(24, "14:30:00")));
    fires("vpn", "tailspin", "hosting", "High", 1, 24, "198.19.34.5");
    scene.add(tailspin("198.19.35.5", at(24, "15:00:00")));
    fires("hosting-in-a-new-country", "tailspin", "new-country", "High", 1, 24, "198.19.35.5");
    scene.add(tailspin(TokenCases.FRONT_DOOR + 30, at(25, "15:00:00")).headers("198.19.31.6", ""));
    fires("new-country-behind-front-door", "tailspin", "new-country", "High", 1, 25, "198.19.31.6");
  }

  private void tailspinNewNetworks() {
    scene.add(tailspin("198.19.36.5", at(24, "18:00:00")));
    scene.add(tailspin("198.19.36.6", at(24, "18:05:00")));
    fires("new-network", "tailspin", "new-network", "Medium", 2, 24, "198.19.36.5");
    scene.add(tailspin("198.19.38.5", at(24, "20:00:00")));
    fires("new-network-of-no-country", "tailspin", "new-network", "Medium", 1, 24, "198.19.38.5");
    scene.add(tailspin("198.19.39.5", at(24, "21:00:00")));
    fires("new-network-of-no-asn", "tailspin", "new-network", "Medium", 1, 24, "198.19.39.5");

    scene.add(tailspin("198.19.37.5", at(25, "06:00:30")));
    fires("shared-key", "tailspin", "new-network", "High", 1, 25, "198.19.37.5");
    expect.atLeast(DRIFT, "shared-key", 1);
    scene.add(tailspin("198.19.41.5", at(25, "08:30:00")));
    fires("key-shared-too-long-ago", "tailspin", "new-network", "Medium", 1, 25, "198.19.41.5");
    scene.add(tailspin("198.19.36.5", at(25, "18:00:00")));
    scene.add(tailspin("203.0.113.41", at(25, "18:10:00")));
    fires("key-shared-with-our-office", "tailspin", "new-network", "Medium", 1, 25, "198.19.36.5");
  }

  private void tailspinNearMisses() {
    nearMiss(
        "engineers-of-ours",
        "tailspin",
        "corporate-egress",
        25,
        "203.0.113.41",
        "Calls from our own egress teach no network.");
    scene.add(tailspin("198.19.40.5", at(24, "16:00:00")));
    nearMiss(
        "network-unknown",
        "tailspin",
        "no-network",
        24,
        "198.19.40.5",
        "Neither network nor country is known.");
    scene.add(tailspin("198.19.31.7", at(25, "16:00:00")).answered(429));
    nearMiss(
        "new-country-refused",
        "tailspin",
        "refused",
        25,
        "198.19.31.7",
        "Refused with 429: no baseline, no finding.");
    nearMiss(
        "known-network",
        "tailspin",
        "known-network",
        24,
        "198.19.30.9",
        "Learned in the first week.");
    scene.add(
        tailspin("198.19.30.77", at(24, "05:30:40"))
            .traced(Link.withoutToken(traffic.adatum(), at(24, "05:28:00"))));
    expect.nearMiss(
        "app-after-product",
        DRIFT,
        null,
        24,
        Subject.partner("adatum", "198.19.30.77"),
        "The product names the call's partner; it takes precedence over the application.");
    scene.add(tailspin(TokenCases.FRONT_DOOR + 31, at(25, "16:30:00")));
    expect.atLeast("any", "no-address", 1);
  }

  private void adatum() {
    UUID standby = scene.recording().token();
    adatum("198.19.54.5", standby, at(8, "03:15:00"));
    adatum("198.19.54.5", standby, at(8, "03:25:00"));
    nearMiss(
        "inside-a-release",
        "adatum",
        "change-window",
        8,
        "198.19.54.5",
        "A new country inside a change window.");
    fires("country-after-a-release", "adatum", "new-country", "High", 1, 8, "198.19.51.5");
    for (int day = 8; day <= 22; day++) {
      Instant afternoon = at(day, "14:00:00");
      if (day != 9) {
        adatum("198.19.51.5", scene.recording().token(), afternoon);
      }
      if (day <= 21) {
        adatum("198.19.52.5", scene.recording().token(), afternoon.plus(minutes(20)));
      }
      if (day >= 9 && day <= 21) {
        adatum("198.19.53.5", scene.recording().token(), afternoon.plus(minutes(40)));
      }
    }
    nearMiss(
        "new-network-after-a-release",
        "adatum",
        "change-window",
        16,
        "198.19.52.5",
        "Until the end of the second day after a window new networks are quiet.");
    adatum("198.19.51.5", scene.recording().token(), at(24, "16:00:00"));
    fires("once-a-new-country", "adatum", "new-network", "Medium", 1, 24, "198.19.51.5");
    adatum("198.19.53.5", scene.recording().token(), at(24, "16:30:00"));
    fires("known-for-thirteen-days", "adatum", "new-network", "Medium", 1, 24, "198.19.53.5");
    adatum("198.19.52.5", scene.recording().token(), at(24, "20:00:00"));
    nearMiss(
        "known-for-fourteen-days",
        "adatum",
        "known-network",
        24,
        "198.19.52.5",
        "Seen on 14 closed days.");
    adatum("198.19.54.5", scene.recording().token(), at(25, "20:00:00"));
    nearMiss(
        "known-by-a-release",
        "adatum",
        "known-network",
        25,
        "198.19.54.5",
        "Seen inside a change window on a closed day.");
  }

  private void litware() {
    scene.add(Call.from("198.19.35.9", at(24, "15:00:00")).by("litware-test", ""));
    nearMiss(
        "learning-hosting-abroad",
        "litware",
        "learning",
        24,
        "198.19.35.9",
        "Fewer than 50 minutes on closed days.");
    scene.add(Call.from("198.19.55.9", at(25, "15:00:00")).by("litware-test", ""));
    nearMiss(
        "learning-with-a-registry",
        "litware",
        "learning",
        25,
        "198.19.55.9",
        "While learning it is quiet, whatever the registry names.");
  }

  private void woodgrove() {
    scene.add(woodgrove("198.19.63.5", at(21, "06:00:00")).once());
    nearMiss(
        "window-begins",
        "woodgrove",
        "change-window",
        21,
        "198.19.63.5",
        "The window's first instant is inside.");
    scene.add(woodgrove("198.19.61.5", at(21, "07:00:00")));
    nearMiss(
        "inside-the-window", "woodgrove", "change-window", 21, "198.19.61.5", "Inside the window.");
    scene.add(woodgrove("198.19.68.5", at(21, "18:00:00")).once());
    fires("window-ends", "woodgrove", "new-country", "High", 1, 21, "198.19.68.5");
    scene.add(woodgrove("198.19.62.5", at(21, "19:00:00")));
    nearMiss(
        "evening-of-the-window",
        "woodgrove",
        "change-window",
        21,
        "198.19.62.5",
        "A new network right after the window.");
    scene.add(woodgrove("198.19.61.5", at(22, "12:30:00")));
    nearMiss(
        "first-day-after-the-window",
        "woodgrove",
        "change-window",
        22,
        "198.19.61.5",
        "Seen in the window and not known yet.");
    scene.add(woodgrove("198.19.64.5", at(22, "13:00:00")));
    fires("new-country-after-the-window", "woodgrove", "new-country", "High", 1, 22, "198.19.64.5");
    scene.add(woodgrove("198.19.65.5", at(22, "13:30:00")));
    fires("hosting-after-the-window", "woodgrove", "hosting", "High", 1, 22, "198.19.65.5");
    scene.add(woodgrove("198.19.62.5", at(23, "18:00:00")));
    nearMiss(
        "second-day-after-the-window",
        "woodgrove",
        "change-window",
        23,
        "198.19.62.5",
        "The last day on which the window excuses new networks.");
  }

  private void woodgroveAfterTheWindow() {
    scene.add(woodgrove("198.19.62.5", at(24, "12:30:00")));
    fires("third-day-after-the-window", "woodgrove", "new-network", "Medium", 1, 24, "198.19.62.5");
    scene.add(woodgrove("198.19.66.5", at(24, "15:00:00")));
    nearMiss(
        "named-by-the-registry",
        "woodgrove",
        "known-network",
        24,
        "198.19.66.5",
        "The registry names the network and its country.");
    scene.add(woodgrove("198.19.61.5", at(24, "15:30:00")));
    nearMiss(
        "known-by-the-window",
        "woodgrove",
        "known-network",
        24,
        "198.19.61.5",
        "Seen inside the window on a closed day.");
    scene.add(woodgrove("198.19.67.5", at(24, "15:40:00")));
    nearMiss(
        "named-in-any-country",
        "woodgrove",
        "known-network",
        24,
        "198.19.67.5",
        "The registry names the network in any country.");
    scene.add(woodgrove("198.19.63.5", at(24, "15:50:00")));
    nearMiss(
        "country-known-by-the-window",
        "woodgrove",
        "known-network",
        24,
        "198.19.63.5",
        "A new country that was seen inside the window.");
  }
}
