package dev.lockstep.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class RawFieldTest {
  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());

  private static Event event(Activity activity) {
    return new Event(activity, Enrichment.none(), Event.Claims.ABSENT, false, false);
  }

  @Test
  void tellsNotLookedForFromAbsentNullAndEmpty() {
    Activity activity =
        ActivityBuilder.signIn("ada", "2026-11-19T10:00:00Z")
            .raw("properties.absent")
            .raw("properties.none", (Object) null)
            .raw("properties.empty", "")
            .raw("Properties.Mixed", "a", 1.5, true, false)
            .raw("properties.list", new RawValue(RawValue.Kind.LIST, "[]", false))
            .build();
    Event event = event(codec.decode(codec.encode(activity)));

    assertThat(event.raw("properties.other")).isSameAs(RawField.NOT_LOOKED_FOR);
    assertThat(event.raw("properties.absent")).isSameAs(RawField.ABSENT);
    assertThat(event.raw("properties.none").values()).containsExactly(RawValue.NULL);
    assertThat(event.raw("properties.empty").values())
        .containsExactly(new RawValue(RawValue.Kind.TEXT, "", false));
    assertThat(event.raw("PROPERTIES.mixed").values())
        .containsExactly(
            new RawValue(RawValue.Kind.TEXT, "a", false),
            new RawValue(RawValue.Kind.NUMBER, "1.5", false),
            RawValue.TRUE,
            RawValue.FALSE);
    assertThat(event.raw("properties.list").values())
        .containsExactly(new RawValue(RawValue.Kind.LIST, "[]", false));
  }

  @Test
  void costsOneByte_withoutRawFields() {
    Activity activity = ActivityBuilder.signIn("ada", "2026-11-19T10:00:00Z").build();
    byte[] without = codec.encode(activity);
    activity.setRaw(ByteBuffer.allocate(0));
    assertThat(codec.encode(activity)).hasSize(without.length + 1);
    assertThat(event(activity).raw("properties.any")).isSameAs(RawField.NOT_LOOKED_FOR);
  }

  @Test
  void readsDamagedBytesAsNotLookedFor_orAsValues() {
    ByteBuffer whole =
        ActivityBuilder.signIn("ada", "2026-11-19T10:00:00Z")
            .raw("properties.a", "text", 5)
            .raw("properties.b", "é")
            .build()
            .getRaw();
    long seed = 20261119;
    Random random = new Random(seed);
    List<RawField> read = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[whole.remaining()];
      whole.duplicate().get(bytes);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      Activity activity = ActivityBuilder.signIn("ada", "2026-11-19T10:00:00Z").build();
      activity.setRaw(ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length + 1)));
      read.add(event(activity).raw("properties.b"));
    }
    assertThat(read).as("seed %d", seed).contains(RawField.NOT_LOOKED_FOR).doesNotContainNull();
  }

  @Test
  void refusesRawFieldsOfNoCategory() {
    RuleInfo.Builder rule =
        RuleInfo.of("of-fields", 1, "Of fields")
            .about(Subject.Kind.PRINCIPAL)
            .keeps(FactKind.named("seen").declare())
            .reasons("seen")
            .severities(Severity.Low)
            .rawFields("properties.userAgent");
    assertThat(rule.done().problem())
        .hasToString(
            "it declares raw fields, but no log category; name the categories with reads()");
    assertThat(rule.reads("SignInLogs").done().problem()).isNull();
    assertThat(rule.rawFields(" ").done().problem())
        .extracting(RuleInfo.Problem::what, InstanceOfAssertFactories.STRING)
        .contains("raw field");
  }
}
