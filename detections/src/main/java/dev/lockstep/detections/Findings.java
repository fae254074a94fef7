package dev.lockstep.detections;

import dev.lockstep.enrichment.ExceptionEntry;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** What all findings have in common: identity, the ladder of severities, words. */
final class Findings {
  static final String WITHDRAWN = "withdrawn";

  private Findings() {}

  /** Returns the id of what these parts name: the first 128 bits of their SHA-256, in hex. */
  static String id(String... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha.update((byte) (bytes.length >> 8));
        sha.update((byte) bytes.length);
        sha.update(bytes);
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns a hash that orders the members of a capped set. */
  static long memberHash(String member) {
    return SchemaNormalization.fingerprint64(member.getBytes(StandardCharsets.UTF_8));
  }

  /** Takes the member of the largest order out of a capped set; returns that order. */
  static <T> long letLastGo(List<T> members, ToLongFunction<T> order) {
    int last = 0;
    long largest = Long.MIN_VALUE;
    for (int i = 0; i < members.size(); i++) {
      long other = order.applyAsLong(members.get(i));
      if (other > largest) {
        last = i;
        largest = other;
      }
    }
    members.remove(last); // by index: a list that Avro read knows no other way
    return largest;
  }

  static Severity up(Severity severity) {
    return switch (severity) {
      case Informational -> Severity.Low;
      case Low -> Severity.Medium;
      case Medium, High -> Severity.High;
    };
  }

  static Severity down(Severity severity) {
    return switch (severity) {
      case High -> Severity.Medium;
      case Medium, Low -> Severity.Low;
      case Informational -> Severity.Informational;
    };
  }

  /** Starts a detection of a rule; the caller sets what only the rule knows. */
  static Detection start(RuleInfo rule, String id, String reason, Severity severity) {
    Detection detection = new Detection();
    detection.setId(id);
    detection.setRevision(0);
    detection.setRule(rule.id());
    detection.setRuleVersion(rule.version());
    detection.setReason(reason);
    detection.setSeverity(severity);
    detection.setTitle("");
    detection.setDescription("");
    detection.setCount(1);
    detection.setTactics(rule.tactics());
    detection.setTechniques(rule.techniques());
    detection.setEntities(new ArrayList<>());
    detection.setEvidence(new ArrayList<>());
    detection.setGates(new ArrayList<>());
    detection.setDefenderAlerts(List.of());
    return detection;
  }

  /** Returns what a rule says of a finding. */
  static Contribution said(Detection detection, List<FindingAddress> addresses) {
    return said(detection, addresses, List.of());
  }

  /** Returns what a rule says of a finding that exceptions cover. */
  static Contribution said(
      Detection detection, List<FindingAddress> addresses, List<String> exceptions) {
    return new Contribution(detection, addresses, null, exceptions, null, 0L, 0L, null);
  }

  /** Says that a finding does not stand any more; nothing else of it matters. */
  static Contribution withdrawal(RuleInfo rule, String id) {
    return said(start(rule, id, WITHDRAWN, Severity.Informational), List.of());
  }

  /** Returns what carries an alert of Defender to the findings, or what was added to one. */
  static Contribution alerted(CollectedAlert alert) {
    return new Contribution(null, List.of(), alert, List.of(), null, 0L, 0L, null);
  }

  /**
   * Returns what goes to the findings, on its way by the finding's id.
   *
   * @param arrivalAt when what made the rule say it reached the hub, 0 if nothing did
   * @param timestamp of the record
   */
  static Record<String, Contribution> record(Contribution said, long arrivalAt, long timestamp) {
    said.setArrivalAt(arrivalAt);
    String id = said.getDetection() == null ? "" : said.getDetection().getId();
    return new Record<>(id, said, timestamp);
  }

  /** Returns the clock of a stage. */
  static Contribution clock(String stage, long clockAt) {
    return new Contribution(null, List.of(), null, List.of(), stage, clockAt, 0L, null);
  }

  /** Returns the revision that retracts a finding, as it stood. */
  static Detection withdrawn(Detection standing) {
    Detection detection = Detection.newBuilder(standing).build();
    detection.setReason(WITHDRAWN);
    detection.setSeverity(Severity.Informational);
    detection.setDescription(
        "Retracted: with everything that has arrived since, this no longer holds. It said: "
            + standing.getDescription());
    return detection;
  }

  /** Returns what stands for a finding that exceptions hold back: retracted, with their names. */
  static Detection heldBack(Detection finding, List<ExceptionEntry> exceptions) {
    Detection detection = Detection.newBuilder(finding).build();
    ExceptionEntry first = exceptions.get(0);
    detection.setReason(WITHDRAWN);
    detection.setSeverity(Severity.Informational);
    detection.setDescription(
        "Held back by exception %s of %s, until %s: %s. It said: %s"
            .formatted(
                first.id(),
                first.owner(),
                time(first.expiresAt()),
                first.reason(),
                finding.getDescription()));
    detection.setGates(withException(finding, "quiet", exceptions));
    return detection;
  }

  /** Says in a finding that goes out because of an alert what would have held it back. */
  static Detection outweighed(Detection confirmed, List<ExceptionEntry> exceptions) {
    Detection detection = Detection.newBuilder(confirmed).build();
    ExceptionEntry first = exceptions.get(0);
    detection.setDescription(
        "%s Exception %s of %s (%s) would have held this back; the alert outweighs it."
            .formatted(confirmed.getDescription(), first.id(), first.owner(), first.reason()));
    detection.setGates(withException(confirmed, "outweighed", exceptions));
    return detection;
  }

  private static List<GateChecked> withException(
      Detection finding, String verdict, List<ExceptionEntry> exceptions) {
    List<GateChecked> gates = new ArrayList<>(finding.getGates());
    List<String> ids = exceptions.stream().map(ExceptionEntry::id).toList();
    gates.add(Gates.checked("exception", verdict, "id", String.join(", ", ids)));
    return gates;
  }

  /** Returns the account of a user or workload; a subscription of API Management is none. */
  static List<Map<String, String>> accounts(@Nullable Principal principal) {
    return principal == null || principal.getType().equals("subscription")
        ? List.of()
        : List.of(account(principal));
  }

  private static Map<String, String> account(Principal principal) {
    Map<String, String> entity = new TreeMap<>();
    entity.put("kind", "Account");
    String name = principal.getName();
    if (principal.getType().equals("user")) {
      entity.put("AadUserId", principal.getId());
      int at = name == null ? -1 : name.lastIndexOf('@');
      if (name != null && at > 0) {
        entity.put("Name", name.substring(0, at));
        entity.put("UPNSuffix", name.substring(at + 1));
      } else if (name != null) {
        entity.put("Name", name);
      }
    } else {
      entity.put("Name", name == null ? principal.getId() : name);
      entity.put("ObjectGuid", principal.getId());
    }
    return entity;
  }

  /** Returns the word for a class of networks in a sentence, e.g. {@code a VPN network}. */
  static String aNetwork(String networkClass) {
    return networkClass.equals("vpn") ? "a VPN network" : "a " + networkClass + " network";
  }

  static Map<String, String> ip(String address) {
    return new TreeMap<>(Map.of("kind", "IP", "Address", address));
  }

  /** Returns a name for people, the id where there is none. */
  static String name(Principal principal) {
    return principal.getName() == null ? principal.getId() : principal.getName();
  }

  static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  static double rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP).doubleValue();
  }

  /** Returns a time as people read it, e.g. {@code 2026-11-19 10:02:41 UTC}. */
  static String time(long millis) {
    String text = Instant.ofEpochMilli(millis).toString();
    return text.substring(0, 10) + " " + text.substring(11, 19) + " UTC";
  }

  /** Returns a length of time as people say it, e.g. {@code 1 h 20 min}. */
  static String length(long millis) {
    long minutes = millis / 60_000;
    if (minutes < 1) {
      return millis / 1000 + " s";
    }
    if (minutes < 60) {
      return minutes + " min";
    }
    return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
  }
}
