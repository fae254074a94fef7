package dev.lockstep.ingest.record;

import dev.lockstep.schemas.Target;
import dev.lockstep.schemas.text.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fields read from {@code properties} of one record of {@code AuditLogs} or {@code Administrative}.
 * Such a record reports a change in the directory or a change of an Azure resource.
 */
final class AuditFields {
  // directory
  @Nullable String id;

  /** Id that Intune gives a change. Intune's log has the same name as Entra's. */
  @Nullable String intuneId;

  @Nullable String activityDateTime;
  @Nullable String activityDisplayName;
  @Nullable String operationName;
  @Nullable String category;
  @Nullable String loggedByService;
  @Nullable String operationType;
  @Nullable String result;
  @Nullable String resultReason;
  @Nullable String resultDescription;
  @Nullable String correlationId;
  @Nullable String userAgent;

  @Nullable String userId;
  @Nullable String userName;
  @Nullable String userDisplayName;
  @Nullable String userAddress;
  @Nullable String appId;
  @Nullable String appName;
  @Nullable String servicePrincipalId;

  final List<Target> targets = new ArrayList<>();
  final List<String> modified = new ArrayList<>();
  @Nullable String roleTargetName;
  @Nullable String roleTargetId;
  @Nullable String modifiedRoleName;
  @Nullable String modifiedRoleId;
  @Nullable String templateId;
  @Nullable String justification;

  /**
   * Start of a role activation in milliseconds since 1970, or {@link Timestamps#UNREADABLE} if the
   * record has none that can be read.
   */
  long startsAt = Timestamps.UNREADABLE;

  /**
   * End of a role activation in milliseconds since 1970, or {@link Timestamps#UNREADABLE} if the
   * record has none that can be read.
   */
  long endsAt = Timestamps.UNREADABLE;

  // Azure resources
  @Nullable String eventId;

  /** Id that the activity log's table and REST API give an event. An event hub leaves it out. */
  @Nullable String eventDataId;

  @Nullable String provider;
  @Nullable String eventName;
  @Nullable String roleDefinition;
  @Nullable String roleDefinitionId;
  @Nullable String callerUpn;
  @Nullable String callerId;
  @Nullable String callerName;
  @Nullable String callerClass;
  @Nullable String subjectId;
  @Nullable String subjectName;
  @Nullable String subjectType;
}
