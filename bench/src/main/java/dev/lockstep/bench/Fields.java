package dev.lockstep.bench;

import java.util.Set;

/** What the product reads of sign-ins and gateway calls. */
final class Fields {
  /** Objects and arrays that hold something that is read. */
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

  private Fields() {}
}
