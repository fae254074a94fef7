package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Parts of rules and events for tests of matching. */
final class MatchTestKit {
  /** Receiver that ignores what matches. */
  static final Pass.Matches IGNORED =
      new Pass.Matches() {
        @Override
        public void matched(int rule) {}

        @Override
        public void cut(int rule) {}
      };

  private MatchTestKit() {}

  /** Returns the comparison of a field with texts. */
  static Selection test(String key, String... values) throws InvalidDetectionException {
    return FieldComparisonParser.parse(
        key, Arrays.stream(values).map(Literal::text).toList(), Placeholders.NONE);
  }

  /** Returns a detection of one selection. */
  static DetectionSection section(Selection selection) {
    return new DetectionSection(Map.of("selection", selection), new Expression.Named("selection"));
  }

  /** Returns a field with texts. */
  static RawField present(String... texts) {
    List<RawValue> values = new ArrayList<>();
    for (String text : texts) {
      values.add(new RawValue(RawValue.Kind.TEXT, text, false));
    }
    return new RawField.Present(values, false);
  }

  /** Returns the result of a comparison on a field. */
  static Truth truth(Selection selection, RawField field) {
    EventMatcher.Builder builder = new EventMatcher.Builder();
    builder.add(section(selection));
    Pass pass = builder.build().pass();
    pass.start(index -> field);
    return pass.truth(0);
  }
}
