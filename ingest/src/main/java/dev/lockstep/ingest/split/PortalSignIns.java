package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converter that turns a row of the Entra portal's CSV download of sign-ins into a sign-in in
 * Microsoft Graph's JSON. The download writes its column names, and some of its values, in readable
 * words.
 *
 * <p>Interactive and non-interactive user sign-ins have the same columns and differ only in the
 * portal's file name. Under another file name they count as interactive.
 */
final class PortalSignIns {
  private static final String NONE = "None";
  private static final String BINDING = "token protection - sign in session";

  /** Name of Microsoft Graph's field for each portal column whose values are kept unchanged. */
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("date (utc)", "createdDateTime"),
          Map.entry("request id", "id"),
          Map.entry("correlation id", "correlationId"),
          Map.entry("user id", "userId"),
          Map.entry("user", "userDisplayName"),
          Map.entry("username", "userPrincipalName"),
          Map.entry("user agent", "userAgent"),
          Map.entry("user type", "userType"),
          Map.entry("unique token identifier", "uniqueTokenIdentifier"),
          Map.entry("original transfer method", "originalTransferMethod"),
          Map.entry("service principal id", "servicePrincipalId"),
          Map.entry("service principal name", "servicePrincipalName"),
          Map.entry("managed identity id", "servicePrincipalId"),
          Map.entry("managed identity name", "servicePrincipalName"),
          Map.entry("credential key id", "servicePrincipalCredentialKeyId"),
          Map.entry("credential thumbprint", "servicePrincipalCredentialThumbprint"),
          Map.entry("application", "appDisplayName"),
          Map.entry("application id", "appId"),
          Map.entry("resource", "resourceDisplayName"),
          Map.entry("resource id", "resourceId"),
          Map.entry("resource tenant id", "resourceTenantId"),
          Map.entry("home tenant id", "homeTenantId"),
          Map.entry("home tenant name", "homeTenantName"),
          Map.entry("ip address", "ipAddress"),
          Map.entry("ip address (seen by resource)", "ipAddressFromResourceProvider"),
          Map.entry("client app", "clientAppUsed"),
          Map.entry("sign-in identifier", "signInIdentifier"),
          Map.entry("session id", "sessionId"),
          Map.entry("autonomous system number", "autonomousSystemNumber"),
          Map.entry("token issuer type", "tokenIssuerType"),
          Map.entry("token issuer name", "tokenIssuerName"));

  /**
   * Name of Microsoft Graph's field for each portal column whose values are words that are
   * converted to camel case. For example, {@code Single-factor authentication} becomes {@code
   * singleFactorAuthentication}.
   */
  private static final Map<String, String> NAMED =
      Map.of(
          "cross tenant access type", "crossTenantAccessType",
          "incoming token type", "incomingTokenType",
          "client credential type", "clientCredentialType",
          "authentication protocol", "authenticationProtocol",
          "authentication requirement", "authenticationRequirement",
          "conditional access", "conditionalAccessStatus");

  private final JsonFactory json;
  private final List<String> columns;
  private final boolean ofUsers;
  private final boolean nonInteractive;
  private final boolean managed;

  private PortalSignIns(JsonFactory json, List<String> columns, String file) {
    this.json = json;
    this.columns = columns;
    Set<String> all = new HashSet<>(columns);
    String name = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    this.ofUsers = all.contains("username") || all.contains("user id");
    this.nonInteractive = name.contains("noninteractive");
    this.managed =
        !ofUsers
            && (name.contains("msisignin")
                || name.contains("managedidentit")
                || all.contains("managed identity id")
                || all.contains("managed identity name"));
  }

  static @Nullable PortalSignIns of(List<String> header, String file, JsonFactory json) {
    List<String> columns = header.stream().map(PortalSignIns::plain).toList();
    boolean known =
        columns.contains("date (utc)")
            && columns.contains("request id")
            && (columns.contains("application id") || columns.contains("ip address"));
    return known ? new PortalSignIns(json, columns, file) : null;
  }

  private static String plain(String name) {
    // The portal's column names vary in letter case and blanks.
    StringBuilder plain = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean doubled = c == ' ' && (plain.isEmpty() || plain.charAt(plain.length() - 1) == ' ');
      if (!doubled) {
        plain.append(c);
      }
    }
    return plain.toString().strip().toLowerCase(Locale.ROOT);
  }

  byte[] json(List<String> cells) {
    Map<String, String> byColumn = new HashMap<>();
    for (int i = 0; i < columns.size() && i < cells.size(); i++) {
      String value = value(cells.get(i));
      String column = columns.get(i);
      if (!value.isEmpty() && (keepsNone(column) || !value.equalsIgnoreCase(NONE))) {
        byColumn.putIfAbsent(column, value);
      }
    }
    RowJson row = new RowJson(json);
    row.put("signInEventTypes", eventType(byColumn));
    byColumn.forEach((column, value) -> putPlain(row, column, value));
    NAMED.forEach((column, field) -> row.put(field, camelCase(byColumn.get(column))));
    putBinding(row, byColumn.get(BINDING));
    putStatus(row, byColumn);
    putDevice(row, byColumn);
    putLocation(row, byColumn.get("location"));
    return row.done();
  }

  /**
   * Returns whether the word {@code None} in a column means that the hub's record of the sign-in
   * has the value {@code none}. In any other column the word means that the hub's record lacks the
   * field.
   */
  private static boolean keepsNone(String column) {
    return NAMED.containsKey(column) || column.equals(BINDING);
  }

  private static void putBinding(RowJson row, @Nullable String words) {
    if (words != null) {
      row.open("tokenProtectionStatusDetails");
      row.put("signInSessionStatus", camelCase(words));
      row.close();
    }
  }

  private static void putPlain(RowJson row, String column, String value) {
    String field = FIELDS.get(column);
    if (field != null) {
      row.put(field, value);
    }
  }

  private String eventType(Map<String, String> byColumn) {
    if (ofUsers) {
      return nonInteractive ? "nonInteractiveUser" : "interactiveUser";
    }
    return managed || byColumn.containsKey("managed identity type")
        ? "managedIdentity"
        : "servicePrincipal";
  }

  private static String value(String cell) {
    String text = cell.strip();
    // An apostrophe keeps a spreadsheet from reading the cell as a formula.
    boolean kept =
        text.length() > 1 && text.charAt(0) == '\'' && "=+-@".indexOf(text.charAt(1)) >= 0;
    return kept ? text.substring(1) : text;
  }

  private static @Nullable String camelCase(@Nullable String words) {
    if (words == null) {
      return null;
    }
    StringBuilder name = new StringBuilder(words.length());
    boolean begins = false;
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      if (c == ' ' || c == '-') {
        begins = true;
        continue;
      }
      name.append(
          name.isEmpty() ? Character.toLowerCase(c) : begins ? Character.toUpperCase(c) : c);
      begins = false;
    }
    return name.toString();
  }

  private static void putStatus(RowJson row, Map<String, String> byColumn) {
    String code = byColumn.get("sign-in error code");
    boolean success = "success".equalsIgnoreCase(byColumn.get("status"));
    row.open("status");
    row.put("errorCode", code == null && success ? "0" : code);
    row.put("failureReason", byColumn.get("failure reason"));
    row.close();
  }

  private static void putDevice(RowJson row, Map<String, String> byColumn) {
    row.open("deviceDetail");
    row.put("deviceId", byColumn.get("device id"));
    row.put("browser", byColumn.get("browser"));
    row.put("operatingSystem", byColumn.get("operating system"));
    row.put("trustType", byColumn.get("join type"));
    row.put("isCompliant", truth(byColumn.get("compliant")));
    row.put("isManaged", truth(byColumn.get("managed")));
    row.close();
  }

  private static @Nullable String truth(@Nullable String word) {
    return "yes".equalsIgnoreCase(word) ? "true" : "no".equalsIgnoreCase(word) ? "false" : word;
  }

  private static void putLocation(RowJson row, @Nullable String text) {
    if (text == null) {
      return;
    }
    // A location is, for example, "Hamburg, Hamburg, DE". The city may have a comma.
    int last = text.lastIndexOf(',');
    String country = text.substring(last + 1).strip();
    String rest = last < 0 ? "" : text.substring(0, last);
    int before = rest.lastIndexOf(',');
    String state = before < 0 ? "" : rest.substring(before + 1).strip();
    String city = before < 0 ? rest : rest.substring(0, before);
    row.open("location");
    row.put("city", city.strip());
    row.put("state", state);
    row.put("countryOrRegion", country);
    row.close();
  }
}
