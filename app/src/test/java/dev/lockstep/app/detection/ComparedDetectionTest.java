package dev.lockstep.app.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparedDetectionTest {
  private static final String LINE =
      """
      {"id":"a","revision":1,"rule":"r","reason":"event-count","severity":"Low","title":"t","count":2,
      "startTime":"2026-01-05T00:00:00.000Z","endTime":"2026-01-05T00:00:00.000Z"%s}\
      """;

  @Test
  void namesTheGroupOfACorrelation_thatHasNoOtherSubject() throws IOException {
    Detection finding = new Detection();
    finding.setId("a");
    finding.setRule("r");
    finding.setReason("event-count");
    finding.setSeverity(Severity.Low);
    finding.setTitle("t");
    finding.setEvidence(List.of());
    finding.setGroup(Map.of("UserAgent", "curl", "AppDisplayName", "app1"));

    ComparedDetection ofEngine = ComparedDetection.of(finding);
    ComparedDetection ofFile =
        parse(",\"group\":{\"UserAgent\":\"curl\",\"AppDisplayName\":\"app1\"}");
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ofFile.write(new DataOutputStream(written));
    ComparedDetection readAgain =
        ComparedDetection.read(
            "a", new DataInputStream(new ByteArrayInputStream(written.toByteArray())));

    assertThat(List.of(ofEngine, ofFile, readAgain))
        .extracting(ComparedDetection::subject)
        .containsOnly("AppDisplayName app1, UserAgent curl");
  }

  @Test
  void namesTheAddressBeforeTheGroup() throws IOException {
    assertThat(parse(",\"ip\":\"203.0.113.9\",\"group\":{\"a\":\"b\"}").subject())
        .isEqualTo("203.0.113.9");
    assertThat(parse(",\"group\":{}").subject()).isEqualTo("no subject");
    assertThat(parse(",\"group\":[1]").subject()).isEqualTo("no subject");
    assertThat(parse("").subject()).isEqualTo("no subject");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shadow", "title", "other"})
  void skipsAnObjectInTheWrongPlace(String field) throws IOException {
    String nested = ",\"%s\":{\"id\":\"other\",\"rule\":[{\"a\":1}]},\"ip\":\"203.0.113.9\"";

    ComparedDetection parsed = parse(nested.formatted(field));

    assertThat(parsed.id()).isEqualTo("a");
    assertThat(parsed.rule()).isEqualTo("r");
    assertThat(parsed.shadow()).isFalse();
    assertThat(parsed.subject()).isEqualTo("203.0.113.9");
  }

  private static ComparedDetection parse(String more) throws IOException {
    return ComparedDetection.parse(LINE.formatted(more).replace("\n", ""), false);
  }
}
