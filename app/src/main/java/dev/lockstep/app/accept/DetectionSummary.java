package dev.lockstep.app.accept;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.NumberInput;
import dev.lockstep.app.detection.DetectionFields;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.DetectionStatus;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Summary of a detection, to compare it with exceptions and to show it to the operator.
 *
 * @param endAt end in milliseconds since 1970
 * @param corroborated whether a Defender alert corroborates the detection; an exception does not
 *     hide such a detection
 * @param incident correlation id of the detection's incident, or null if the detection is in none
 * @param severityBefore severity before the incident raised it, or null if no incident did
 * @param sides events in the evidence, at most 20
 * @param firesByPairs whether each finding of the rule needs at least two events
 */
public record DetectionSummary(
    String id,
    long revision,
    String rule,
    String reason,
    String severity,
    String title,
    @Nullable String principal,
    @Nullable String partner,
    @Nullable String ip,
    long endAt,
    boolean corroborated,
    @Nullable String incident,
    @Nullable String severityBefore,
    List<Side> sides,
    boolean firesByPairs) {

  private static final Set<String> MOVING =
      Set.of(NetworkClass.VPN.word(), NetworkClass.MOBILE.word(), NetworkClass.SATELLITE.word());
  private static final String DEFENDER = "defender-corroboration";
  private static final Set<String> CALLS = Set.of("GatewayLogs", "MicrosoftGraphActivityLogs");

  /**
   * Event in the evidence of a detection, with the address, network, place and token of the event.
   *
   * @param networkClass network class as in networks files; null if unknown
   * @param place country and city, empty if unknown
   * @param oid object id in the presented token; null if unknown
   * @param expired whether the presented token had expired
   * @param isCall whether the event is a call of an API
   */
  record Side(
      @Nullable String ip,
      @Nullable String prefix,
      @Nullable Long asn,
      @Nullable String country,
      @Nullable String networkClass,
      String place,
      @Nullable String oid,
      boolean expired,
      boolean isCall) {
    /**
     * Returns whether the event's address is in a network whose users often change their address,
     * such as a mobile network.
     */
    boolean moves() {
      return networkClass != null && MOVING.contains(networkClass);
    }

    boolean in(NamedNetwork network) {
      return network.contains(Address.parse(ip), asn, country);
    }
  }

  /**
   * Returns a map of Sigma field names to values for each event in the evidence. Each map has the
   * network of the event, and the principal and partner of the detection. Unknown values are left
   * out.
   */
  public List<Map<String, String>> sigmaFields() {
    List<Map<String, String>> events = new ArrayList<>();
    for (Side side : sides) {
      Map<String, String> values = new TreeMap<>();
      put(values, "lockstep.principal.id", principal);
      put(values, "lockstep.partner.id", partner);
      put(values, "lockstep.ip.prefix", side.prefix());
      put(values, "lockstep.ip.asn", side.asn() == null ? null : String.valueOf(side.asn()));
      put(values, "lockstep.ip.class", side.networkClass());
      put(values, "lockstep.ip.country", side.country());
      events.add(values);
    }
    return events;
  }

  private static void put(Map<String, String> values, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      values.put(name, value.toLowerCase(Locale.ROOT));
    }
  }

  public boolean isWithdrawn() {
    return reason.equals(DetectionStatus.WITHDRAWN);
  }

  /**
   * Returns whether an exception covers the detection. A network in the exception is compared with
   * the events in the detection's evidence. A withdrawn detection is never covered.
   */
  public boolean isCoveredBy(ExceptionEntry entry) {
    NamedNetwork network = entry.network();
    return !isWithdrawn()
        && entry.names(rule, principal, partner, endAt)
        && (network == null || isCoveredBy(network));
  }

  /**
   * Returns whether an exception for a network covers the detection, because the network contains
   * enough of the events in the detection's evidence. In general it has to contain all of them. For
   * a rule that fires by pairs of events, one event of each pair is enough, because a single event
   * outside the network cannot fire alone. For {@code impossible-travel}, {@code token-replay} and
   * {@code session-replay}, several events may be outside if these events are known not to fire
   * together. {@code conditional-access-gap} and {@code risky-sign-in-used} compare calls with
   * other events. So the events outside may be calls only, or other events only. For {@code
   * defender-corroboration} only the event of {@link #telling} counts. The result is false without
   * evidence.
   */
  boolean isCoveredBy(NamedNetwork network) {
    if (rule.equals(DEFENDER)) {
      Side side = telling();
      return side != null && side.in(network);
    }
    List<Side> outside = sides.stream().filter(side -> !side.in(network)).toList();
    if (outside.isEmpty()) {
      return !sides.isEmpty();
    }
    if (outside.size() == sides.size()) {
      return false;
    }
    return switch (rule) {
      case "impossible-travel" -> distinct(outside.stream().map(Side::place).toList()) == 1;
      case "token-replay" ->
          distinct(outside.stream().map(side -> String.valueOf(side.oid())).toList()) == 1
              && areOfOneNetwork(outside)
              && outside.stream().noneMatch(Side::expired);
      case "session-replay" -> areOfOneNetwork(outside);
      case "conditional-access-gap", "risky-sign-in-used" ->
          outside.size() == 1 || areOfOneKind(outside);
      default -> firesByPairs && outside.size() == 1;
    };
  }

  /**
   * Returns whether the rule compares events with one another. The rules that fire by pairs do, and
   * so does {@code token-replay}, although it also fires by a single use of an expired token.
   */
  boolean comparesEvents() {
    return firesByPairs || rule.equals("token-replay");
  }

  /**
   * Returns whether all events are in the same network. That is so if all have the same address
   * prefix, or all have the same autonomous system and country. An unknown value equals another
   * unknown one. What is known of the networks of such events makes neither {@code token-replay}
   * nor {@code session-replay} fire.
   */
  private static boolean areOfOneNetwork(List<Side> sides) {
    return distinct(sides.stream().map(side -> String.valueOf(side.prefix())).toList()) == 1
        || distinct(sides.stream().map(side -> side.asn() + "/" + side.country()).toList()) == 1;
  }

  /**
   * Returns whether the given events are only API calls or only other events, while the detection
   * has events of both kinds.
   */
  private boolean areOfOneKind(List<Side> some) {
    boolean isCall = some.get(0).isCall();
    return some.stream().allMatch(side -> side.isCall() == isCall)
        && sides.stream().anyMatch(side -> side.isCall() != isCall);
  }

  private static int distinct(List<String> values) {
    Set<String> set = new HashSet<>(values);
    return set.size();
  }

  /**
   * Returns the event that stands for the whole detection, or null if there is no evidence. It is
   * the first event in the evidence at the detection's address, or else the first of all.
   */
  @Nullable Side telling() {
    for (Side side : sides) {
      if (side.ip() != null && side.ip().equals(ip)) {
        return side;
      }
    }
    return sides.isEmpty() ? null : sides.get(0);
  }

  /**
   * Parses a detection in JSON. The result is null if the text is not a detection.
   *
   * @param firesByPairs predicate that is true for the id of a rule whose findings each need at
   *     least two events, {@link RuleInfo#firesByPairs}
   */
  public static @Nullable DetectionSummary parse(String json, Predicate<String> firesByPairs) {
    Reading reading = new Reading();
    try {
      DetectionFields.forEachField(json, reading::take);
    } catch (IOException | DateTimeException e) {
      return null;
    }
    return reading.summary(firesByPairs);
  }

  private static final class Reading {
    private @Nullable String id;
    private long revision;
    private @Nullable String rule;
    private String reason = "";
    private String severity = "";
    private String title = "";
    private @Nullable String principal;
    private @Nullable String partner;
    private @Nullable String ip;
    private long endAt;
    private boolean alerts;
    private @Nullable String incident;
    private @Nullable String severityBefore;
    private final List<Side> sides = new ArrayList<>();

    @Nullable DetectionSummary summary(Predicate<String> firesByPairs) {
      return id == null || rule == null
          ? null
          : new DetectionSummary(
              id,
              revision,
              rule,
              reason,
              severity,
              title,
              principal,
              partner,
              ip,
              endAt,
              alerts && !rule.equals(DEFENDER),
              incident,
              severityBefore,
              sidesToCover(),
              firesByPairs.test(rule));
    }

    /**
     * Returns, from the detection's evidence, the events that an exception has to cover. If the
     * detection names an address and no event does, a single event at that address replaces them.
     * If the detection's address is the only one that events name, events without a known network
     * are left out, because exceptions do not count them.
     */
    private List<Side> sidesToCover() {
      if (ip == null || sides.isEmpty()) {
        return List.copyOf(sides);
      }
      if (sides.stream().allMatch(side -> side.ip() == null)) {
        return List.of(new Side(ip, null, null, null, null, "", null, false, false));
      }
      return sides.stream().allMatch(side -> side.ip() == null || side.ip().equals(ip))
          ? sides.stream().filter(side -> side.ip() != null || side.prefix() != null).toList()
          : List.copyOf(sides);
    }

    void take(String name, JsonParser value) throws IOException {
      if (value.currentToken().isStructStart() && value.currentToken() != form(name)) {
        return;
      }
      switch (name) {
        case "id" -> id = value.getValueAsString();
        case "revision" -> revision = value.getValueAsLong();
        case "rule" -> {
          String of = value.getValueAsString();
          rule = of == null ? null : RuleInfo.ruleOf(of); // an exception names no candidate
        }
        case "reason" -> reason = text(value);
        case "severity" -> severity = text(value);
        case "title" -> title = text(value);
        case "principal" -> principal = idOf(value);
        case "partner" -> partner = idOf(value);
        case "ip" -> ip = value.getValueAsString();
        case "endTime" -> endAt = Instant.parse(text(value)).toEpochMilli();
        case "evidence" -> DetectionFields.forEachObject(value, each -> sides.add(side(each)));
        case "correlationId" -> incident = value.getValueAsString();
        case "gates" -> DetectionFields.forEachObject(value, this::gate);
        case "defenderAlerts" ->
            alerts = value.currentToken() == JsonToken.START_ARRAY; // absent without alerts
        default -> {}
      }
    }

    /**
     * Returns the JSON token with which the value of a field has to begin, or null if the field
     * holds neither object nor list. An object or list in any other field is skipped.
     */
    private static @Nullable JsonToken form(String field) {
      return switch (field) {
        case "principal", "partner" -> JsonToken.START_OBJECT;
        case "evidence", "gates", "defenderAlerts" -> JsonToken.START_ARRAY;
        default -> null;
      };
    }

    private static String text(JsonParser parser) throws IOException {
      return parser.getValueAsString("");
    }

    private static @Nullable String idOf(JsonParser parser) throws IOException {
      return DetectionFields.texts(parser).get("id");
    }

    /**
     * Returns the texts of an object's fields, and of the fields of objects nested in it. Nested
     * fields have names such as {@code network.country}.
     */
    private static Map<String, String> textsOfTwoLevels(JsonParser parser) throws IOException {
      Map<String, String> texts = new HashMap<>();
      DetectionFields.forEach(
          parser,
          (name, value) -> {
            String text = DetectionFields.text(value);
            if (text != null) {
              texts.put(name, text);
            }
            DetectionFields.texts(value)
                .forEach((inner, own) -> texts.put(name + "." + inner, own));
          });
      return texts;
    }

    /**
     * Reads one element of the list {@code gates}. If the element says that the incident raised the
     * severity, the earlier severity is stored. All else is skipped.
     */
    private void gate(JsonParser parser) throws IOException {
      Map<String, String> texts = textsOfTwoLevels(parser);
      if (SeverityBeforeIncident.isRaise(
          texts.getOrDefault("gate", ""), texts.getOrDefault("verdict", ""))) {
        severityBefore = texts.get("numbers.from");
      }
    }

    private static Side side(JsonParser parser) throws IOException {
      Map<String, String> texts = textsOfTwoLevels(parser);
      return new Side(
          texts.get("ip"),
          texts.get("network.prefix"),
          number(texts.get("network.asn")),
          texts.get("network.country"),
          texts.get("network.class"),
          placed(texts.get("place.country")) + placed(texts.get("place.city")),
          texts.get("mattered.oid"),
          texts.containsKey("mattered.expiry"),
          CALLS.contains(texts.getOrDefault("category", "")));
    }

    private static @Nullable Long number(@Nullable String text) {
      return text == null ? null : (Long) NumberInput.parseAsLong(text, 0);
    }

    private static String placed(@Nullable String name) {
      return name == null ? "" : "/" + name;
    }
  }
}
