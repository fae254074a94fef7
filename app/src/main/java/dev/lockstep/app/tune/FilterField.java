package dev.lockstep.app.tune;

import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RawValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Field that the command {@code rules tune} may use in a proposed filter of a Sigma rule, to tell
 * expected events from others.
 *
 * @param name name of the field in rules
 * @param isNarrow if a value of the field is one person, application, device, network or thing; a
 *     filter has at least one such field
 * @param rank place in the order of preference; the smallest is the best
 */
record FilterField(String name, boolean isNarrow, int rank, FieldSource source) {
  private static final int MOST_VALUES = 5;
  private static final int LONGEST_VALUE = 200;

  private static final List<String> NARROW =
      List.of(
          "userPrincipalName",
          "initiatedBy.user.userPrincipalName",
          "initiatedBy.app.displayName",
          "Caller",
          "appDisplayName",
          "servicePrincipalName",
          "agentDisplayName",
          "servicePrincipalDisplayName",
          "resourceDisplayName",
          "targetResources.displayName",
          "targetResources.userPrincipalName",
          "lockstep.partner.id",
          "lockstep.principal.id",
          "appId",
          "servicePrincipalId",
          "deviceDetail.deviceId",
          "deviceDetail.displayName",
          "DeviceId",
          "resourceGroupName",
          "_ResourceId",
          "apimSubscriptionId",
          "apiId",
          "requestUri",
          "url",
          "userAgent",
          "lockstep.ip.prefix",
          "ipAddress",
          "callerIpAddress");

  private static final List<String> WIDE =
      List.of(
          "lockstep.ip.organisation",
          "lockstep.ip.asn",
          "lockstep.ip.class",
          "lockstep.ip.country",
          "lockstep.principal.type",
          "operationName",
          "operationNameValue",
          "loggedByService",
          "category",
          "clientAppUsed",
          "ResultType",
          "Result",
          "targetResources.type",
          "resourceProviderName",
          "requestMethod",
          "operationId",
          "productId");

  static List<FilterField> of(SigmaFields table, String service) {
    Map<String, FilterField> found = new LinkedHashMap<>();
    NARROW.forEach(name -> add(table, service, name, true, found));
    WIDE.forEach(name -> add(table, service, name, false, found));
    return List.copyOf(found.values());
  }

  private static void add(
      SigmaFields table,
      String service,
      String name,
      boolean isNarrow,
      Map<String, FilterField> found) {
    FieldSource source = table.source(service, name);
    if (source.isFound() && source.isListed()) {
      found.putIfAbsent(
          source.toString().toLowerCase(Locale.ROOT),
          new FilterField(name, isNarrow, found.size(), source));
    }
  }

  /**
   * Returns the values of this field in an event, in lower case, or an empty list if a filter
   * cannot compare them. Blank values and those longer than 200 characters are left out. The list
   * is empty if more than five remain, or if ingest cut one.
   */
  List<String> values(Event event) {
    List<String> values = new ArrayList<>();
    for (RawValue value : source.read(event).values()) {
      boolean isScalar =
          value.kind() == RawValue.Kind.TEXT
              || value.kind() == RawValue.Kind.NUMBER
              || value.kind() == RawValue.Kind.BOOLEAN;
      if (value.cut()) {
        return List.of();
      }
      String text = value.text().toLowerCase(Locale.ROOT);
      if (isScalar && !text.isBlank() && text.length() <= LONGEST_VALUE && !values.contains(text)) {
        values.add(text);
      }
    }
    return values.size() <= MOST_VALUES ? values : List.of();
  }
}
