package dev.lockstep.app.report;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Findings of tests of the report: plain ones, hostile ones, and many. */
public final class ReportFindings {
  private static final long HOUR = 3_600_000L;

  /** Texts that would run, load or hide something if a page took them as they are. */
  static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "' autofocus onfocus='alert(1)",
          "</style><style>*{display:none}</style>",
          "</script><script src=https://evil.example/x.js></script>",
          "<!--",
          "]]>",
          "&lt;b&gt;",
          "\u202e\u2066gnp.exe\u001b[2J\u0000",
          "x".repeat(65_536) + "<svg onload=alert(1)>");

  private ReportFindings() {}

  /** Returns a finding without principal, evidence and gates. */
  public static Detection finding(String id, String rule, Severity severity, long startAt) {
    Detection finding = new Detection();
    finding.setId(id);
    finding.setRevision(1);
    finding.setRule(rule);
    finding.setReason(rule);
    finding.setSeverity(severity);
    finding.setTitle("title " + id);
    finding.setDescription("");
    finding.setStartTime(startAt);
    finding.setEndTime(startAt + HOUR);
    finding.setCount(1);
    finding.setTactics(List.of());
    finding.setTechniques(List.of());
    finding.setEntities(List.of());
    finding.setEvidence(List.of());
    finding.setGates(List.of());
    finding.setDefenderAlerts(List.of());
    return finding;
  }

  private static Detection hostile(String text, boolean correlated) {
    Detection finding = finding(text + correlated, text, Severity.High, HOUR);
    finding.setReason(text + text);
    finding.setTitle(text);
    finding.setDescription(text);
    finding.setPrincipal(new Principal(text, text, text));
    finding.setIp(text);
    finding.setTechniques(List.of(text));
    finding.setCorrelationId(correlated ? text : null);
    Evidence event = new Evidence();
    event.setSource(text);
    event.setCategory(text);
    event.setEventId(text);
    event.setFile(text);
    event.setLine(1L);
    event.setTime(HOUR);
    event.setIp(text + "2");
    NetworkSeen network = new NetworkSeen();
    network.setCountry(text);
    network.setClass$(text);
    event.setNetwork(network);
    event.setMattered(Map.of(text, text));
    finding.setEvidence(List.of(event));
    finding.setGates(List.of(new GateChecked(text, text, Map.of(text, text, "from", text))));
    finding.setDefenderAlerts(
        List.of(
            Map.of("title", text, "severity", text, "id", text, "link", "https://" + text),
            Map.of("title", text, "link", "javascript:alert(1)")));
    return finding;
  }

  /** Returns two findings for each hostile text, with it in every field. */
  static List<Detection> hostile() {
    List<Detection> findings = new ArrayList<>();
    for (String text : HOSTILE) {
      findings.add(hostile(text, true));
      findings.add(hostile(text, false));
    }
    return findings;
  }

  static String page(List<Detection> findings, List<ReportSection> sections) {
    return HtmlReport.of(
        new ReportPage(
            ReportOrigin.plain("replay", "test"),
            findings,
            List.of(),
            HOUR,
            2 * HOUR,
            sections,
            "a summary"));
  }

  /** Returns findings of journeys, each with ids, events, addresses and numbers of its own. */
  static List<Detection> many(int number, long seed) {
    Random random = new Random(seed);
    List<Detection> findings = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      String id = uuid(random).replace("-", "");
      String user = "user-%d@contoso.example".formatted(random.nextInt(Math.max(1, number / 4)));
      long start = 1_790_000_000_000L + random.nextInt(30 * 24 * 60) * 60_000L;
      Detection finding =
          finding(
              id,
              List.of("impossible-travel", "token-replay", "session-replay").get(i % 3),
              List.of(Severity.High, Severity.Medium, Severity.Low).get(random.nextInt(3)),
              start);
      List<Evidence> events = new ArrayList<>();
      StringBuilder words = new StringBuilder();
      for (int k = 0; k < 2 + random.nextInt(3); k++) {
        Evidence event = event(random, start + k * 600_000L);
        events.add(event);
        words
            .append(user)
            .append(" signed in from ")
            .append(event.getPlace().getCity())
            .append(" (")
            .append(event.getIp())
            .append(", AS64500) at 2026-11-10 12:10:00 UTC and 30 min later. ");
      }
      finding.setTitle("Impossible travel of " + user + ": Hamburg, DE and Singapore, SG");
      finding.setDescription(
          words.append("That takes " + i + " km/h; the limit is 900.").toString());
      finding.setPrincipal(new Principal(new UUID(user.hashCode(), 1).toString(), user, "user"));
      finding.setIp(events.get(0).getIp());
      finding.setTechniques(List.of("T1078", "T1078.004"));
      finding.setEvidence(events);
      List<GateChecked> gates = new ArrayList<>();
      gates.add(
          new GateChecked("distance", "passed", Map.of("distanceKm", i / 10.0, "limitKm", 500.0)));
      gates.add(
          new GateChecked(
              "speed", "passed", Map.of("speedKmh", 900.0 + i, "secondsBetween", 600.0)));
      gates.add(
          new GateChecked(
              "same-device",
              "passed",
              Map.of("earlierDevice", uuid(random), "laterDevice", "none")));
      for (String gate : List.of("corporate-egress", "backend", "same-network", "known-commute")) {
        gates.add(new GateChecked(gate, "passed", Map.of("earlierDays", 5.0, "laterDays", 0.0)));
      }
      finding.setGates(gates);
      findings.add(finding);
    }
    return findings;
  }

  private static Evidence event(Random random, long at) {
    int network = random.nextInt(200);
    Evidence event = new Evidence();
    event.setSource("files");
    event.setCategory(random.nextBoolean() ? "SignInLogs" : "GatewayLogs");
    event.setEventId(uuid(random));
    event.setFile("capture/2026-11/signins.jsonl.gz");
    event.setLine((long) random.nextInt(100_000));
    event.setIndex(0);
    event.setTime(at);
    event.setIp("198.18.%d.%d".formatted(network, random.nextInt(256)));
    event.setPlace(
        new PlaceSeen("DE", "City " + network, network - 100.0 + 0.25, network * 0.7 - 70, 50.0));
    event.setNetwork(
        new NetworkSeen(
            64_500L + network, "Carrier " + network, "198.18." + network + ".0/24", "DE", null));
    event.setMattered(
        Map.of(
            "observation",
            "interactive sign-in",
            "device",
            uuid(random),
            "authentication",
            "single factor"));
    return event;
  }

  private static String uuid(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }
}
