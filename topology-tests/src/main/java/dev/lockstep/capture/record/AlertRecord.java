package dev.lockstep.capture.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Generator of alerts as JSON, as Defender for Cloud exports them and as Defender XDR streams them.
 */
public final class AlertRecord {
  private static final String SUBSCRIPTION = "2e5b8f3a-6c1d-4e7f-8a90-b1c2d3e4f506";
  private static final String MACHINE =
      "/subscriptions/"
          + SUBSCRIPTION
          + "/resourceGroups/northwind-edge/providers/Microsoft.Compute/virtualMachines/jump-1";
  private static final List<String> EMPTY_COLUMNS =
      List.of(
          "FileName",
          "FolderPath",
          "SHA1",
          "SHA256",
          "FileSize",
          "ThreatFamily",
          "RemoteUrl",
          "DeviceName",
          "LocalIP",
          "NetworkMessageId",
          "EmailSubject",
          "ApplicationId",
          "Application",
          "OAuthApplicationId",
          "ProcessCommandLine",
          "RegistryKey",
          "RegistryValueName",
          "RegistryValueData",
          "CloudResource",
          "ResourceType",
          "ResourceID",
          "MachineGroup");

  private AlertRecord() {}

  /**
   * Returns the alert as the JSON that the continuous export of Defender for Cloud sends. It has no
   * envelope, and its names are in Pascal case.
   */
  public static String exported(Alert alert) {
    return Json.object(
        json -> {
          json.writeStringField("VendorName", "Microsoft");
          json.writeStringField("AlertType", "VM_SuspectConnection");
          json.writeStringField("ProductName", "Microsoft Defender for Cloud");
          json.writeStringField("StartTimeUtc", Json.ticks(alert.at));
          json.writeStringField("EndTimeUtc", Json.ticks(alert.at));
          json.writeStringField("TimeGenerated", Json.ticks(alert.at.plusSeconds(70)));
          json.writeStringField("ProcessingEndTime", Json.ticks(alert.at.plusSeconds(70)));
          json.writeStringField("Severity", alert.severity);
          json.writeStringField("Status", "New");
          json.writeNullField("ProviderAlertStatus");
          json.writeNullField("ConfidenceLevel");
          json.writeNullField("ConfidenceScore");
          json.writeNullField("ConfidenceReasons");
          json.writeBooleanField("IsIncident", false);
          json.writeStringField("SystemAlertId", alert.id);
          json.writeNullField("CorrelationKey");
          json.writeStringField("Intent", "InitialAccess");
          json.writeStringField("AzureResourceId", MACHINE);
          json.writeStringField("WorkspaceSubscriptionId", SUBSCRIPTION);
          json.writeNullField("AgentId");
          json.writeStringField("CompromisedEntity", "jump-1");
          json.writeStringField("AlertDisplayName", alert.title);
          json.writeStringField("Description", "Made up, like everything in this capture.");
          entities(alert, json);
          Json.strings(json, "RemediationSteps", "Look at who signed in.");
          Json.empty(json, "ExtendedProperties");
          json.writeStringField(
              "AlertUri", "https://portal.azure.com/#blade/alert/" + alert.id + "/northwind");
        });
  }

  private static void entities(Alert alert, JsonGenerator json) throws IOException {
    int id = 3;
    json.writeArrayFieldStart("Entities");
    entity(id++, "azure-resource", json);
    json.writeStringField("ResourceId", MACHINE);
    json.writeEndObject();
    for (Alert.Named named : alert.named) {
      int account = id++;
      entity(account, "account", json);
      String upn = named.account().upn();
      int at = upn.indexOf('@');
      json.writeStringField("Name", at < 0 ? named.account().name() : upn.substring(0, at));
      if (at >= 0) {
        json.writeStringField("UPNSuffix", upn.substring(at + 1));
      }
      json.writeStringField("AadTenantId", SignInRecord.TENANT);
      if (!named.byName()) {
        json.writeStringField("AadUserId", named.account().id());
      }
      json.writeEndObject();
      entity(id++, "host-logon-session", json);
      json.writeObjectFieldStart("Account");
      json.writeStringField("$ref", Integer.toString(account));
      json.writeEndObject();
      json.writeEndObject();
    }
    for (String address : alert.addresses) {
      entity(id++, "ip", json);
      json.writeStringField("Address", address);
      json.writeObjectFieldStart("Location");
      json.writeStringField("CountryCode", "DE");
      json.writeNumberField("Asn", 64498);
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void entity(int id, String type, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("$id", Integer.toString(id));
    json.writeStringField("Type", type);
  }

  /** Returns the alert as a row of the table AlertInfo of advanced hunting. */
  public static String info(Alert alert, Instant arrival) {
    return streamed(
        "AdvancedHunting-AlertInfo",
        arrival,
        json -> {
          json.writeStringField("Timestamp", Json.ticks(alert.at));
          json.writeStringField("AlertId", alert.id);
          json.writeStringField("Title", alert.title);
          json.writeStringField("Category", "InitialAccess");
          json.writeStringField("Severity", alert.severity);
          json.writeStringField("ServiceSource", alert.source);
          json.writeStringField("DetectionSource", "Custom detection");
          json.writeStringField("AttackTechniques", "[\"Valid Accounts (T1078)\"]");
          json.writeNullField("MachineGroup");
        });
  }

  /**
   * Returns the alert's rows of the table AlertEvidence of advanced hunting. There is one row for
   * each account and address. An alert with both also has a row for the machine.
   */
  public static List<String> evidence(Alert alert, Instant arrival) {
    List<String> rows = new ArrayList<>();
    if (!alert.named.isEmpty() && !alert.addresses.isEmpty()) {
      rows.add(row(alert, arrival, "Machine", "Impacted", json -> {}));
    }
    for (Alert.Named named : alert.named) {
      rows.add(row(alert, arrival, "User", "Impacted", json -> account(named, json)));
    }
    for (String address : alert.addresses) {
      rows.add(
          row(
              alert,
              arrival,
              "Ip",
              "Related",
              json -> {
                json.writeStringField("RemoteIP", address);
                json.writeStringField(
                    "AdditionalFields",
                    Json.object(
                        inner -> {
                          inner.writeStringField("$id", "2");
                          inner.writeStringField("Address", address);
                          inner.writeStringField("Type", "ip");
                        }));
              }));
    }
    return rows;
  }

  private static void account(Alert.Named named, JsonGenerator json) throws IOException {
    String upn = named.account().upn();
    json.writeStringField("AccountName", upn.substring(0, Math.max(0, upn.indexOf('@'))));
    json.writeStringField("AccountDomain", "NORTHWIND");
    if (named.byName()) {
      json.writeNullField("AccountObjectId");
    } else {
      json.writeStringField("AccountObjectId", named.account().id());
    }
    json.writeStringField("AccountUpn", upn);
  }

  private static String row(
      Alert alert, Instant arrival, String type, String role, Json.Body entity) {
    return streamed(
        "AdvancedHunting-AlertEvidence",
        arrival,
        json -> {
          json.writeStringField("Timestamp", Json.ticks(alert.at));
          json.writeStringField("AlertId", alert.id);
          json.writeStringField("ServiceSource", alert.source);
          json.writeStringField("EntityType", type);
          json.writeStringField("EvidenceRole", role);
          json.writeStringField("DeviceId", "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334");
          if (!alert.oldRows) {
            json.writeStringField("Title", alert.title);
            json.writeStringField("Categories", "[\"InitialAccess\"]");
            json.writeStringField("Severity", alert.severity);
            json.writeStringField("DetectionSource", "Custom detection");
            json.writeStringField("AttackTechniques", "");
          }
          entity.write(json);
          for (String column : EMPTY_COLUMNS) {
            json.writeNullField(column);
          }
          json.writeStringField("CloudPlatform", "");
          json.writeStringField("SubscriptionId", "");
        });
  }

  private static String streamed(String category, Instant arrival, Json.Body properties) {
    return Json.object(
        json -> {
          json.writeStringField("time", Json.ticks(arrival));
          json.writeStringField("tenantId", SignInRecord.TENANT);
          json.writeStringField("operationName", "Publish");
          json.writeStringField("category", category);
          json.writeStringField("_TimeReceivedBySvc", Json.ticks(arrival.minusSeconds(3)));
          json.writeObjectFieldStart("properties");
          properties.write(json);
          json.writeEndObject();
          json.writeStringField("Tenant", "DefaultTenant");
        });
  }
}
