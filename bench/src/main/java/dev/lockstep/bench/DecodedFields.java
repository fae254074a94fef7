package dev.lockstep.bench;

import java.util.Set;

/** Names of the JSON fields that the product reads in records of sign-ins and gateway calls. */
final class DecodedFields {
  /** Names of the JSON objects and arrays in which the product reads fields. */
  static final Set<String> WITHIN =
      Set.of(
          "records",
          "properties",
          "status",
          "location",
          "geoCoordinates",
          "deviceDetail",
          "traceRecords");

  static final Set<String> READ =
      Set.of(
          "category",
          "time",
          "callerIpAddress",
          "correlationId",
          "resultType",
          "location",
          "tenantId",
          "id",
          "createdDateTime",
          "userId",
          "userPrincipalName",
          "userDisplayName",
          "servicePrincipalId",
          "servicePrincipalName",
          "appId",
          "appDisplayName",
          "resourceDisplayName",
          "resourceTenantId",
          "ipAddress",
          "errorCode",
          "city",
          "countryOrRegion",
          "latitude",
          "longitude",
          "autonomousSystemNumber",
          "deviceId",
          "isManaged",
          "isCompliant",
          "authenticationRequirement",
          "uniqueTokenIdentifier",
          "sessionId",
          "failureReason",
          "operatingSystem",
          "browser",
          "trustType",
          "userType",
          "resourceId",
          "clientAppUsed",
          "authenticationProtocol",
          "incomingTokenType",
          "conditionalAccessStatus",
          "crossTenantAccessType",
          "riskLevelDuringSignIn",
          "riskState",
          "userAgent",
          "url",
          "responseCode",
          "apimSubscriptionId",
          "productId",
          "apiId",
          "operationId",
          "method",
          "source",
          "message",
          "v",
          "uti",
          "sid",
          "oid",
          "tid",
          "appid",
          "idtyp",
          "iat",
          "exp",
          "socketIp",
          "xff",
          "validated");

  private DecodedFields() {}
}
