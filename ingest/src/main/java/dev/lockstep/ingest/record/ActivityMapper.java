package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.json.JsonContentHash;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.text.Quoted;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Mapper that turns a record's fields into the record's outcome, with the mapper for the record's
 * category.
 */
public final class ActivityMapper {
  private ActivityMapper() {}

  public static Outcome map(RecordFields fields, Slice slice) {
    Category category = fields.category;
    if (category == null) {
      if (fields.anyCategory) {
        return new Outcome.Ignored(fields.categoryText);
      } else if (fields.own.versioned
          && (fields.correlationId != null || fields.own.hasContent())) {
        return CallMapper.link(fields, slice);
      }
      String kind = fields.alert.kind();
      if (!kind.equals(Category.ALERT.spelling)) {
        return new Outcome.Ignored(kind);
      }
      category = Category.ALERT;
    }
    if (fields.propertiesReason != null) {
      return slice.rejected(fields.propertiesReason, fields.propertiesDetail, category);
    }
    return switch (category.group) {
      case SIGN_IN -> SignInMapper.map(category, fields, slice);
      case GATEWAY -> CallMapper.call(category, fields, slice);
      case GRAPH -> GraphMapper.map(category, fields, slice);
      case DIRECTORY -> AuditMapper.ofDirectory(category, fields, slice);
      case RESOURCE -> AuditMapper.ofResource(category, fields, slice);
      case RISK -> RiskMapper.map(category, fields, slice);
      case EDGE -> EdgeMapper.map(category, fields, slice);
      case VAULT -> VaultMapper.map(category, fields, slice);
      case ALERT -> AlertMapper.map(category, fields, slice);
      case CONTEXT -> ContextMapper.map(category, fields, slice);
      case LINK -> CallMapper.link(fields, slice);
    };
  }

  /**
   * Creates an activity, and sets the fields that activities of all kinds have.
   *
   * @param elseArrivalAt arrival time if the transport has none
   */
  static Activity activity(
      ActivityKind kind,
      Category category,
      String eventId,
      Slice slice,
      long eventAt,
      long elseArrivalAt) {
    Activity activity = new Activity();
    activity.setKind(kind);
    activity.setCategory(category.spelling);
    activity.setEventId(eventId);
    activity.setEventAt(eventAt);
    activity.setArrivalAt(slice.enqueuedAt() != null ? slice.enqueuedAt() : elseArrivalAt);
    activity.setWhere(slice.where());
    activity.setStatus(-1);
    return activity;
  }

  static Activity activity(
      ActivityKind kind, Category category, String eventId, Slice slice, EventTimes times) {
    return activity(kind, category, eventId, slice, times.eventAt, times.elseArrivalAt);
  }

  /**
   * Returns the event's id from the record, or else a hash that serves as the id. The hash is of
   * the event's time and of the record without its top-level times.
   */
  static String idOf(@Nullable String id, Slice slice, EventTimes times) {
    if (id != null) {
      return id;
    }
    long content = JsonContentHash.ofRecord(slice.message(), slice.start(), slice.end());
    return Fingerprint.of(times.millis(), HexFormat.of().toHexDigits(content));
  }

  static Principal principal(String id, @Nullable String name, String type) {
    Principal principal = new Principal();
    principal.setId(id);
    principal.setName(name);
    principal.setType(type);
    return principal;
  }

  static void setContext(
      Activity activity,
      RecordFields f,
      @Nullable String operation,
      @Nullable String reason,
      @Nullable String correlationId) {
    if (operation != null) {
      // Entra writes trailing blanks in some names.
      activity.setOperation(operation.strip());
    }
    activity.setResource(f.resourceId);
    activity.setReason(reason);
    activity.setCorrelationId(correlationId);
  }

  static Outcome noId(Slice slice, Category category, String key) {
    return slice.rejected(
        Reason.NO_ID,
        "the record has no id: " + key + " is absent, or its value is no id",
        category);
  }

  static Outcome noTime(Slice slice, Category category, String key) {
    return slice.rejected(Reason.NO_TIME, key + " is absent", category);
  }

  static Outcome misfit(Slice slice, Category category, String key) {
    return slice.rejected(Reason.BAD_TIME, key + " is an object or array", category);
  }

  static Outcome badTime(Slice slice, Category category, String key, String value) {
    return slice.rejected(
        Reason.BAD_TIME,
        key
            + " is not a time: "
            + Quoted.of(value)
            + (isLocalDate(value)
                ? "; export with the portal in English (United States) and its times in UTC"
                : ""),
        category);
  }

  /**
   * Returns whether a text begins like a date in a local format, such as {@code 31.12.2026}. It
   * begins with one or two digits and a point, slash or dash. A portal that is not set to English
   * (United States) writes such dates.
   */
  private static boolean isLocalDate(String value) {
    int at = 0;
    while (at < value.length() && value.charAt(at) >= '0' && value.charAt(at) <= '9') {
      at++;
    }
    return at > 0 && at < 3 && at < value.length() && "./-".indexOf(value.charAt(at)) >= 0;
  }
}
