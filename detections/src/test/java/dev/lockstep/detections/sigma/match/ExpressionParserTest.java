package dev.lockstep.detections.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionParserTest {
  @Test
  void takesAsManyParenthesesInEachOther_asItSays() throws InvalidDetectionException {
    assertThat(parse(nested(32))).isEqualTo(new Expression.Named("one"));
    assertThatThrownBy(() -> parse(nested(33)))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining("nested more than 32 deep");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 of them", "all of them", "any of *"})
  void says_thatNamesWithAnUnderscoreAreLeftOut(String condition) {
    assertThatThrownBy(
            () ->
                ExpressionParser.parse(
                    condition, Set.of("_one"), ExpressionParser.NameKind.SELECTION))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining(
            "begin with an underscore are left out, and no other name matches; write a pattern");
  }

  @Test
  void says_thatTheCorrelationDoesNotListTheRule() {
    assertThatThrownBy(
            () -> ExpressionParser.parse("reset", Set.of("4f2c"), ExpressionParser.NameKind.RULE))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining(
            "has the name \"reset\" in its condition, but the list under \"rules\" does not"
                + " contain it; write an entry of the list under \"rules\" exactly as it is");
  }

  private static String nested(int parentheses) {
    return "(".repeat(parentheses) + "one" + ")".repeat(parentheses);
  }

  private static Expression parse(String condition) throws InvalidDetectionException {
    return ExpressionParser.parse(condition, Set.of("one"), ExpressionParser.NameKind.SELECTION);
  }
}
