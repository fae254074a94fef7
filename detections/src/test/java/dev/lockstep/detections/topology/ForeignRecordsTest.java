package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.edge;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.Contributions;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.join.PendingHalf;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.IncidentGroup;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes on the internal topics that no stage has written: they become dead letters, what lies
 * beside them is read, and the task goes on.
 */
final class ForeignRecordsTest {
  private static final String LONDON = "10.1.0.1";
  private static final String HOSTING = "10.3.0.1";
  private static final byte[] FOREIGN = "no record".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path dir;

  private final StagePayloadCodec codec =
      new StagePayloadCodec(RuleNumbers.defaults().ruleSet().rules());

  /** Returns a part of the kind that goes to a target. */
  private static StagePayload part(Target target) {
    Activity half = call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(HOSTING).build();
    return switch (target) {
      case PRINCIPALS, SUBJECTS ->
          new StagePayload.OfMessage(
              Objects.requireNonNull(
                  AlertMessages.record(
                      ActivityBuilder.alert("a", "2026-11-19T10:20:00Z").build())));
      case HALVES -> new StagePayload.Half("c1", PendingHalf.of(half, null));
      case REVISIONS ->
          new StagePayload.OfRevision(
              new CallRevision(half, Event.Claims.ABSENT, true, false, false, false));
      case FINDINGS -> new StagePayload.OfContribution(contribution());
      default -> throw new IllegalArgumentException("there is no internal topic for " + target);
    };
  }

  private static Contribution contribution() {
    Contribution contribution = Contributions.of("impossible-travel", "f", Severity.Low);
    contribution.getDetection().setTitle("beside");
    return contribution;
  }

  private byte[] record(Target target, byte[]... parts) {
    return StageRecord.encode(new Watermark("foreign-" + target, 0, 0, false), List.of(parts));
  }

  private static byte[] body(DeadLetter letter) {
    byte[] body = new byte[letter.getBody().remaining()];
    letter.getBody().duplicate().get(body);
    return body;
  }

  @ParameterizedTest
  @EnumSource(names = {"PRINCIPALS", "SUBJECTS", "HALVES", "REVISIONS", "FINDINGS"})
  void becomeDeadLetters_andTheTaskGoesOn(Target target) {
    byte[] part = codec.encode(part(target));
    byte[] whole = record(target, part, part);
    byte[] cut = Arrays.copyOf(whole, whole.length - 3);
    byte[] otherLayout = whole.clone();
    otherLayout[2] = 9;
    String topic = Route.LAYOUT.internalTopic(target);
    try (Route route = new Route(dir)) {
      assertThat(route.sendForeign(topic, null)).singleElement().satisfies(this::isEmptyLetter);
      assertThat(route.sendForeign(topic, new byte[0]))
          .singleElement()
          .satisfies(this::isEmptyLetter);
      for (byte[] bytes : List.of(FOREIGN, new byte[200], otherLayout)) {
        assertThat(route.sendForeign(topic, bytes))
            .singleElement()
            .satisfies(letter -> assertThat(body(letter)).isEqualTo(bytes));
      }
      assertThat(route.sendForeign(topic, cut))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.getWhere().getIndex()).isEqualTo(1);
                assertThat(body(letter))
                    .isEqualTo(
                        Arrays.copyOfRange(
                            cut, cut.length - part.length - Integer.BYTES + 3, cut.length));
              });
      assertThat(route.sendForeign(topic, record(target, part, FOREIGN, part)))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.getWhere().getIndex()).isEqualTo(1);
                assertThat(body(letter)).isEqualTo(FOREIGN);
              });
      assertThat(route.counters().deadLetters()).isEqualTo(7);
      assertThat(route.sendForeign(topic, whole)).isEmpty();
      everyStageWorks(route);
      assertThat(route.counters().deadLetters()).isEqualTo(7);
    }
  }

  private void isEmptyLetter(DeadLetter letter) {
    assertThat(letter.getBody()).isEqualTo(ByteBuffer.allocate(0));
  }

  /** Asserts that a finding comes that each of the five topics has a part in. */
  private static void everyStageWorks(Route route) {
    route.send(
        signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted("t"),
        call("2026-11-19T10:20:00Z").id("c9").subscription("s").from("10.9.0.1").reference("r9"),
        link("2026-11-19T10:20:01Z", "c9").presents("t", "alice"),
        edge("2026-11-19T10:20:00Z", "r9").forwarded(HOSTING, null),
        ActivityBuilder.alert("d", "2026-11-19T10:30:00Z").namesAccounts("alice"));
    route.send(watermark("signins", "2026-11-19T12:00:00Z"));
    assertThat(route.findings())
        .filteredOn(finding -> finding.getRule().equals("token-replay"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.getIp()).isEqualTo(HOSTING);
              assertThat(finding.getDefenderAlerts()).hasSize(1);
            });
  }

  @Test
  void giveWay_whereOnlyTheBodyOfAWaitingCallIsDamaged_andACopyComes() {
    Activity call = call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(HOSTING).build();
    byte[] bytes = new SingleObject<Activity>(Activity.getClassSchema()).encode(call);
    byte[] damaged = Arrays.copyOf(bytes, 20);
    String topic = Route.LAYOUT.internalTopic(Target.HALVES);
    try (Route route = new Route(dir)) {
      byte[] first = codec.encode(new StagePayload.Half("c1", PendingHalf.of(call, damaged)));
      assertThat(route.sendForeign(topic, record(Target.HALVES, first))).isEmpty();
      byte[] copy = codec.encode(new StagePayload.Half("c1", PendingHalf.of(call, bytes)));
      assertThat(route.sendForeign(topic, record(Target.HALVES, copy))).isEmpty();
      everyStageWorks(route);
    }
  }

  @Test
  void leaveTheCallAlone_whereADamagedLinkComes() {
    Activity link = link("2026-11-19T10:20:01Z", "c9").presents("t", "alice").build();
    byte[] bytes = new SingleObject<Activity>(Activity.getClassSchema()).encode(link);
    byte[] damaged = Arrays.copyOf(bytes, 20);
    String topic = Route.LAYOUT.internalTopic(Target.HALVES);
    try (Route route = new Route(dir)) {
      byte[] part = codec.encode(new StagePayload.Half("c9", PendingHalf.of(link, damaged)));
      assertThat(route.sendForeign(topic, record(Target.HALVES, part)))
          .singleElement()
          .satisfies(
              letter ->
                  assertThat(new String(body(letter), StandardCharsets.UTF_8)).isEqualTo("c9"));
      everyStageWorks(route);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ActivityStage.STORE, FindingStage.STORE, IncidentStage.STORE})
  void inAChangelogArePassedOver(String store) {
    try (Route route = new Route(dir)) {
      for (String key : List.of("x", "signins", "address " + HOSTING)) {
        route.put(store, key, "hello".getBytes(StandardCharsets.UTF_8));
      }
      route.put(store, "empty", new byte[0]);
      everyStageWorks(route);
      route.send(watermark("signins", "2027-02-19T12:00:00Z"));
      route.sweeps();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ActivityStage.STORE, FindingStage.STORE, IncidentStage.STORE})
  void inAChangelogArePassedOver_whereARecordOfThisVersionIsCut(String store) {
    byte[] header =
        switch (store) {
          case ActivityStage.STORE -> header(Activity.getClassSchema());
          case FindingStage.STORE -> header(FindingState.getClassSchema());
          default -> header(IncidentGroup.getClassSchema());
        };
    try (Route route = new Route(dir)) {
      for (String key : List.of("x", "signins", "address " + HOSTING)) {
        route.put(store, key, Arrays.copyOf(header, 12));
      }
      everyStageWorks(route);
      route.send(watermark("signins", "2027-02-19T12:00:00Z"));
      route.sweeps();
    }
  }

  /** Returns the header of Avro's single-object encoding for a schema, and nothing else. */
  private static byte[] header(Schema schema) {
    return ByteBuffer.allocate(10)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0xC3)
        .put((byte) 0x01)
        .putLong(SchemaNormalization.parsingFingerprint64(schema))
        .array();
  }

  @Test
  void inAChangelogEndTheTask_whereANewerVersionWroteThem() {
    byte[] newer =
        new SingleObject<Activity>(Activity.getClassSchema())
            .encode(call("2026-11-19T10:20:00Z").build());
    newer[2]++;
    try (Route route = new Route(dir)) {
      route.put(FindingStage.STORE, "x", newer);
      assertThatThrownBy(() -> everyStageWorks(route))
          .hasStackTraceContaining("a newer version may have written it");
    }
  }

  @Test
  void doNotKeepAFindingBesideThem_fromBeingRead() {
    byte[] part = codec.encode(part(Target.FINDINGS));
    try (Route route = new Route(dir)) {
      route.sendForeign(
          Route.LAYOUT.internalTopic(Target.FINDINGS), record(Target.FINDINGS, FOREIGN, part));
      assertThat(route.only().getTitle()).isEqualTo("beside");
    }
  }
}
