package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.entity.EntityTypes;
import dev.lockstep.ingest.entity.NamedEntities;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.Timestamps;
import java.util.ArrayList;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Mapper of an alert's fields to an activity. */
final class AlertMapper {
  private static final String OWN_TITLE = "Lockstep";
  private static final int SHOWN_ENTITY_CHARS = 64;

  private AlertMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    AlertFields alert = f.alert;
    boolean cloud = category == Category.ALERT;
    String id = cloud ? cloudId(alert) : alert.alertId;
    if (id == null) {
      return ActivityMapper.noId(slice, category, cloud ? "SystemAlertId" : "properties.AlertId");
    }
    String timeKey = cloud ? "StartTimeUtc" : "properties.Timestamp";
    // not read by EventTimes: the top level's time does not stand in for an alert's own
    String time = cloud ? cloudTime(alert) : alert.timestamp;
    if (time == null) {
      return alert.timeMisfit == null
          ? ActivityMapper.noTime(slice, category, timeKey)
          : ActivityMapper.misfit(slice, category, alert.timeMisfit);
    }
    long eventAt = Timestamps.parse(time);
    if (eventAt == Timestamps.UNREADABLE) {
      return ActivityMapper.badTime(slice, category, timeKey, time);
    }
    long elseArrivalAt = eventAt;
    if (slice.enqueuedAt() == null) {
      String envelope = f.envelopeTime();
      if (envelope != null) {
        elseArrivalAt = Timestamps.parse(envelope);
        if (elseArrivalAt == Timestamps.UNREADABLE) {
          return ActivityMapper.badTime(slice, category, "time", envelope);
        }
      } else if (f.timeMisfit != null) {
        return ActivityMapper.misfit(slice, category, f.timeMisfit);
      }
    }
    NamedEntities named = cloud ? ofCloud(alert) : ofEvidence(alert);
    String eventId = category == Category.ALERT_EVIDENCE ? id + "/" + entity(alert, named) : id;
    Activity activity =
        ActivityMapper.activity(
            ActivityKind.ALERT, category, eventId, slice, eventAt, elseArrivalAt);
    activity.setAlert(alert(id, alert, named));
    return TimeBounds.judged(activity, slice);
  }

  private static @Nullable String cloudId(AlertFields alert) {
    return alert.systemAlertId != null ? alert.systemAlertId : alert.resourceName;
  }

  private static @Nullable String cloudTime(AlertFields alert) {
    return alert.startTimeUtc != null ? alert.startTimeUtc : alert.startTime;
  }

  private static NamedEntities ofCloud(AlertFields alert) {
    NamedEntities named = alert.entities;
    if (named.isNobody()) {
      named.addAccounts(alert.extended);
    }
    if (named.addresses.isEmpty()) {
      named.addAddresses(alert.extended);
    }
    return named;
  }

  /**
   * Returns the accounts and addresses that one {@code AlertEvidence} record names. {@code
   * AdditionalFields} counts only if the entity is an account, a session or an address itself. For
   * a machine, this field names every user and address that the machine ever had.
   */
  private static NamedEntities ofEvidence(AlertFields alert) {
    NamedEntities named = new NamedEntities();
    named.account(alert.accountObjectId);
    named.address(alert.remoteIp);
    String type = entityType(alert);
    if (type.equals(EntityTypes.IP)) {
      named.addAddresses(alert.additional);
    } else if (EntityTypes.isAccount(type) || EntityTypes.isSession(type)) {
      named.addAccounts(alert.additional);
    }
    if (named.accounts.isEmpty()) {
      named.name(alert.accountUpn);
    } else {
      named.names.clear();
    }
    return named;
  }

  private static String entityType(AlertFields alert) {
    String word = alert.entityType != null ? alert.entityType : alert.additionalType;
    return word == null ? "" : EntityTypes.of(word);
  }

  /**
   * Returns an id of the entity in an {@code AlertEvidence} record. The id distinguishes the record
   * from other records of the same alert, and is the same in copies.
   */
  private static String entity(AlertFields alert, NamedEntities named) {
    ArrayList<String> all = new ArrayList<>(named.accounts);
    all.addAll(named.names);
    all.addAll(named.addresses);
    String type = entityType(alert);
    if (all.size() == 1 && all.get(0).length() <= SHOWN_ENTITY_CHARS) {
      return type + "/" + all.get(0);
    }
    long hash = alert.entityHash != 0 ? alert.entityHash : alert.additionalHash;
    for (String each : all) {
      hash = hash * 31 + each.hashCode();
    }
    return type + "/" + HexFormat.of().toHexDigits(hash);
  }

  private static Alert alert(String id, AlertFields f, NamedEntities named) {
    Alert alert = new Alert();
    alert.setId(id);
    String title = f.alertDisplayName != null ? f.alertDisplayName : f.title;
    title = title != null ? title : f.otherTitle;
    alert.setTitle(title);
    alert.setSeverity(severity(f.severity != null ? f.severity : f.alertSeverity));
    String product = f.serviceSource != null ? f.serviceSource : f.productName;
    product = product != null ? product : f.providerName;
    alert.setProduct(product);
    if (f.link != null && f.link.regionMatches(true, 0, "https://", 0, 8)) {
      alert.setLink(f.link);
    }
    alert.setAccounts(new ArrayList<>(named.accounts));
    alert.setNames(new ArrayList<>(named.names));
    alert.setAddresses(new ArrayList<>(named.addresses));
    alert.setOwn(
        title != null
            && title.stripLeading().startsWith(OWN_TITLE)
            && (isSentinel(f.serviceSource)
                || isSentinel(f.productName)
                || isSentinel(f.providerName)));
    return alert;
  }

  private static @Nullable Severity severity(@Nullable String word) {
    if (word != null) {
      for (Severity severity : Severity.values()) {
        if (word.strip().equalsIgnoreCase(severity.name())) {
          return severity;
        }
      }
    }
    return null;
  }

  private static boolean isSentinel(@Nullable String product) {
    return product != null
        && switch (EntityTypes.of(product)) {
          case "sentinel", "azuresentinel", "microsoftsentinel", "microsoftazuresentinel" -> true;
          default -> false;
        };
  }
}
