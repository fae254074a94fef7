package dev.lockstep.detections.sigma.document;

import dev.lockstep.schemas.Severity;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Test of a rule as its author wrote it: networks, partners, records for the engine, and the
 * expected findings.
 *
 * @param name name of the test
 * @param networks address ranges, or autonomous systems such as {@code AS64500}, with their class,
 *     or class and country
 * @param partners ids of partners, each with its API Management subscription
 * @param records records that the test hands to the engine
 * @param expected findings that the rule must have; none if it must not fire
 */
public record RuleCase(
    String name,
    Map<String, String> networks,
    Map<String, String> partners,
    List<Entered> records,
    List<Expected> expected,
    SourceLine at) {
  public RuleCase {
    networks = Collections.unmodifiableMap(new LinkedHashMap<>(networks));
    partners = Collections.unmodifiableMap(new LinkedHashMap<>(partners));
    records = List.copyOf(records);
    expected = List.copyOf(expected);
  }

  /**
   * Log record that a test passes to the rule.
   *
   * @param json text of the record in JSON
   */
  public record Entered(String json, SourceLine at) {}

  /**
   * Number of findings that a test expects, with the attributes that each of them has.
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
      @Nullable String ip) {}
}
