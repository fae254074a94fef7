package dev.lockstep.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.kit.ActivityBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RawMemoTest {
  private static final RawPath PATH = RawPath.of("properties.a");

  private final List<RawField> asked = new ArrayList<>();
  private final RawField.Memo<String> memo =
      new RawField.Memo<>(
          field -> {
            asked.add(field);
            return field.toString();
          });

  private static Event event(Object... values) {
    return event(ActivityBuilder.signIn("ada", "2026-11-19T10:00:00Z").raw("properties.a", values));
  }

  private static Event event(ActivityBuilder activity) {
    return new Event(activity.build(), Enrichment.none(), Event.Claims.ABSENT, false, false);
  }

  @Test
  void asksOnce_forFieldsWithTheSameValues() {
    String first = event("text", 5).raw(PATH, memo);
    assertThat(event("text", 5).raw(PATH, memo)).isSameAs(first);
    assertThat(event().raw(PATH, memo)).isSameAs(event().raw(PATH, memo));
    assertThat(asked).containsExactly(event("text", 5).raw(PATH), RawField.ABSENT);
  }

  @Test
  void tellsFieldsApart_whateverItRemembers() {
    long seed = 20_261_129;
    Random random = new Random(seed);
    String[] alike = {"", "a", "aa", "aaaaaaaa", "aaaaaaab", "baaaaaaa", "a".repeat(200)};
    for (int i = 0; i < 20_000; i++) {
      Object text =
          random.nextInt(3) > 0
              ? alike[random.nextInt(alike.length)]
              : "a".repeat(random.nextInt(20)) + random.nextInt(1_000);
      Object value = random.nextInt(4) == 0 ? (Object) random.nextInt(1_000) : text;
      Event event =
          switch (random.nextInt(10)) {
            case 0 -> event(ActivityBuilder.signIn("ada", "2026-11-19T10:00:00Z"));
            case 1 -> event();
            case 2 -> event(value, text);
            default -> event(value);
          };
      assertThat(event.raw(PATH, memo))
          .as("seed %d, value %s", seed, value)
          .isEqualTo(event.raw(PATH).toString());
    }
  }
}
