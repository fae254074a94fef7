package dev.lockstep.capture.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;

/**
 * Generator of records of the directory's audit log, Azure Firewall and Key Vault as JSON, for
 * captures.
 */
public final class OtherRecords {
  private static final String EDGE =
      "/SUBSCRIPTIONS/2E5B8F3A-6C1D-4E7F-8A90-B1C2D3E4F506/RESOURCEGROUPS/NORTHWIND-EDGE/PROVIDERS";

  private OtherRecords() {}

  public static String audit(Account by, Instant at, Dice dice) {
    String id = "Directory_" + dice.guid() + "_" + dice.from(10_000_000, 99_999_999);
    String correlation = dice.guid().toString();
    String group = dice.guid().toString();
    return Json.object(
        json -> {
          EntraRecords.envelope(
              Json.ticks(at), "Microsoft.aadiam", "Add member to group", "AuditLogs", json);
          json.writeStringField("callerIpAddress", Site.OFFICE.address(20));
          json.writeStringField("correlationId", correlation);
          json.writeNumberField("Level", 4);
          json.writeObjectFieldStart("properties");
          json.writeStringField("id", id);
          json.writeStringField("category", "GroupManagement");
          json.writeStringField("correlationId", correlation);
          json.writeStringField("result", "success");
          json.writeStringField("activityDisplayName", "Add member to group");
          json.writeStringField("activityDateTime", Json.ticks(at));
          json.writeStringField("loggedByService", "Core Directory");
          json.writeStringField("operationType", "Assign");
          json.writeObjectFieldStart("initiatedBy");
          EntraRecords.initiator(by, Site.OFFICE.address(20), json);
          json.writeEndObject();
          json.writeArrayFieldStart("targetResources");
          target(group, json);
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void target(String group, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", group);
    json.writeStringField("type", "Group");
    json.writeStringField("displayName", "Orders readers");
    json.writeArrayFieldStart("modifiedProperties");
    json.writeStartObject();
    json.writeStringField("displayName", "Group.DisplayName");
    json.writeNullField("oldValue");
    json.writeStringField("newValue", "\"Orders readers\"");
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  public static String firewall(Instant at, Dice dice) {
    String line =
        "TCP request from 10.20.4."
            + dice.from(4, 200)
            + ":"
            + dice.from(30_000, 60_000)
            + " to 10.20.8.5:443. Action: Allow";
    return Json.object(
        json -> {
          json.writeStringField("category", "AzureFirewallNetworkRule");
          json.writeStringField("time", Json.ticks(at));
          json.writeStringField(
              "resourceId", EDGE + "/MICROSOFT.NETWORK/AZUREFIREWALLS/NORTHWIND-FW");
          json.writeStringField("operationName", "AzureFirewallNetworkRuleLog");
          json.writeObjectFieldStart("properties");
          json.writeStringField("msg", line);
          json.writeEndObject();
        });
  }

  /**
   * Call of a key vault.
   *
   * @param principal object id of the caller, empty where the vault knows none
   */
  public record VaultCall(
      String vault, String operation, int status, String address, String principal, String upn) {
    /** Returns a successful read of a secret. */
    public static VaultCall read(String vault, String address, Account by) {
      return new VaultCall(vault, "SecretGet", 200, address, by.id(), by.upn());
    }

    public VaultCall answered(int other) {
      return new VaultCall(vault, operation, other, address, principal, upn);
    }

    public VaultCall of(String other) {
      return new VaultCall(vault, other, status, address, principal, upn);
    }

    /** Returns the call without a known caller. */
    public VaultCall byNobody() {
      return new VaultCall(vault, operation, status, address, "", "");
    }
  }

  /** Returns the record of a read of the vault that all servers use. */
  public static String keyVault(Account by, Instant at, Dice dice) {
    return keyVault(
        new VaultCall("northwind-kv", "SecretGet", 200, Site.WEB_APPS.address(31), by.id(), ""),
        at,
        dice);
  }

  public static String keyVault(VaultCall call, Instant at, Dice dice) {
    String correlation = dice.guid().toString();
    return Json.object(
        json -> {
          json.writeStringField("time", Json.ticks(at));
          json.writeStringField("category", "AuditEvent");
          json.writeStringField("operationName", call.operation());
          json.writeStringField("resultType", "Success");
          json.writeStringField("resultSignature", signature(call.status()));
          json.writeStringField("correlationId", correlation);
          json.writeStringField("callerIpAddress", call.address());
          json.writeStringField("durationMs", "41");
          json.writeStringField(
              "resourceId",
              EDGE + "/MICROSOFT.KEYVAULT/VAULTS/" + call.vault().toUpperCase(Locale.ROOT));
          json.writeObjectFieldStart("identity");
          json.writeObjectFieldStart("claim");
          Json.optional(json, "oid", call.principal());
          Json.optional(json, "upn", call.upn());
          json.writeEndObject();
          json.writeEndObject();
          json.writeObjectFieldStart("properties");
          json.writeStringField(
              "requestUri", "https://" + call.vault() + ".vault.azure.net/secrets/orders-db");
          json.writeNumberField("httpStatusCode", call.status());
          json.writeEndObject();
        });
  }

  private static String signature(int status) {
    return switch (status) {
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      default -> "OK";
    };
  }
}
