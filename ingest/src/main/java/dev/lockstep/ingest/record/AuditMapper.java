package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Target;
import dev.lockstep.schemas.text.Timestamps;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Mapper of a change in the directory (category {@code AuditLogs}) or of Azure resources ({@code
 * Administrative}) to an activity. {@link Category} has the categories.
 */
final class AuditMapper {
  private static final String ROLE_SERVICE = "azurerbac";
  private static final String ENTRA_ROLE_SERVICE = "PIM";

  private AuditMapper() {}

  static Outcome ofDirectory(Category category, RecordFields f, Slice slice) {
    AuditFields audit = f.audit;
    if (audit.id == null && (isInAGroup(f.resourceId) || audit.intuneId != null)) {
      return new Outcome.Ignored(f.categoryText);
    }
    Outcome untimed =
        f.times.read(f, slice, category, "properties.activityDateTime", audit.activityDateTime);
    if (untimed != null) {
      return untimed;
    }
    Activity activity =
        ActivityMapper.activity(
            ActivityKind.AUDIT,
            category,
            ActivityMapper.idOf(audit.id, slice, f.times),
            slice,
            f.times);
    Principal principal = initiator(audit);
    activity.setPrincipal(principal);
    describe(activity, f, audit);
    Change change = directoryChange(f, audit);
    boolean ofRoles = ENTRA_ROLE_SERVICE.equalsIgnoreCase(audit.loggedByService);
    change.setActivation(ofRoles ? RoleActivations.of(activity.getOperation()) : null);
    String label = audit.userName != null ? audit.userName : audit.userDisplayName;
    label = label != null ? label : audit.appName;
    if (principal == null && label != null) {
      change.setInitiator(label);
    }
    activity.setChange(change);
    return TimeBounds.judged(activity, slice);
  }

  private static void describe(Activity activity, RecordFields f, AuditFields audit) {
    activity.setAddress(audit.userAddress != null ? audit.userAddress : f.callerIpAddress);
    activity.setApp(audit.appName);
    activity.setUserAgent(audit.userAgent);
    String operation =
        audit.activityDisplayName != null ? audit.activityDisplayName : audit.operationName;
    operation = operation != null ? operation : f.operationName;
    String reason = audit.resultReason != null ? audit.resultReason : audit.justification;
    reason = reason != null ? reason : audit.resultDescription;
    reason = reason != null ? reason : f.resultDescription;
    String correlationId = audit.correlationId != null ? audit.correlationId : f.correlationId;
    ActivityMapper.setContext(activity, f, operation, reason, correlationId);
  }

  private static boolean isInAGroup(@Nullable String resourceId) {
    // Entra's audit log belongs to a tenant, but other Azure services have a log of the same name.
    return resourceId != null && Scalars.lower(resourceId).contains("/resourcegroups/");
  }

  private static @Nullable Principal initiator(AuditFields f) {
    if (f.userId != null) {
      String name = f.userName != null ? f.userName : f.userDisplayName;
      return ActivityMapper.principal(Scalars.lower(f.userId), name, PrincipalTypes.USER);
    }
    String id = f.servicePrincipalId != null ? f.servicePrincipalId : f.appId;
    return id == null
        ? null
        : ActivityMapper.principal(Scalars.lower(id), f.appName, PrincipalTypes.WORKLOAD);
  }

  private static Change directoryChange(RecordFields f, AuditFields audit) {
    Change change = new Change();
    change.setService(audit.loggedByService);
    change.setCategory(audit.category);
    change.setType(audit.operationType);
    String result = audit.result != null ? audit.result : f.resultType;
    if (result != null) {
      change.setResult(Scalars.label(result));
    }
    change.setRole(audit.roleTargetName != null ? audit.roleTargetName : audit.modifiedRoleName);
    String roleId = audit.modifiedRoleId != null ? audit.modifiedRoleId : audit.templateId;
    roleId = roleId != null ? roleId : audit.roleTargetId;
    if (roleId != null) {
      change.setRoleId(Scalars.lower(roleId));
    }
    setSpan(change, f, audit);
    change.setModified(new ArrayList<>(audit.modified));
    change.setTargets(new ArrayList<>(audit.targets));
    return change;
  }

  private static void setSpan(Change change, RecordFields f, AuditFields audit) {
    boolean begins = audit.startsAt != Timestamps.UNREADABLE;
    boolean ends = audit.endsAt != Timestamps.UNREADABLE;
    if (begins) {
      change.setStartsAt(audit.startsAt);
    }
    if (ends) {
      change.setEndsAt(audit.endsAt);
    }
    if (begins && ends && audit.endsAt < audit.startsAt) {
      f.ids.record(Flaw.CONTRADICTING_TIMES);
    }
  }

  static Outcome ofResource(Category category, RecordFields f, Slice slice) {
    AuditFields audit = f.audit;
    if (isOfAnotherLog(category, f)) {
      return new Outcome.Ignored(f.categoryText);
    }
    Outcome untimed = f.times.read(f, slice, category, "time", null);
    if (untimed != null) {
      return untimed;
    }
    String id = ActivityMapper.idOf(resourceEventId(f), slice, f.times);
    Activity activity = ActivityMapper.activity(ActivityKind.AUDIT, category, id, slice, f.times);
    activity.setAddress(f.callerIpAddress);
    Principal principal = audit.callerId != null ? caller(audit) : f.identity.principal();
    activity.setPrincipal(principal);
    activity.setToken(f.identity.token());
    ActivityMapper.setContext(
        activity,
        f,
        f.operationName,
        audit.justification != null ? audit.justification : f.resultDescription,
        f.correlationId);
    activity.setChange(resourceChange(f, audit, principal == null));
    return TimeBounds.judged(activity, slice);
  }

  /**
   * Returns whether a record belongs to another log than the subscription's activity log. Logs of
   * other services use the same category names. A record belongs to the subscription's activity log
   * if its category says so, or if its identity has an action or a principal.
   */
  private static boolean isOfAnotherLog(Category category, RecordFields f) {
    return !category.spelling.equalsIgnoreCase(f.categoryText)
        && f.identity.action == null
        && f.identity.principal() == null;
  }

  /**
   * Returns the id of an event of the activity log, or null if the record has none. It is the id
   * that Privileged Identity Management gives, or else one computed from the correlation id. The
   * steps of one operation share a correlation id, so a hash of the step is added to it.
   *
   * <p>Records of the table and of the REST API have {@code eventDataId}, but records of an event
   * hub do not. All copies of an event need the same id, so {@code eventDataId} counts only if
   * there is no correlation id. The hub writes other letter cases and words than the API, and
   * portals cut times to milliseconds.
   */
  private static @Nullable String resourceEventId(RecordFields f) {
    if (f.audit.eventId != null) {
      return f.audit.eventId;
    } else if (f.correlationId == null) {
      return f.audit.eventDataId;
    }
    String step =
        Fingerprint.of(
            Long.toString(f.times.eventAt),
            Scalars.lowerOrNull(f.resourceId),
            Scalars.lowerOrNull(f.operationName),
            status(f.resultType));
    return f.correlationId + "/" + step;
  }

  /**
   * Returns a status in lower case, and in one spelling where Azure has two, such as {@code
   * Success} and {@code Succeeded}, or null for null.
   */
  private static @Nullable String status(@Nullable String result) {
    String word = Scalars.lowerOrNull(result);
    if (word == null) {
      return null;
    }
    return switch (word) {
      case "started" -> "start";
      case "accepted" -> "accept";
      case "succeeded" -> "success";
      case "failed" -> "failure";
      default -> word;
    };
  }

  private static Principal caller(AuditFields f) {
    boolean user = f.callerUpn != null && !"ServicePrincipal".equalsIgnoreCase(f.callerClass);
    String id = f.callerId == null ? "" : f.callerId;
    return ActivityMapper.principal(
        Scalars.lower(id),
        f.callerUpn != null ? f.callerUpn : f.callerName,
        user ? PrincipalTypes.USER : PrincipalTypes.WORKLOAD);
  }

  private static Change resourceChange(RecordFields f, AuditFields audit, boolean unknown) {
    Change change = new Change();
    change.setService(audit.provider);
    boolean ofRoles = ROLE_SERVICE.equalsIgnoreCase(audit.provider);
    if (ofRoles && audit.eventName != null) {
      change.setCategory(audit.eventName);
    }
    change.setByUser(f.identity.hasUserClaims());
    setSpan(change, f, audit);
    change.setType(f.identity.action);
    if (f.resultType != null) {
      change.setResult(Scalars.label(f.resultType));
    }
    String label = audit.callerUpn != null ? audit.callerUpn : audit.callerName;
    label = label != null ? label : f.identity.upn;
    label = label != null ? label : f.identity.name;
    if (unknown && label != null) {
      change.setInitiator(label);
    }
    change.setRole(audit.roleDefinition);
    change.setRoleId(audit.roleDefinitionId);
    change.setActivation(ofRoles ? RoleActivations.of(audit.eventName, f.operationName) : null);
    ArrayList<Target> targets = new ArrayList<>();
    if (audit.subjectId != null || audit.subjectName != null) {
      Target subject = new Target();
      AuditParser.set(subject, audit.subjectType, audit.subjectId, audit.subjectName);
      targets.add(subject);
    }
    change.setTargets(targets);
    change.setModified(new ArrayList<>());
    return change;
  }
}
