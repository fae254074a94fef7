package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Detections to try things on. */
public final class Findings {
  private static final long T = Instant.parse("2026-11-02T08:00:00Z").toEpochMilli();

  private Findings() {}

  public static Detection small(String id, int revision) {
    return Detection.newBuilder()
        .setId(id)
        .setRevision(revision)
        .setRule("token-replay")
        .setRuleVersion(1)
        .setReason("moved")
        .setSeverity(Severity.High)
        .setTitle("A token moved")
        .setDescription("Seen in two networks.")
        .setStartTime(T)
        .setEndTime(T + 60_000)
        .setCount(2)
        .setTactics(List.of())
        .setTechniques(List.of())
        .setEntities(List.of())
        .setEvidence(List.of())
        .setGates(List.of())
        .build();
  }

  /** Returns one that caps and budgets may hold back. */
  public static Detection medium(String id, int revision) {
    Detection detection = Findings.small(id, revision);
    detection.setSeverity(Severity.Medium);
    return detection;
  }

  public static Detection full() {
    Detection detection = small("d-1", 3);
    detection.setRule("impossible-travel");
    detection.setRuleVersion(2);
    detection.setReason("impossible-travel");
    detection.setSeverity(Severity.Medium);
    detection.setTitle("Ada in London and Lagos within 10 minutes");
    detection.setPrincipal(new Principal("0f5c", "ada@contoso.example", "user"));
    detection.setPartner(new PartnerName("fabrikam", "Fabrikam Freight"));
    detection.setIp("198.51.100.7");
    detection.setTactics(List.of("InitialAccess"));
    detection.setTechniques(List.of("T1078", "T1078.004"));
    detection.setEntities(List.of(new HashMap<>(Map.of("kind", "Account", "aadUserId", "0f5c"))));
    detection.setEvidence(
        List.of(evidence("e-1", Map.of("device", "none", "authentication", "single factor"))));
    detection.setGates(
        List.of(
            new GateChecked(
                "effective-speed",
                "passed",
                new HashMap<>(Map.of("kmh", 29_876.5, "limitKmh", 900.0, "learned", false)))));
    detection.setDefenderAlerts(List.of(new HashMap<>(Map.of("id", "da-1", "title", "Odd"))));
    detection.setColdStart(true);
    detection.setShadow(false);
    detection.setOverflow(true);
    detection.setCorrelationId("c-1");
    return detection;
  }

  public static Evidence evidence(String eventId, Map<String, String> mattered) {
    return Evidence.newBuilder()
        .setSource("signins")
        .setCategory("SignInLogs")
        .setEventId(eventId)
        .setHub("insights-logs-signinlogs")
        .setPartition(2)
        .setOffset(41L)
        .setIndex(0)
        .setTime(T + 5)
        .setIp("198.51.100.7")
        .setPlace(new PlaceSeen("NG", "Lagos", 6.5244, 3.0, 50.0))
        .setNetwork(new NetworkSeen(64500L, "Example Net", "198.51.100.0/24", "NG", "hosting"))
        .setMattered(new HashMap<>(mattered))
        .build();
  }

  /** Returns a detection of any size, with any text in it. */
  public static Detection random(Random random, String id, int revision) {
    Detection detection = small(id, revision);
    detection.setTitle(text(random, 200));
    detection.setDescription(text(random, random.nextInt(20) == 0 ? 200_000 : 2_000));
    List<Evidence> evidence = new ArrayList<>();
    int pieces = random.nextInt(21);
    for (int i = 0; i < pieces; i++) {
      int longest = random.nextInt(30) == 0 ? 100_000 : 3_000;
      evidence.add(evidence("e" + i, Map.of("userAgent", text(random, longest))));
    }
    detection.setEvidence(evidence);
    return detection;
  }

  private static String text(Random random, int maxLength) {
    int length = random.nextInt(maxLength);
    StringBuilder text = new StringBuilder(length);
    int kind = random.nextInt(4);
    while (text.length() < length) {
      int point =
          switch (kind) {
            case 0 -> random.nextInt(0x20);
            case 1 -> 0x1F300 + random.nextInt(0x200);
            case 2 -> 'a' + random.nextInt(26);
            default -> random.nextInt(0xD800);
          };
      text.appendCodePoint(point);
    }
    return text.toString();
  }
}
