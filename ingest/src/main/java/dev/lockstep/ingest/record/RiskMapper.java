package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Risk;
import org.jspecify.annotations.Nullable;

/** Mapper of a risk detection, or of the state of a risky user, to an activity. */
final class RiskMapper {
  private RiskMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    RiskFields risk = f.risk;
    if (risk.id == null) {
      return ActivityMapper.noId(slice, category, "properties.id");
    }
    boolean event = category == Category.RISK_EVENT;
    Outcome untimed =
        f.times.read(
            f,
            slice,
            category,
            event ? "properties.activityDateTime" : "properties.riskLastUpdatedDateTime",
            event ? eventTime(risk) : risk.updatedDateTime);
    if (untimed != null) {
      return untimed;
    }
    // A risk event has an id of its own beside the user's; a risky user's id is the user's.
    String userId = event || risk.userId != null ? risk.userId : risk.id;
    String id = event ? risk.id : userId + "/" + state(risk);
    Activity activity = ActivityMapper.activity(ActivityKind.RISK, category, id, slice, f.times);
    if (userId != null) {
      String name = risk.userPrincipalName != null ? risk.userPrincipalName : risk.userDisplayName;
      activity.setPrincipal(ActivityMapper.principal(Scalars.lower(userId), name, "user"));
    }
    String address = risk.ipAddress != null ? risk.ipAddress : f.callerIpAddress;
    if (address != null) {
      activity.setAddress(address);
    }
    RecordGeo geo = risk.geo.geo(null);
    if (geo != null) {
      activity.setGeo(geo);
    }
    if (risk.userAgent != null) {
      activity.setUserAgent(risk.userAgent);
    }
    if (risk.correlationId != null) {
      activity.setCorrelationId(risk.correlationId);
    }
    activity.setRisk(risk(risk));
    return ActivityMapper.judged(activity, slice);
  }

  private static @Nullable String eventTime(RiskFields risk) {
    return risk.activityDateTime != null ? risk.activityDateTime : risk.detectedDateTime;
  }

  /**
   * Returns the text that identifies a state of a risky user, because the id is the user's and
   * repeats with each change.
   */
  private static String state(RiskFields risk) {
    return risk.updatedDateTime != null
        ? risk.updatedDateTime
        : Fingerprint.of(risk.riskLevel, risk.riskState, risk.riskDetail);
  }

  private static Risk risk(RiskFields f) {
    Risk risk = new Risk();
    String type = f.riskEventType != null ? f.riskEventType : f.riskType;
    if (type != null) {
      risk.setType(type);
    }
    if (f.riskLevel != null) {
      risk.setLevel(f.riskLevel);
    }
    if (f.riskState != null) {
      risk.setState(f.riskState);
    }
    if (f.riskDetail != null) {
      risk.setDetail(f.riskDetail);
    }
    if (f.source != null) {
      risk.setSource(f.source);
    }
    if (f.timing != null) {
      risk.setTiming(f.timing);
    }
    if (f.activity != null) {
      risk.setActivity(f.activity);
    }
    if (f.requestId != null) {
      risk.setRequestId(TokenIds.normalised(f.requestId));
    }
    return risk;
  }
}
