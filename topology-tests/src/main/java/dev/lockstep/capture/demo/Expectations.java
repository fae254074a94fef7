package dev.lockstep.capture.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Findings, suppressions and counts that the demo's capture must give, as each case states them
 * next to its events.
 */
final class Expectations {
  static final String TRAVEL = "impossible-travel";
  static final String REPLAY = "token-replay";
  static final String DRIFT = "partner-ip-drift";
  static final String DEFENDER = "defender-corroboration";
  static final String SESSION = "session-replay";
  static final String BYPASS = "gateway-bypass";
  static final String FIREWALL = "waf-then-success";
  static final String ACCESS = "conditional-access-gap";
  static final String RISK = "risky-sign-in-used";
  static final String PRIVILEGED = "privileged-without-pim";
  static final String WORKLOAD = "workload-credential-drift";
  static final String VAULT = "vault-outside";
  static final String PROBING = "gateway-probing";
  static final String SPRAY = "password-spray";

  /**
   * Subject of an expected finding or near miss, such as a user, partner or address.
   *
   * @param of id of the session or name of the vault; null for a subject that has neither
   */
  record Subject(
      String kind, String id, @Nullable UUID token, @Nullable String ip, @Nullable String of) {
    private static final String ADDRESS = "address";

    private Subject(String kind, String id, @Nullable UUID token, @Nullable String ip) {
      this(kind, id, token, ip, null);
    }

    static Subject of(Account account) {
      String kind = account.workload() ? "workload" : "user";
      return new Subject(kind, account.id().toLowerCase(Locale.ROOT), null, null);
    }

    static Subject of(Account account, UUID token) {
      Subject plain = of(account);
      return new Subject(plain.kind, plain.id, token, null);
    }

    static Subject at(Account account, String ip) {
      Subject plain = of(account);
      return new Subject(plain.kind, plain.id, null, ip);
    }

    static Subject subscription(String id, @Nullable String ip) {
      return new Subject("subscription", id, null, ip);
    }

    static Subject partner(String id, String ip) {
      return new Subject("partner", id, null, ip);
    }

    static Subject address(String ip) {
      return new Subject(ADDRESS, "", null, ip);
    }

    static Subject session(Account account, String session) {
      Subject plain = of(account);
      return new Subject(plain.kind, plain.id, null, null, session);
    }

    static Subject vault(String vault, String ip) {
      return new Subject(ADDRESS, "", null, ip, vault);
    }

    static Subject vault(String vault, Account account) {
      Subject plain = of(account);
      return new Subject(plain.kind, plain.id, null, null, vault);
    }

    private void write(String rule, JsonGenerator json) throws IOException {
      if ("partner".equals(kind)) {
        json.writeStringField("partner", id);
      } else if (!ADDRESS.equals(kind)) {
        json.writeStringField("principal", id);
        json.writeStringField("principalType", kind);
      }
      Json.optional(json, SESSION.equals(rule) ? "session" : "vault", of);
      Json.optional(json, "token", token == null ? null : token.toString());
      Json.optional(json, "ip", ip);
    }
  }

  private final List<String> detections = new ArrayList<>();
  private final List<String> nearMisses = new ArrayList<>();
  private final Set<String> cases = new HashSet<>();
  private final Map<String, Map<String, Integer>> atLeast = new TreeMap<>();
  private int quarantined;
  private @Nullable String member;
  private int lastDay = -1;
  private @Nullable String ownSeverity;

  void quarantines(int more) {
    quarantined += more;
  }

  /**
   * Adds a finding that a replay of the capture must give.
   *
   * @param severity final severity of the finding, which alerts or an incident may have raised
   */
  void fires(
      String name,
      String rule,
      String reason,
      String severity,
      int count,
      int day,
      Subject who,
      Alert... alerts) {
    finds(name, rule, reason, severity, count, day, who, null, alerts);
  }

  void firesUntil(
      int last,
      String name,
      String rule,
      String reason,
      String severity,
      int count,
      int day,
      Subject who) {
    lastDay = last;
    fires(name, rule, reason, severity, count, day, who);
    lastDay = -1;
  }

  /**
   * Expects a finding whose severity is raised, because three rules or more have findings in the
   * same incident.
   *
   * @param own severity that the rule gives the finding by itself
   */
  void firesRaised(
      String incident,
      String name,
      String rule,
      String reason,
      String own,
      int count,
      int day,
      Subject who) {
    member = incident;
    ownSeverity = own;
    fires(name, rule, reason, raised(own), count, day, who);
    member = null;
    ownSeverity = null;
  }

  private static String raised(String own) {
    return "Low".equals(own) ? "Medium" : "High";
  }

  void flags(String name, String severity, int count, int day, Subject who, Alert... alerts) {
    fires(name, DEFENDER, "flagged-address", severity, count, day, who, alerts);
  }

  void travels(
      String name,
      String severity,
      int count,
      int day,
      Account who,
      boolean coldStart,
      Alert... alerts) {
    finds(name, TRAVEL, TRAVEL, severity, count, day, Subject.of(who), coldStart, alerts);
  }

  private void finds(
      String name,
      String rule,
      String reason,
      String severity,
      int count,
      int day,
      Subject who,
      @Nullable Boolean coldStart,
      Alert... alerts) {
    cases.add(name);
    detections.add(
        Json.object(
            json -> {
              json.writeStringField("case", name);
              json.writeStringField("rule", rule);
              json.writeStringField("reason", reason);
              json.writeStringField("severity", severity);
              json.writeNumberField("count", count);
              json.writeStringField("day", CaptureDays.date(day));
              Json.optional(json, "lastDay", lastDay <= day ? "" : CaptureDays.date(lastDay));
              Json.optional(json, "incident", member);
              Json.optional(json, "ownSeverity", ownSeverity);
              who.write(rule, json);
              if (coldStart != null) {
                json.writeBooleanField("coldStart", coldStart);
              }
              if (alerts.length > 0) {
                Json.strings(json, "defenderAlerts", Alert.ids(alerts));
              }
            }));
  }

  /**
   * Expects no finding of a rule about a subject on any day.
   *
   * @param gate gate that suppresses the finding; null if no gate does
   */
  void nearMiss(String name, String rule, @Nullable String gate, Subject who, String why) {
    nearMiss(name, rule, gate, -1, who, why);
  }

  void nearMiss(String name, String rule, @Nullable String gate, int day, Subject who, String why) {
    if (!cases.add(name)) {
      throw new IllegalStateException("two cases have the name " + name);
    }
    if (gate != null) {
      atLeast(rule, gate, 1);
    }
    nearMisses.add(
        Json.object(
            json -> {
              json.writeStringField("case", name);
              json.writeStringField("rule", rule);
              if (gate == null) {
                json.writeNullField("gate");
              } else {
                json.writeStringField("gate", gate);
              }
              if (day >= 0) {
                json.writeStringField("day", CaptureDays.date(day));
              }
              who.write(rule, json);
              json.writeStringField("why", why);
            }));
  }

  void atLeast(String rule, String name, int more) {
    atLeast.computeIfAbsent(rule, any -> new TreeMap<>()).merge(name, more, Integer::sum);
  }

  String json(Recording recording) {
    return "{\n\"detections\":[\n"
        + String.join(",\n", detections)
        + "\n],\n\"quiet\":[\n"
        + String.join(",\n", nearMisses)
        + "\n],\n\"counters\":"
        + counters()
        + ",\n\"exactly\":"
        + Json.object(
            json -> {
              json.writeNumberField("recordsRead", recording.records());
              json.writeNumberField("rejected", 0);
              json.writeNumberField("quarantined", quarantined);
              json.writeObjectFieldStart("byCategory");
              for (Map.Entry<String, Integer> category : recording.byCategory().entrySet()) {
                json.writeNumberField(category.getKey(), category.getValue());
              }
              json.writeEndObject();
            })
        + "\n}\n";
  }

  private String counters() {
    // The rule "any" is the sum over all rules.
    return Json.object(
        json -> {
          for (Map.Entry<String, Map<String, Integer>> rule : atLeast.entrySet()) {
            json.writeObjectFieldStart(rule.getKey());
            for (Map.Entry<String, Integer> counter : rule.getValue().entrySet()) {
              json.writeNumberField(counter.getKey(), counter.getValue());
            }
            json.writeEndObject();
          }
        });
  }
}
