package dev.lockstep.detections.sigma.document;

import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
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
 * @param networks class, or class and country, of each network, by address range or by autonomous
 *     system such as {@code AS64500}
 * @param partners API Management subscription of each partner by the partner's id
 * @param written records that the test hands to the engine, each with how often it is repeated
 * @param expected findings that the rule must have; none if it must not fire
 */
public record RuleCase(
    String name,
    Map<String, String> networks,
    Map<String, String> partners,
    List<Written> written,
    List<Expected> expected,
    SourceLine at) {
  public RuleCase {
    networks = Collections.unmodifiableMap(new LinkedHashMap<>(networks));
    partners = Collections.unmodifiableMap(new LinkedHashMap<>(partners));
    written = List.copyOf(written);
    expected = List.copyOf(expected);
  }

  private static final String NUMBER = "%n%";

  /**
   * Log record as a test has it, with the number of copies to make of the record.
   *
   * @param text text of the record in JSON; if it is repeated, {@code %n%} stands for the number of
   *     each copy, from 1 on
   * @param copies number of the record's copies, or 0 if it is not repeated
   */
  public record Written(String text, int copies, SourceLine at) {}

  /**
   * Log record that a test passes to the rule.
   *
   * @param json text of the record in JSON
   */
  public record Entered(String json, SourceLine at) {}

  /**
   * Returns the content of a networks file with a row for each of the given networks.
   *
   * @param networks class, or class and country, of each network, as in {@link #networks}
   */
  public static String networksFile(Map<String, String> networks) {
    StringBuilder rows = new StringBuilder("cidr,class,country\n");
    networks.forEach(
        (network, word) -> {
          int slash = word.indexOf('/');
          rows.append(network)
              .append(',')
              .append(slash < 0 ? word : word.substring(0, slash))
              .append(',')
              .append(slash < 0 ? "" : word.substring(slash + 1))
              .append('\n');
        });
    return rows.toString();
  }

  /** Returns the number of records that the test passes to the rule. */
  public int size() {
    return written.stream().mapToInt(one -> Math.max(1, one.copies())).sum();
  }

  /** Returns the records that the test passes to the rule. They may take much memory. */
  public List<Entered> records() {
    List<Entered> records = new ArrayList<>();
    for (Written one : written) {
      if (one.copies() == 0) {
        records.add(new Entered(one.text(), one.at()));
      }
      for (int i = 1; i <= one.copies(); i++) {
        records.add(new Entered(one.text().replace(NUMBER, String.valueOf(i)), one.at()));
      }
    }
    return records;
  }

  /**
   * Number of findings that a test expects, with the attributes that each of them has.
   *
   * @param findings number of the findings, at least 1
   * @param count count that each finding has, or null for any
   * @param severity severity that each finding has, or null for any
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
