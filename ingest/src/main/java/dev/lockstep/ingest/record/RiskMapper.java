package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Risk;
import org.jspecify.annotations.Nullable;

/**
 * Mapper of a risk detection, or of the risk state of a user, workload or agent, to an activity.
 */
final class RiskMapper {
  private RiskMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    RiskFields risk = f.risk;
    boolean event = isEvent(category);
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
    String whose = whose(category, risk, event);
    String id =
        ActivityMapper.idOf(event ? eventId(risk) : stateId(risk, whose, f.times), slice, f.times);
    Activity activity = ActivityMapper.activity(ActivityKind.RISK, category, id, slice, f.times);
    activity.setPrincipal(principal(category, risk, whose));
    activity.setAddress(risk.ipAddress != null ? risk.ipAddress : f.callerIpAddress);
    activity.setGeo(risk.geo.geo(null));
    activity.setUserAgent(risk.userAgent);
    // A row of a risk state has the envelope's correlation id, which names no event.
    String correlationId =
        risk.correlationId != null ? risk.correlationId : risk.signInCorrelationId;
    activity.setCorrelationId(event ? correlationId : null);
    activity.setRisk(risk(risk, event));
    return TimeBounds.judged(activity, slice);
  }

  private static @Nullable String eventTime(RiskFields risk) {
    return risk.activityDateTime != null ? risk.activityDateTime : risk.detectedDateTime;
  }

  private static boolean isEvent(Category category) {
    return category == Category.RISK_EVENT
        || category == Category.WORKLOAD_RISK_EVENT
        || category == Category.AGENT_RISK_EVENT;
  }

  private static @Nullable String eventId(RiskFields risk) {
    // Each change of state or level is an event.
    return risk.id == null
        ? null
        : risk.id + "/" + word(risk.riskState) + "/" + word(risk.riskLevel);
  }

  private static String word(@Nullable String text) {
    return text == null ? "" : Scalars.lower(text);
  }

  /**
   * Returns an event id for the risk state of a user, workload or agent, or null if the id {@code
   * whose} is null. The event id is made of {@code whose} and of the instant of the last change. If
   * that time is missing, a hash of level, state and detail takes its place. Hubs and exports write
   * the same time differently, so the id has the instant.
   */
  private static @Nullable String stateId(
      RiskFields risk, @Nullable String whose, EventTimes times) {
    if (whose == null) {
      return null;
    }
    String state =
        risk.updatedDateTime != null
            ? times.instant()
            : Fingerprint.of(risk.riskLevel, risk.riskState, risk.riskDetail);
    return whose + "/" + state;
  }

  /**
   * Returns the id of the user, workload or agent at risk, or null if there is none. If the record
   * of a risk state names none, it is the record's own id.
   *
   * @param event if the record is of a risk event; otherwise it is of a risk state
   */
  private static @Nullable String whose(Category category, RiskFields risk, boolean event) {
    String named =
        switch (category) {
          case WORKLOAD_RISK_EVENT, RISKY_WORKLOAD -> risk.servicePrincipalId;
          case AGENT_RISK_EVENT, RISKY_AGENT ->
              risk.agentId != null ? risk.agentId : risk.identityId;
          default -> risk.userId;
        };
    return event || named != null ? named : risk.id;
  }

  private static @Nullable Principal principal(
      Category category, RiskFields risk, @Nullable String whose) {
    return switch (category) {
      case WORKLOAD_RISK_EVENT, RISKY_WORKLOAD ->
          principal(whose != null ? whose : risk.appId, risk.workloadName, PrincipalTypes.WORKLOAD);
      case AGENT_RISK_EVENT, RISKY_AGENT -> {
        boolean user = "agentUser".equalsIgnoreCase(risk.identityType);
        String name = risk.agentName != null ? risk.agentName : risk.workloadName;
        yield principal(whose, name, user ? PrincipalTypes.USER : PrincipalTypes.WORKLOAD);
      }
      default -> {
        String name =
            risk.userPrincipalName != null ? risk.userPrincipalName : risk.userDisplayName;
        yield principal(whose, name, PrincipalTypes.USER);
      }
    };
  }

  private static @Nullable Principal principal(
      @Nullable String id, @Nullable String name, String type) {
    return id == null ? null : ActivityMapper.principal(Scalars.lower(id), name, type);
  }

  private static Risk risk(RiskFields f, boolean event) {
    Risk risk = new Risk();
    if (event && f.id != null) {
      risk.setId(f.id);
    }
    risk.setType(f.riskEventType != null ? f.riskEventType : f.riskType);
    risk.setLevel(f.riskLevel);
    risk.setState(f.riskState);
    risk.setDetail(f.riskDetail);
    risk.setSource(f.source);
    risk.setTiming(f.timing);
    risk.setActivity(f.activity);
    risk.setRequestId(TokenIds.known(f.requestId != null ? f.requestId : f.signInRequestId));
    return risk;
  }
}
