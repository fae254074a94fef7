package dev.lockstep.app.detection;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.Quoted;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Revision of a detection, reduced to the fields by which two runs are compared.
 *
 * @param group fields and values that make the group of a correlation, as people read them
 * @param startAt start in milliseconds since 1970
 * @param endAt end in milliseconds since 1970
 * @param events cited events; empty if they were not asked for
 */
public record ComparedDetection(
    String id,
    int revision,
    String rule,
    String reason,
    Severity severity,
    int count,
    boolean shadow,
    String title,
    @Nullable Principal principal,
    @Nullable String partner,
    @Nullable String ip,
    @Nullable String group,
    long startAt,
    long endAt,
    List<EventKey> events) {
  private static final List<Severity> SEVERITIES = List.of(Severity.values());
  private static final int LONGEST_ID = 400;
  private static final int LONGEST_TITLE = 1_000;
  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * Category and id of an event that a detection cites.
   *
   * @param eventId id, unique within the category
   */
  public record EventKey(String category, String eventId) {}

  public ComparedDetection {
    events = List.copyOf(events);
  }

  /** Returns whether this revision retracts the finding. */
  public boolean isWithdrawn() {
    return reason.equals(DetectionStatus.WITHDRAWN);
  }

  /**
   * Returns the later of two revisions of a finding: {@code other}, unless its revision number is
   * lower.
   */
  public static ComparedDetection later(ComparedDetection known, ComparedDetection other) {
    return other.revision >= known.revision ? other : known;
  }

  /**
   * Returns the UTC day of {@code endTime}, the end of the time span that the detection reports.
   */
  public LocalDate day() {
    return LocalDate.ofEpochDay(Math.floorDiv(endAt, DAY_MILLIS));
  }

  /**
   * Returns the subject as people read it: the partner, else the principal's name or id, else the
   * address, else the group of a correlation. Without any of them it is {@code no subject}.
   */
  public String subject() {
    if (partner != null) {
      return "partner " + partner;
    }
    if (principal != null) {
      return principal.getName() == null ? principal.getId() : principal.getName();
    }
    if (ip != null) {
      return ip;
    }
    return group == null ? "no subject" : group;
  }

  /**
   * Returns the principal's id if the principal is the subject, else the subject as people read it.
   */
  public String subjectId() {
    return partner == null && principal != null ? principal.getId() : subject();
  }

  /**
   * Returns a copy of this detection that has another id, rule and severity, and is not in shadow.
   */
  public ComparedDetection of(String otherId, String otherRule, Severity otherSeverity) {
    return new ComparedDetection(
        otherId,
        revision,
        otherRule,
        reason,
        otherSeverity,
        count,
        false,
        title,
        principal,
        partner,
        ip,
        group,
        startAt,
        endAt,
        events);
  }

  /** Returns a detection reduced to the fields by which two runs are compared. */
  public static ComparedDetection of(Detection detection) {
    Set<EventKey> events = new LinkedHashSet<>();
    for (Evidence event : detection.getEvidence()) {
      events.add(new EventKey(event.getCategory(), event.getEventId()));
    }
    PartnerName partner = detection.getPartner();
    return new ComparedDetection(
        detection.getId(),
        detection.getRevision(),
        detection.getRule(),
        detection.getReason(),
        detection.getSeverity(),
        detection.getCount(),
        DetectionStatus.isInShadow(detection),
        cut(detection.getTitle(), LONGEST_TITLE),
        detection.getPrincipal(),
        partner == null ? null : partner.getId(),
        detection.getIp(),
        detection.getGroup() == null ? null : cut(groupText(detection.getGroup()), LONGEST_ID),
        detection.getStartTime(),
        detection.getEndTime(),
        List.copyOf(events));
  }

  /** Returns the group of a correlation as text for people: each field with its value. */
  public static String groupText(Map<String, String> group) {
    return new TreeMap<>(group)
        .entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }

  /**
   * Reads a detection from a line of JSON.
   *
   * @param withEvents whether to read the cited events
   * @throws IOException if the line is not a detection; its message says why
   */
  public static ComparedDetection parse(String line, boolean withEvents) throws IOException {
    Reading reading = new Reading(withEvents);
    try {
      DetectionFields.forEachField(line, reading::take);
    } catch (JsonEOFException e) {
      throw new IOException("the line is cut off", e);
    } catch (JsonProcessingException e) {
      throw new IOException("the line is not JSON", e);
    }
    return reading.detection();
  }

  /** Writes this detection, except for its id and its events. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(revision);
    out.writeUTF(rule);
    out.writeUTF(reason);
    out.writeByte(SEVERITIES.indexOf(severity));
    out.writeInt(count);
    out.writeBoolean(shadow);
    out.writeUTF(title);
    out.writeBoolean(principal != null);
    if (principal != null) {
      out.writeUTF(principal.getId());
      writeOrNothing(out, principal.getName());
      out.writeUTF(principal.getType());
    }
    writeOrNothing(out, partner);
    writeOrNothing(out, ip);
    writeOrNothing(out, group);
    out.writeLong(startAt);
    out.writeLong(endAt);
  }

  private static void writeOrNothing(DataOutput out, @Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  /**
   * Reads the fields that {@link #write} wrote, and returns the detection with these fields and an
   * id.
   */
  public static ComparedDetection read(String id, DataInput in) throws IOException {
    return new ComparedDetection(
        id,
        in.readInt(),
        in.readUTF(),
        in.readUTF(),
        SEVERITIES.get(in.readByte()),
        in.readInt(),
        in.readBoolean(),
        in.readUTF(),
        in.readBoolean() ? new Principal(in.readUTF(), readOrNothing(in), in.readUTF()) : null,
        readOrNothing(in),
        readOrNothing(in),
        readOrNothing(in),
        in.readLong(),
        in.readLong(),
        List.of());
  }

  private static @Nullable String readOrNothing(DataInput in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  /** Fields of a detection while its JSON is read. */
  private static final class Reading {
    private final boolean withEvents;
    private @Nullable String id;
    private int revision;
    private @Nullable String rule;
    private @Nullable String reason;
    private @Nullable Severity severity;
    private int count = -1;
    private boolean shadow;
    private String title = "";
    private @Nullable Principal principal;
    private @Nullable String partner;
    private @Nullable String ip;
    private @Nullable String group;
    private @Nullable Instant start;
    private @Nullable Instant end;
    private final Set<EventKey> events = new LinkedHashSet<>();

    Reading(boolean withEvents) {
      this.withEvents = withEvents;
    }

    ComparedDetection detection() throws IOException {
      if (id == null && rule == null && severity == null) {
        throw new IOException("the line is not a detection");
      }
      return new ComparedDetection(
          given(id, "id"),
          revision,
          given(rule, "rule"),
          given(reason, "reason"),
          given(severity, "severity"),
          given(count < 0 ? null : count, "count"),
          shadow,
          title,
          principal,
          partner,
          ip,
          group,
          given(start, "startTime").toEpochMilli(),
          given(end, "endTime").toEpochMilli(),
          List.copyOf(events));
    }

    private static <T> T given(@Nullable T value, String field) throws IOException {
      if (value == null) {
        throw new IOException(
            "the detection has no "
                + field
                + ", so the line is incomplete or was written by another version");
      }
      return value;
    }

    void take(String name, JsonParser value) throws IOException {
      switch (name) {
        case "id" -> id = text(value, name);
        case "revision" -> revision = number(value, name);
        case "rule" -> rule = text(value, name);
        case "reason" -> reason = text(value, name);
        case "severity" -> severity = severity(text(value, name));
        case "count" -> count = number(value, name);
        case "shadow" -> shadow = value.currentToken() == JsonToken.VALUE_TRUE;
        case "title" -> title = cut(String.valueOf(value.getValueAsString("")), LONGEST_TITLE);
        case "principal" -> principal = principal(value);
        case "partner" -> {
          Principal named = principal(value);
          partner = named == null ? null : named.getId();
        }
        case "ip" -> ip = orNothing(value);
        case "group" -> group = group(value);
        case "startTime" -> start = instant(text(value, name), name);
        case "endTime" -> end = instant(text(value, name), name);
        case "evidence" -> {
          if (withEvents) {
            DetectionFields.forEachObject(value, this::event);
          }
        }
        default -> {}
      }
    }

    private static String text(JsonParser parser, String field) throws IOException {
      String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
      if (text == null || text.isEmpty() || text.length() > LONGEST_ID) {
        throw new IOException("the detection's " + field + " is not text of 1 to 400 characters");
      }
      return text;
    }

    private static @Nullable String orNothing(JsonParser parser) throws IOException {
      String text = DetectionFields.text(parser);
      return text == null ? null : cut(text, LONGEST_ID);
    }

    private static int number(JsonParser parser, String field) throws IOException {
      int number =
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT
              ? (int) Math.min(Integer.MAX_VALUE, parser.getValueAsLong(-1))
              : -1;
      if (number < 0) {
        throw new IOException("the detection's " + field + " is not a whole number of at least 0");
      }
      return number;
    }

    private static Severity severity(String text) throws IOException {
      for (Severity each : Severity.values()) {
        if (each.name().equals(text)) {
          return each;
        }
      }
      throw new IOException(
          "the detection's severity " + Quoted.of(text) + " is unknown in this version");
    }

    private static Instant instant(String text, String field) throws IOException {
      try {
        Instant instant = Instant.parse(text);
        long millis = instant.toEpochMilli();
        return Instant.ofEpochMilli(millis);
      } catch (DateTimeException | ArithmeticException e) {
        throw new IOException("the detection's " + field + " is not a time", e);
      }
    }

    private static @Nullable Principal principal(JsonParser parser) throws IOException {
      Map<String, String> values = texts(parser);
      String id = values.get("id");
      return id == null
          ? null
          : new Principal(id, values.get("name"), values.getOrDefault("type", PrincipalTypes.USER));
    }

    private static Map<String, String> texts(JsonParser parser) throws IOException {
      Map<String, String> texts = DetectionFields.texts(parser);
      texts.replaceAll((name, text) -> cut(text, LONGEST_ID));
      return texts;
    }

    private static @Nullable String group(JsonParser parser) throws IOException {
      Map<String, String> values = new HashMap<>();
      DetectionFields.forEach(
          parser,
          (name, value) -> values.put(name, Objects.requireNonNullElse(orNothing(value), "")));
      return values.isEmpty() ? null : cut(groupText(values), LONGEST_ID);
    }

    private void event(JsonParser parser) throws IOException {
      Map<String, String> values = texts(parser);
      String category = values.get("category");
      String eventId = values.get("eventId");
      if (category != null && eventId != null) {
        events.add(new EventKey(category, eventId));
      }
    }
  }
}
