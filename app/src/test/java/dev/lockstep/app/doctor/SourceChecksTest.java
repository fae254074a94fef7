package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceChecksTest {
  private static final String OF_CONTOSO =
      "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=l;SharedAccessKey=c2VjcmV0";

  private final CheckReport report = new CheckReport("source signins");

  private void warn(String connectionString, Map<String, String> more) {
    Map<String, String> variables = new HashMap<>();
    variables.put("LOCKSTEP_SOURCES_SIGNINS_TYPE", "event-hubs-kafka");
    variables.put("LOCKSTEP_SOURCES_SIGNINS_HUB", "signins");
    variables.put("LOCKSTEP_SOURCES_SIGNINS_AUTH", "connection-string");
    variables.put("LOCKSTEP_SOURCES_SIGNINS_CONNECTION_STRING", connectionString);
    variables.putAll(more);
    SourceChecks.warnOfOtherPlace(report, Config.read(null, variables).sources().get(0));
  }

  @Test
  void warnsOfAConnectionStringOfAnotherHub() {
    warn(OF_CONTOSO + ";EntityPath=auditlogs", Map.of());
    assertThat(report.lines())
        .extracting(CheckReport.Line::text)
        .containsExactly(
            "warn  source signins: the connection string is for the hub \"auditlogs\" (its"
                + " EntityPath), but the source has the hub \"signins\"; take the connection"
                + " string of a policy of the hub that the source names, or of its namespace, or"
                + " correct the key \"hub\" of the source");
  }

  @Test
  void warnsOfAConnectionStringOfAnotherNamespace() {
    warn(
        OF_CONTOSO,
        Map.of("LOCKSTEP_SOURCES_SIGNINS_NAMESPACE", "fabrikam.servicebus.windows.net"));
    assertThat(report.lines())
        .extracting(CheckReport.Line::text)
        .containsExactly(
            "warn  source signins: the connection string is for the namespace"
                + " \"contoso.servicebus.windows.net\", but the source has the namespace"
                + " \"fabrikam.servicebus.windows.net\"; Lockstep reads the namespace of the"
                + " connection string; take the connection string of the namespace that the source"
                + " names, or remove the key \"namespace\" of the source");
  }

  @Test
  void saysNothingWhereBothAreTheSame() {
    warn(
        OF_CONTOSO + ";EntityPath=SignIns",
        Map.of("LOCKSTEP_SOURCES_SIGNINS_NAMESPACE", "Contoso.servicebus.windows.net"));
    warn(OF_CONTOSO, Map.of());
    assertThat(report.lines()).isEmpty();
  }
}
