package dev.lockstep.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Findings of the project's Sigma rules in a replay of the benign month. Each of them is a false
 * alarm.
 *
 * @param measured day, people and days of the replay, in words
 */
record BenignMonthResults(String measured, Map<String, Row> rows) {
  private static final Path FILE = Path.of("src/test/resources/content/benign-month.csv");

  /** Least number of records of a rule's logs in the month, for a result that means something. */
  private static final int LEAST_RECORDS = 1_000;

  /**
   * Result of a rule.
   *
   * @param records records of the rule's logs in the month; of several log sources, of the rarest
   * @param findings findings of the rule
   * @param meaning hash of what the rule matched by
   */
  record Row(long records, long findings, String meaning) {}

  static BenignMonthResults read() throws IOException {
    Map<String, Row> rows = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(FILE);
    for (String line : lines.subList(2, lines.size())) {
      String[] cells = line.split(",", -1);
      rows.put(cells[0], new Row(Long.parseLong(cells[1]), Long.parseLong(cells[2]), cells[3]));
    }
    return new BenignMonthResults(lines.get(0).substring(2), rows);
  }

  @Nullable Row of(String id) {
    return rows.get(id);
  }

  /** Returns whether the month had the rule's logs and the rule had no false alarm in them. */
  boolean supports(String id, String meaning) {
    Row row = rows.get(id);
    return row != null
        && row.meaning().equals(meaning)
        && row.records() >= LEAST_RECORDS
        && row.findings() == 0;
  }
}
