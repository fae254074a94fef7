package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.words;
import static dev.lockstep.ingest.record.OtherRecords.ADMINISTRATIVE;
import static dev.lockstep.ingest.record.OtherRecords.AUDIT;
import static dev.lockstep.ingest.record.OtherRecords.ROLE_ON_RESOURCE;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.ActivityOutput;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeTest {
  private static final String ADA = "aaaaaaaa-4f89-41d3-9a0c-000000000001";

  @Test
  void tellsAnActivationOfARole_whoAndWhichAndWhy() {
    Activity activity = activity(AUDIT);

    assertThat(activity.getKind()).isEqualTo(ActivityKind.AUDIT);
    assertThat(activity.getEventId()).isEqualTo("PIM_1");
    assertThat(activity.getPrincipal().getId()).isEqualTo(ADA);
    assertThat(activity.getAddress()).isEqualTo("203.0.113.40");
    assertThat(activity.getReason()).isEqualTo("Night shift");
    Change change = activity.getChange();
    assertThat(change.getActivation()).isEqualTo("completed");
    assertThat(change.getRole()).isEqualTo("Global Reader");
    assertThat(change.getRoleId()).isEqualTo("template-1");
    assertThat(change.getTargets().get(1).toString())
        .isEqualTo(
            "{\"type\": \"User\", \"id\": \"%s\", \"name\": \"ada@contoso.example\"}"
                .formatted(ADA));
  }

  @Test
  void tellsAnActivationOnAResource_whoAndWhichAndWhy() {
    Activity activity = activity(ROLE_ON_RESOURCE);

    assertThat(activity.getKind()).isEqualTo(ActivityKind.AUDIT);
    assertThat(activity.getEventId()).isEqualTo("event-1");
    assertThat(activity.getPrincipal().toString())
        .isEqualTo(
            "{\"id\": \"%s\", \"name\": \"ada@contoso.example\", \"type\": \"user\"}"
                .formatted(ADA));
    assertThat(activity.getReason()).isEqualTo("Night shift");
    assertThat(activity.getResource()).isEqualTo("/SUBSCRIPTIONS/SUB-1");
    Change change = activity.getChange();
    assertThat(change.getActivation()).isEqualTo("completed");
    assertThat(change.getRole()).isEqualTo("Storage Reader");
    assertThat(change.getTargets().get(0).getId()).isEqualTo(ADA);
  }

  @ParameterizedTest
  @CsvSource({
    "Add member to role requested (PIM activation),requested",
    "Add member to role completed (PIM activation),completed",
    "Add member to role approval requested (PIM activation),requested",
    "Add member to role request approved (PIM activation),approved",
    "Add member to role request denied (PIM activation),denied",
    "Add member to role canceled (PIM activation),cancelled",
    "Remove member from role completed (PIM deactivate),ended",
    "Remove member from role (PIM activation expired),ended",
    "Add member to role in PIM completed (permanent),",
    "Add eligible member to role in PIM completed (timebound),",
    "Add member to role,",
  })
  void knowsActivations_byWhatTheServiceCallsThem(String operation, String activation) {
    String record = with(AUDIT, "properties.activityDisplayName", '"' + operation + '"');
    assertThat(activity(record).getChange().getActivation()).isEqualTo(activation);
    String other = with(record, "properties.loggedByService", "\"Core Directory\"");
    assertThat(activity(other).getChange().getActivation()).isNull();
  }

  @Test
  void isTheServicesOwn_whereAnActivationExpires() {
    String record =
        with(
            with(ROLE_ON_RESOURCE, "properties.EventName", "\"RemoveActivatedRole\""),
            "properties.CallerInfo",
            "\"[{\\\"CallerIdentityType\\\":\\\"UPN\\\",\\\"CallerIdentityValue\\\":\\\"\\\"},"
                + "{\\\"CallerIdentityType\\\":\\\"ObjectID\\\",\\\"CallerIdentityValue\\\":\\\"S-1\\\"},"
                + "{\\\"CallerIdentityType\\\":\\\"Name\\\",\\\"CallerIdentityValue\\\":\\\"AzureADPIM\\\"}]\"");
    Activity activity = activity(record);
    assertThat(activity.getChange().getActivation()).isEqualTo("ended");
    assertThat(activity.getPrincipal().toString())
        .isEqualTo("{\"id\": \"s-1\", \"name\": \"AzureADPIM\", \"type\": \"workload\"}");
  }

  @Test
  void tellsWhoChangedAResource_byTheClaimsOfTheToken() {
    Activity activity = activity(ADMINISTRATIVE);
    assertThat(activity.getPrincipal().getId()).isEqualTo(ADA);
    assertThat(activity.getPrincipal().getType()).isEqualTo("user");
    assertThat(activity.getToken().getUti()).isEqualTo(Records.GUID);
    assertThat(activity.getToken().getAppOnly()).isFalse();
    assertThat(activity.getChange().getType())
        .isEqualTo("Microsoft.Storage/storageAccounts/listKeys/action");
  }

  @Test
  void tellsWhoChangedAResource_byTheAssignment_whereTheClaimsDoNot() {
    String record = with(ADMINISTRATIVE, "identity.claims", "{}");
    assertThat(activity(record).getPrincipal().getId()).isEqualTo(ADA);
    assertThat(activity(record).getPrincipal().getType()).isEqualTo("user");
    record = with(record, "identity.authorization.evidence.principalType", "\"ServicePrincipal\"");
    assertThat(activity(record).getPrincipal().getType()).isEqualTo("workload");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Write", "Delete", "Action", "ACTION"})
  void isTheSame_whereTheCategoryIsTheKindOfChange(String category) {
    String record = with(ADMINISTRATIVE, "category", "\"" + category + "\"");
    assertThat(activity(record)).isEqualTo(activity(ADMINISTRATIVE));
    assertThat(words(Records.read(with(record, "identity", "null"))))
        .containsExactly("ignored " + category);
  }

  @Test
  void isAnEventOfItsOwn_atEachStepOfAnOperation() {
    Activity start = activity(ADMINISTRATIVE);
    Activity done = activity(with(ADMINISTRATIVE, "resultType", "\"Success\""));
    assertThat(start.getEventId())
        .startsWith("corr-3/")
        .isNotEqualTo(done.getEventId())
        .isEqualTo(activity(ADMINISTRATIVE).getEventId());
    assertThat(start.getCorrelationId()).isEqualTo("corr-3");
  }

  @Test
  void isToldApart_byItsTimeAndContent_whereItHasNoId() {
    for (String record :
        List.of(
            with(AUDIT, "properties.id", "\"\""), with(ADMINISTRATIVE, "correlationId", "{}"))) {
      String id = activity(record).getEventId();
      assertThat(id).hasSize(16);
      assertThat(activity(with(record, "operationName", "\"x\"")).getEventId()).isNotEqualTo(id);
    }
    String unnumbered = with(AUDIT, "properties.id", "null");
    String again = with(unnumbered, "time", "\"2025-11-14T02:29:00Z\"");
    assertThat(activity(again).getEventId()).isEqualTo(activity(unnumbered).getEventId());
  }

  @Test
  void ignores_whereAnotherServiceCallsItsLogTheSame() {
    String record =
        "{\"category\":\"AuditLogs\",\"time\":\"2025-11-14T02:00:00Z\",\"resourceId\":"
            + "\"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.HEALTHCAREAPIS/X\","
            + "\"properties\":{\"fhirResourceType\":\"Patient\"}}";
    assertThat(words(Records.read(record))).containsExactly("ignored AuditLogs");
    String ofDevices =
        "{\"category\":\"AuditLogs\",\"time\":\"2025-11-14T02:00:00Z\",\"properties\":"
            + "{\"ActivityDate\":\"11/14/2025 2:00:00 AM\",\"AuditEventId\":\"e-1\","
            + "\"Actor\":{\"UPN\":\"ada@contoso.example\"}}}";
    assertThat(words(Records.read(ofDevices))).containsExactly("ignored AuditLogs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "{}", "[]", "\"\"", "7", "[1]", "[[]]", "\"{\"", "\"[{]\"", "[{}]"})
  void standsOddShapes(String value) {
    for (String path :
        new String[] {
          "properties.initiatedBy",
          "properties.targetResources",
          "properties.additionalDetails",
          "properties.targetResources[0].modifiedProperties",
        }) {
      assertThat(activity(with(AUDIT, path, value)).getEventId()).isEqualTo("PIM_1");
    }
    assertThat(activity(with(ROLE_ON_RESOURCE, "properties.CallerInfo", value)).getEventId())
        .isEqualTo("event-1");
  }

  @Test
  void keepsThirtyTwoTargets_andSixteenNames() {
    String modified = "{\"displayName\":\"%s\"},";
    StringBuilder names = new StringBuilder("[");
    for (int i = 0; i < 40; i++) {
      names.append(modified.formatted("p" + i));
    }
    String target = "{\"id\":\"t\",\"modifiedProperties\":" + names + "{}]},";
    Change change =
        activity(with(AUDIT, "properties.targetResources", "[" + target.repeat(40) + "{}]"))
            .getChange();
    assertThat(change.getTargets()).hasSize(32);
    assertThat(change.getModified()).hasSize(16).doesNotHaveDuplicates();
  }

  @Test
  void isKeyedByWhoMadeIt_elseByItself() {
    assertThat(ActivityOutput.key(activity(AUDIT))).isEqualTo(ADA);
    assertThat(ActivityOutput.key(activity(with(AUDIT, "properties.initiatedBy", "{}"))))
        .isEqualTo("PIM_1");
  }
}
