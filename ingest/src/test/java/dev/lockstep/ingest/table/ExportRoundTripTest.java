package dev.lockstep.ingest.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What a hub brings, and what this test's own writers make of the same sign-in as workspaces and
 * Graph export it, must be the same activity.
 */
class ExportRoundTripTest {
  /** A sign-in; null where it has none. */
  record SignIn(int log, List<String> texts, List<Integer> numbers, boolean managed) {
    String text(int i) {
      return texts.get(i);
    }
  }

  private static final String[] CATEGORIES = {
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs"
  };
  private static final String[] TABLES = {
    "SigninLogs",
    "AADNonInteractiveUserSignInLogs",
    "AADServicePrincipalSignInLogs",
    "AADManagedIdentitySignInLogs"
  };
  private static final String[] EVENT_TYPES = {
    "interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity"
  };

  @Property(tries = 100)
  void readsEveryExport_asTheHubsRecord(@ForAll("signIns") SignIn signIn) {
    Activity hub = Records.activity(json(hub(signIn)));
    Map<String, Object> row = row(signIn);
    for (String file :
        List.of(
            json(row),
            json(untyped(row)),
            "[" + json(texts(row)) + "]",
            "{\"records\":[" + json(row) + "]}",
            csv(row, ",", "\r\n"),
            csv(row, ";", "\n"),
            answer(row))) {
      Activity read = ExportRows.activity(file);
      assertThat(ExportRows.placedAs(read, hub)).as(file).isEqualTo(hub);
    }
    Activity graph = ExportRows.activity("{\"value\":[" + json(graph(signIn)) + "]}");
    hub.setArrivalAt(hub.getEventAt());
    assertThat(ExportRows.placedAs(graph, hub)).isEqualTo(hub);
  }

  @Provide
  Arbitrary<SignIn> signIns() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withChars("aB7 ,;\"\\\n\t'{}[]=\u00e4\u20ac")
            .ofMinLength(1)
            .ofMaxLength(12)
            .filter(each -> !each.isBlank())
            .map(each -> "x" + each + "x");
    return Combinators.combine(
            Arbitraries.integers().between(0, 3),
            text.injectNull(0.2).list().ofSize(12),
            Arbitraries.integers().between(0, 89).list().ofSize(4),
            Arbitraries.of(true, false))
        .as(SignIn::new);
  }

  private static Map<String, Object> hub(SignIn s) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("time", "2025-11-14T01:51:02.1875602Z");
    record.put("category", CATEGORIES[s.log()]);
    record.put("resultType", "" + s.numbers().get(0));
    record.put("tenantId", "tenant-1");
    record.put("properties", graphWithoutTypes(s));
    return record;
  }

  private static Map<String, Object> graph(SignIn s) {
    Map<String, Object> graph = graphWithoutTypes(s);
    graph.put("tenantId", "tenant-1");
    graph.put("signInEventTypes", List.of(EVENT_TYPES[s.log()]));
    return graph;
  }

  private static Map<String, Object> graphWithoutTypes(SignIn s) {
    Map<String, Object> graph = new LinkedHashMap<>();
    graph.put("id", "id-" + s.numbers().get(1));
    graph.put("createdDateTime", "2025-11-14T01:48:53.2245371Z");
    put(graph, s.log() < 2 ? "userId" : "servicePrincipalId", s.text(0));
    put(graph, s.log() < 2 ? "userPrincipalName" : "servicePrincipalName", s.text(1));
    put(graph, "appId", "app-1");
    put(graph, "appDisplayName", s.text(3));
    put(graph, "ipAddress", s.text(4));
    put(graph, "uniqueTokenIdentifier", s.text(5));
    put(graph, "sessionId", s.text(6));
    put(graph, "resourceTenantId", s.text(7));
    put(graph, "resourceDisplayName", s.text(8));
    graph.put("autonomousSystemNumber", s.numbers().get(2));
    graph.put("authenticationRequirement", "singleFactorAuthentication");
    graph.put("status", status(s));
    graph.put("deviceDetail", device(s));
    graph.put("location", location(s));
    return graph;
  }

  private static Map<String, Object> row(SignIn s) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("TenantId", "workspace-1");
    row.put("TimeGenerated", "2025-11-14T01:51:02.1875602Z");
    row.put("Category", CATEGORIES[s.log()]);
    row.put("ResultType", "" + s.numbers().get(0));
    row.put("Location", "");
    row.put("AADTenantId", "tenant-1");
    row.put("Id", "id-" + s.numbers().get(1));
    row.put("CreatedDateTime", "2025-11-14T01:48:53.2245371Z");
    put(row, s.log() < 2 ? "UserId" : "ServicePrincipalId", s.text(0));
    put(row, s.log() < 2 ? "UserPrincipalName" : "ServicePrincipalName", s.text(1));
    put(row, "AppId", "app-1");
    put(row, "AppDisplayName", s.text(3));
    put(row, "IPAddress", s.text(4));
    put(row, "UniqueTokenIdentifier", s.text(5));
    put(row, "SessionId", s.text(6));
    put(row, "ResourceTenantId", s.text(7));
    put(row, "ResourceDisplayName", s.text(8));
    row.put("AutonomousSystemNumber", "" + s.numbers().get(2));
    row.put("AuthenticationRequirement", "singleFactorAuthentication");
    row.put("Status", status(s));
    row.put("DeviceDetail", device(s));
    row.put("LocationDetails", location(s));
    row.put("Type", TABLES[s.log()]);
    return row;
  }

  private static Map<String, Object> status(SignIn s) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("errorCode", s.numbers().get(0));
    put(status, "failureReason", s.text(9));
    return status;
  }

  private static Map<String, Object> device(SignIn s) {
    Map<String, Object> device = new LinkedHashMap<>();
    put(device, "deviceId", s.text(10));
    device.put("isManaged", s.managed());
    return device;
  }

  private static Map<String, Object> location(SignIn s) {
    Map<String, Object> location = new LinkedHashMap<>();
    put(location, "city", s.text(11));
    location.put("countryOrRegion", "GB");
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("latitude", s.numbers().get(2));
    place.put("longitude", s.numbers().get(3));
    location.put("geoCoordinates", place);
    return location;
  }

  private static void put(Map<String, Object> map, String key, String value) {
    if (value != null) {
      map.put(key, value);
    }
  }

  private static Map<String, Object> untyped(Map<String, Object> row) {
    Map<String, Object> untyped = new LinkedHashMap<>(row);
    untyped.remove("Type");
    return untyped;
  }

  /** All values as texts, as the Azure command line writes them. */
  private static Map<String, Object> texts(Map<String, Object> row) {
    Map<String, Object> texts = new LinkedHashMap<>();
    texts.put("TableName", "PrimaryResult");
    row.forEach((key, value) -> texts.put(key, value instanceof Map ? json(value) : "" + value));
    texts.put("UserDisplayName", "None");
    return texts;
  }

  private static String csv(Map<String, Object> row, String separator, String lineEnd) {
    List<String> header = new ArrayList<>();
    List<String> cells = new ArrayList<>();
    row.forEach(
        (key, value) -> {
          header.add(key.equals("TimeGenerated") ? key + " [UTC]" : key);
          String text = value instanceof Map ? json(value) : "" + value;
          cells.add('"' + text.replace("\"", "\"\"") + '"');
        });
    String names = String.join(separator, header);
    return "\ufeff" + names + lineEnd + String.join(separator, cells) + lineEnd;
  }

  private static String answer(Map<String, Object> row) {
    List<Object> columns = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    row.forEach(
        (key, value) -> {
          columns.add(Map.of("name", key));
          values.add(value instanceof Map ? json(value) : value);
        });
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("name", "PrimaryResult");
    table.put("columns", columns);
    table.put("rows", List.of(values));
    return json(Map.of("tables", List.of(table)));
  }

  private static String json(Object value) {
    StringBuilder text = new StringBuilder();
    if (value instanceof Map<?, ?> map) {
      text.append('{');
      map.forEach(
          (key, each) ->
              text.append(text.length() > 1 ? "," : "")
                  .append(json(key))
                  .append(':')
                  .append(json(each)));
      return text.append('}').toString();
    } else if (value instanceof List<?> list) {
      text.append('[');
      list.forEach(each -> text.append(text.length() > 1 ? "," : "").append(json(each)));
      return text.append(']').toString();
    } else if (!(value instanceof String string)) {
      return String.valueOf(value);
    } else {
      text.append('"');
      for (int i = 0; i < string.length(); i++) {
        char c = string.charAt(i);
        if (c == '"' || c == '\\') {
          text.append('\\').append(c);
        } else if (c < ' ') {
          text.append(c == '\n' ? "\\n" : "\\t");
        } else {
          text.append(c);
        }
      }
      return text.append('"').toString();
    }
  }
}
