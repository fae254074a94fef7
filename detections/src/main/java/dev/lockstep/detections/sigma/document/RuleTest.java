package dev.lockstep.detections.sigma.document;

import dev.lockstep.schemas.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Test that an author wrote beside a rule.
 *
 * @param name name of the test
 * @param records records that the test enters
 * @param expected findings that the rule has to have; none if it must not fire
 */
public record RuleTest(String name, List<Entered> records, List<Expected> expected, SourceLine at) {
  /** Creates a test with copies of its lists. */
  public RuleTest {
    records = List.copyOf(records);
    expected = List.copyOf(expected);
  }

  /**
   * Record of a test.
   *
   * @param json text of the record in JSON
   */
  public record Entered(String json, SourceLine at) {}

  /**
   * Findings that are expected to be alike.
   *
   * @param findings number of the findings, at least 1
   * @param count count of each, or null for any
   * @param severity severity of each, or null for any
   * @param principal id or name of the principal, or null for any
   * @param ip address, or null for any
   */
  public record Expected(
      int findings,
      @Nullable Integer count,
      @Nullable Severity severity,
      @Nullable String principal,
      @Nullable String ip,
      SourceLine at) {}
}
