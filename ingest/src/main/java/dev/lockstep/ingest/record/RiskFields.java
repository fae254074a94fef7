package dev.lockstep.ingest.record;

import org.jspecify.annotations.Nullable;

/**
 * Fields read from a record of a risk detection, or of the risk state of a user, workload or agent.
 */
final class RiskFields {
  @Nullable String id;
  @Nullable String requestId;
  @Nullable String correlationId;
  @Nullable String riskType;
  @Nullable String riskEventType;
  @Nullable String riskLevel;
  @Nullable String riskState;
  @Nullable String riskDetail;
  @Nullable String source;
  @Nullable String timing;
  @Nullable String activity;
  @Nullable String ipAddress;
  @Nullable String userAgent;
  @Nullable String userId;
  @Nullable String userPrincipalName;
  @Nullable String userDisplayName;
  @Nullable String servicePrincipalId;
  @Nullable String workloadName;
  @Nullable String appId;
  @Nullable String agentId;
  @Nullable String agentName;

  /**
   * Id of an agent from the key {@code identityId}, which Graph writes beside the older key {@code
   * agentId}.
   */
  @Nullable String identityId;

  @Nullable String signInRequestId;
  @Nullable String signInCorrelationId;
  @Nullable String identityType;
  @Nullable String activityDateTime;
  @Nullable String detectedDateTime;
  @Nullable String updatedDateTime;
  final GeoFields geo = new GeoFields();
}
