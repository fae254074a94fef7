package dev.lockstep.detections.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.rules.RawField;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Cost of matching: by the number of rules, and of one pattern. */
class MatchCostTest {
  private static final String[] AREAS = {"network", "keyvault", "compute", "storage", "sql"};

  private static EventMatcher matcher(int rules, Random random) throws InvalidDetectionException {
    EventMatcher.Builder builder = new EventMatcher.Builder();
    for (int i = 0; i < rules; i++) {
      Map<String, Selection> selections = new LinkedHashMap<>();
      List<Selection> parts = new ArrayList<>();
      parts.add(MatchTestKit.test("category", "Administrative"));
      String area = "Microsoft." + AREAS[random.nextInt(AREAS.length)];
      String operation = area + "/thing" + i + "/write";
      parts.add(
          switch (i % 4) {
            case 0 -> MatchTestKit.test("operationName", operation);
            case 1 -> MatchTestKit.test("operationName|startswith", area + "/thing" + i + "/");
            case 2 -> MatchTestKit.test("operationName|contains", "/thing" + i + "/");
            default -> MatchTestKit.test("operationName|re", "/thing" + i + "/[a-z]+$");
          });
      selections.put("selection", new Selection.All(parts));
      selections.put("filter", MatchTestKit.test("caller|endswith", "@robots.example"));
      builder.add(
          new DetectionSection(
              selections,
              ExpressionParser.parse(
                  "selection and not filter",
                  selections.keySet(),
                  ExpressionParser.NameKind.SELECTION)));
    }
    return builder.build();
  }

  private static long nanosPerEvent(EventMatcher matcher, List<RawField[]> events) {
    Pass pass = matcher.pass();
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 30; round++) {
      long started = System.nanoTime();
      for (RawField[] event : events) {
        pass.start(index -> event[index]);
        pass.match(MatchTestKit.IGNORED);
      }
      best = Math.min(best, (System.nanoTime() - started) / events.size());
    }
    return best;
  }

  @Test
  void findsEachOfThousandsOfRulesByItsIndex() throws InvalidDetectionException {
    assertThat(matcher(3_000, new Random(1)).always).containsOnly(0);
  }

  @Test
  @Tag("long")
  void costsTenTimesTheRules_atMostHalfMore() throws InvalidDetectionException {
    Random random = new Random(7);
    EventMatcher few = matcher(300, new Random(1));
    EventMatcher many = matcher(3_000, new Random(1));
    List<RawField[]> events = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      RawField[] event = new RawField[few.fields().size()];
      for (int field = 0; field < event.length; field++) {
        event[field] =
            MatchTestKit.present(
                switch (few.fields().get(field)) {
                  case "category" -> "Administrative";
                  case "operationName" ->
                      "MICROSOFT."
                          + AREAS[random.nextInt(AREAS.length)].toUpperCase(Locale.ROOT)
                          + "/THING"
                          + random.nextInt(250)
                          + "/WRITE";
                  default -> "ada@contoso.example";
                });
      }
      events.add(event);
    }
    assertThat(many.fields()).isEqualTo(few.fields());

    nanosPerEvent(few, events); // so that both are measured warm
    double ratio = Double.MAX_VALUE;
    for (int tries = 0; tries < 5 && ratio > 1.5; tries++) {
      long ofFew = nanosPerEvent(few, events);
      long ofMany = nanosPerEvent(many, events);
      ratio = Math.min(ratio, (double) ofMany / ofFew);
    }

    assertThat(ratio).isLessThanOrEqualTo(1.5);
  }

  @Test
  @Tag("long")
  void searchesALongValue_withTheLargestPattern_inAMillisecond() throws InvalidDetectionException {
    List<String> expressions =
        List.of(
            "a{40}b",
            "(x+x+)+y",
            "([a-z]*[0-9]*){7}!",
            "(?:a?){14}a{14}!",
            ".*a.*a.*a.*a.*a.*a.*a.*a.*a.*a!",
            "(a*)*(b*)*(a*)*(b*)*(a*)*(b*)*!");
    for (String expression : expressions) {
      slow("re", expression, "a".repeat(1_024));
    }
    slow("contains", "a".repeat(511) + "b", "a".repeat(1_024));
    slow("contains", "?".repeat(127) + "b", "a".repeat(1_024));
    slow("contains", "a*".repeat(500) + "b", "a".repeat(1_024));
  }

  private static void slow(String modifier, String pattern, String value)
      throws InvalidDetectionException {
    EventMatcher.Builder builder = new EventMatcher.Builder();
    builder.add(MatchTestKit.section(MatchTestKit.test("field|" + modifier, pattern)));
    Pass pass = builder.build().pass();
    RawField field = MatchTestKit.present(value);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5_000 && (best > 900_000 || i < 20); i++) {
      long started = System.nanoTime();
      pass.start(index -> field);
      pass.truth(0);
      best = Math.min(best, System.nanoTime() - started);
    }
    assertThat(Duration.ofNanos(best)).as(pattern).isLessThan(Duration.ofMillis(1));
  }
}
