package dev.lockstep.ingest;

import org.jspecify.annotations.Nullable;

/**
 * What was read of one record, whatever its category: a record may say only at its end what it is.
 * Texts are as the record has them. Where a key comes twice, the first value that is not absent
 * counts. One holder serves all records of a reader.
 */
final class RecordFields {
  boolean anyCategory;
  String categoryText = "";
  @Nullable Category category;
  @Nullable String time;

  /** The time by another name, where a service writes no {@code time}. */
  @Nullable String timeSubstitute;

  @Nullable String callerIpAddress;
  @Nullable String correlationId;
  @Nullable String resultType;
  @Nullable String location;
  @Nullable String tenantId;

  /** Name of a time key that holds an object or array. */
  @Nullable String timeMisfit;

  /** Why properties, a text, could not be read. */
  @Nullable Reason propertiesReason;

  String propertiesDetail = "";

  // of a sign-in's properties
  @Nullable String id;
  @Nullable String createdDateTime;
  @Nullable String userId;
  @Nullable String userPrincipalName;
  @Nullable String userDisplayName;
  @Nullable String servicePrincipalId;
  @Nullable String servicePrincipalName;
  @Nullable String appId;
  @Nullable String appDisplayName;
  @Nullable String resourceDisplayName;
  @Nullable String resourceTenantId;
  @Nullable String propertiesTenantId;
  @Nullable String ipAddress;
  @Nullable String errorCode;
  @Nullable String city;
  @Nullable String country;
  @Nullable String latitude;
  @Nullable String longitude;
  @Nullable String asn;
  @Nullable String deviceId;
  @Nullable String managed;
  @Nullable String compliant;
  @Nullable String authenticationRequirement;
  @Nullable String uniqueTokenIdentifier;
  @Nullable String sessionId;

  // of a gateway call's properties
  @Nullable String responseCode;
  @Nullable String apimSubscriptionId;
  @Nullable String productId;
  @Nullable String apiId;
  @Nullable String operationId;
  @Nullable String method;
  @Nullable String socketIp;
  @Nullable String forwardedFor;

  /** The link that the record itself is. */
  final LinkFields own = new LinkFields();

  /** The link among the record's traces. */
  LinkFields trace = new LinkFields();

  /** What the record says of an alert. */
  AlertFields alert = new AlertFields();

  void clear() {
    anyCategory = false;
    categoryText = "";
    category = null;
    time = null;
    timeSubstitute = null;
    callerIpAddress = null;
    correlationId = null;
    resultType = null;
    location = null;
    tenantId = null;
    timeMisfit = null;
    propertiesReason = null;
    propertiesDetail = "";
    id = null;
    createdDateTime = null;
    userId = null;
    userPrincipalName = null;
    userDisplayName = null;
    servicePrincipalId = null;
    servicePrincipalName = null;
    appId = null;
    appDisplayName = null;
    resourceDisplayName = null;
    resourceTenantId = null;
    propertiesTenantId = null;
    ipAddress = null;
    errorCode = null;
    city = null;
    country = null;
    latitude = null;
    longitude = null;
    asn = null;
    deviceId = null;
    managed = null;
    compliant = null;
    authenticationRequirement = null;
    uniqueTokenIdentifier = null;
    sessionId = null;
    responseCode = null;
    apimSubscriptionId = null;
    productId = null;
    apiId = null;
    operationId = null;
    method = null;
    socketIp = null;
    forwardedFor = null;
    own.clear();
    if (trace.isPresent()) {
      trace = new LinkFields();
    }
    if (alert.touched) {
      alert = new AlertFields();
    }
  }

  /** Whether the record is, or may still turn out to be, one of an alert. */
  boolean mayBeOfAlerts() {
    return !anyCategory || (category != null && category.isOfAlerts());
  }

  /** Returns the envelope's time. */
  @Nullable String envelopeTime() {
    return time != null ? time : timeSubstitute;
  }
}
