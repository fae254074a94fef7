package dev.lockstep.capture.record;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Generator of JSON log records about privileged operations and activations of roles, in Entra and
 * in an Azure subscription.
 */
public final class PrivilegedRecords {
  private static final String SUBSCRIPTION = "2e5b8f3a-6c1d-4e7f-8a90-b1c2d3e4f506";

  private PrivilegedRecords() {}

  /**
   * Operation in Entra's directory, as the directory's audit log records it.
   *
   * @param by user or workload that does it; null if the record names none
   */
  public record Operation(
      String name, String service, String result, @Nullable Account by, String address) {
    /** Returns an operation that succeeds. */
    public static Operation of(String name, Account by, String address) {
      return new Operation(name, "Core Directory", "success", by, address);
    }

    /** Returns a copy of this operation as another service logs it. */
    public Operation loggedBy(String other) {
      return new Operation(name, other, result, by, address);
    }

    public Operation with(String other) {
      return new Operation(name, service, other, by, address);
    }

    /** Returns a copy of this operation that names no user. */
    public Operation byNobody() {
      return new Operation(name, service, result, null, address);
    }
  }

  /**
   * Activation of a role in Entra.
   *
   * @param forUser user who gets the role; null if the record names only the user who asked
   * @param begin time from which the role is active; null if the record has none
   * @param end time until which the role is active; null if the record has none
   */
  public record Activation(
      Account by,
      @Nullable Account forUser,
      String role,
      String roleId,
      @Nullable Instant begin,
      @Nullable Instant end) {
    /** Returns an activation of a role by a user for themselves. */
    public static Activation of(Account by, String role, @Nullable Instant end) {
      return new Activation(by, null, role, templateId(role), null, end);
    }

    /** Returns the id that a built-in role of Entra has in every tenant. */
    private static String templateId(String role) {
      return switch (role) {
        case "Global Administrator" -> "62e90394-69f5-4237-9190-012177145e10";
        case "Global Reader" -> "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
        case "Application Administrator" -> "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
        case "Privileged Role Administrator" -> "e8611ab8-c189-46e8-94e1-60213ab1f814";
        default -> throw new IllegalArgumentException("the role " + role + " has no id here");
      };
    }

    /** Returns a copy of this activation by which another user gets the role. */
    public Activation forUser(Account other) {
      return new Activation(by, other, role, roleId, begin, end);
    }

    /** Returns a copy of this activation that states from when the role is active. */
    public Activation from(Instant at) {
      return new Activation(by, forUser, role, roleId, at, end);
    }
  }

  public static String operation(Operation done, Instant at, Dice dice) {
    return directory(
        done,
        "Directory_" + dice.guid() + "_" + dice.from(10_000_000, 99_999_999),
        List.of(),
        at,
        json -> {
          json.writeStartObject();
          json.writeStringField("id", dice.guid().toString());
          json.writeStringField("type", "User");
          json.writeStringField("userPrincipalName", "new.hand@northwindtraders.example");
          json.writeArrayFieldStart("modifiedProperties");
          json.writeStartObject();
          json.writeStringField("displayName", "Role.DisplayName");
          json.writeNullField("oldValue");
          json.writeStringField("newValue", "\"Global Administrator\"");
          json.writeEndObject();
          json.writeEndArray();
          json.writeEndObject();
        },
        dice);
  }

  /** Returns the record of the activation of a role in Entra. */
  public static String activation(Activation taken, String address, Instant at, Dice dice) {
    Operation operation =
        new Operation(
            "Add member to role completed (PIM activation)", "PIM", "success", taken.by(), address);
    List<String[]> details =
        Stream.of(
                new String[] {"RoleDefinitionOriginType", "BuiltInRole"},
                new String[] {"StartTime", taken.begin() == null ? "" : Json.ticks(taken.begin())},
                new String[] {"ExpirationTime", taken.end() == null ? "" : Json.ticks(taken.end())},
                new String[] {"Justification", "Looking after the orders API"})
            .filter(pair -> !pair[1].isEmpty())
            .toList();
    return directory(
        operation,
        "PIM_" + dice.guid() + "_" + dice.from(10_000_000, 99_999_999),
        details,
        at,
        json -> {
          json.writeStartObject();
          json.writeStringField("id", taken.roleId());
          json.writeStringField("displayName", taken.role());
          json.writeStringField("type", "Role");
          json.writeEndObject();
          if (taken.forUser() != null) {
            json.writeStartObject();
            json.writeStringField("id", taken.forUser().id());
            json.writeStringField("displayName", taken.forUser().name());
            json.writeStringField("type", "User");
            json.writeStringField("userPrincipalName", taken.forUser().upn());
            json.writeEndObject();
          }
        },
        dice);
  }

  private static String directory(
      Operation done, String id, List<String[]> details, Instant at, Json.Body targets, Dice dice) {
    String correlation = dice.guid().toString();
    Account by = done.by();
    return Json.object(
        json -> {
          EntraRecords.envelope(Json.ticks(at), "Microsoft.aadiam", done.name(), "AuditLogs", json);
          json.writeStringField("callerIpAddress", done.address());
          json.writeStringField("correlationId", correlation);
          json.writeStringField("level", "Informational");
          json.writeObjectFieldStart("properties");
          json.writeStringField("id", id);
          json.writeStringField("category", "RoleManagement");
          json.writeStringField("correlationId", correlation);
          json.writeStringField("result", done.result());
          json.writeStringField("activityDisplayName", done.name());
          json.writeStringField("activityDateTime", Json.ticks(at));
          json.writeStringField("loggedByService", done.service());
          json.writeStringField("operationType", "Assign");
          json.writeObjectFieldStart("initiatedBy");
          if (by != null && by.workload()) {
            json.writeObjectFieldStart("app");
            json.writeStringField("appId", by.appId());
            json.writeStringField("displayName", by.name());
            json.writeStringField("servicePrincipalId", by.id());
            json.writeEndObject();
          } else if (by != null) {
            EntraRecords.initiator(by, done.address(), json);
          }
          json.writeEndObject();
          json.writeArrayFieldStart("targetResources");
          targets.write(json);
          json.writeEndArray();
          json.writeArrayFieldStart("additionalDetails");
          for (String[] pair : details) {
            json.writeStartObject();
            json.writeStringField("key", pair[0]);
            json.writeStringField("value", pair[1]);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /** Returns the activity log record of an operation in an Azure subscription. */
  public static String inAzure(
      String operation, String result, Account by, String address, Instant at, Dice dice) {
    UUID correlation = dice.guid();
    String event = dice.guid().toString();
    String claims = "http://schemas.microsoft.com/identity/claims/";
    return Json.object(
        json -> {
          json.writeStringField("time", Json.ticks(at));
          json.writeStringField(
              "resourceId",
              "/SUBSCRIPTIONS/"
                  + SUBSCRIPTION.toUpperCase(Locale.ROOT)
                  + "/RESOURCEGROUPS/NORTHWIND-EDGE");
          json.writeStringField("operationName", operation);
          json.writeStringField("category", "Administrative");
          json.writeStringField("resultType", result);
          json.writeStringField("resultSignature", result + ".");
          json.writeStringField("durationMs", "0");
          json.writeStringField("callerIpAddress", address);
          json.writeStringField("correlationId", correlation.toString());
          json.writeObjectFieldStart("identity");
          json.writeObjectFieldStart("authorization");
          json.writeStringField("scope", "/subscriptions/" + SUBSCRIPTION);
          json.writeStringField("action", operation);
          json.writeEndObject();
          json.writeObjectFieldStart("claims");
          json.writeStringField(claims + "objectidentifier", by.id());
          if (!by.workload()) {
            json.writeStringField(
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", by.upn());
            json.writeStringField(claims + "scope", "user_impersonation");
          }
          json.writeEndObject();
          json.writeEndObject();
          json.writeStringField("Level", "Information");
          json.writeObjectFieldStart("properties");
          json.writeStringField("eventDataId", event);
          json.writeStringField("eventCategory", "Administrative");
          json.writeStringField("hierarchy", SignInRecord.TENANT + "/" + SUBSCRIPTION);
          json.writeEndObject();
        });
  }

  /** Returns the record of the activation of a role in an Azure subscription. */
  public static String activationInAzure(
      Account by, String role, Instant end, Instant at, Dice dice) {
    UUID correlation = dice.guid();
    String event = dice.guid().toString();
    return Json.object(
        json -> {
          json.writeStringField("time", Json.ticks(at));
          json.writeStringField("category", "Administrative");
          json.writeStringField("operationName", "Microsoft.Authorization/activateRole");
          json.writeStringField("ResourceProviderName", "azurerbac");
          json.writeStringField("EventName", "ActivateRole");
          json.writeStringField("resultType", "Succeeded");
          json.writeStringField("correlationId", correlation.toString());
          json.writeStringField("resourceId", "/SUBSCRIPTIONS/" + SUBSCRIPTION);
          json.writeStringField("Level", "Information");
          json.writeObjectFieldStart("properties");
          json.writeStringField("eventDataId", event);
          json.writeStringField("EventName", "ActivateRole");
          json.writeStringField("ResourceProviderName", "azurerbac");
          json.writeStringField("SubjectID", by.id());
          json.writeStringField("SubjectType", "User");
          json.writeStringField("RoleDefinition", role);
          json.writeStringField("StartTime", Json.ticks(at));
          json.writeStringField("ExpirationTime", Json.ticks(end));
          json.writeEndObject();
        });
  }
}
