package dev.lockstep.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Queries of the analytics rules for custom detections of Defender: without comments, and with the
 * columns that a custom detection takes time, event and account from.
 */
final class DefenderQueries {
  static final Path FOLDER = Templates.SENTINEL.resolve("defender");

  private static final String OF_A_FINDING =
      """
      | extend
          Timestamp = TimeGenerated,
          ReportId = strcat(DetectionId, "-", tostring(Revision)),
          AccountObjectId = UserId,
          AccountUpn = iff(isempty(UserSuffix), "", strcat(UserName, "@", UserSuffix))
      """;

  private static final String OF_HEALTH =
      """
      | extend
          TimeGenerated = now(),
          Timestamp = now(),
          ReportId = strcat(Problem, "-", Part, "-", tostring(bin(now(), 15m)))
      """;

  private DefenderQueries() {}

  /** Returns the query of each analytics rule by the name of the rule's file. */
  static Map<String, String> all() throws IOException {
    Map<String, String> queries = new TreeMap<>();
    for (Path file : Solution.files(Solution.RULES)) {
      JsonNode rule = Solution.yaml(file);
      boolean finding = rule.path("customDetails").has("DetectionId");
      queries.put(
          Solution.name(file),
          withoutComments(rule.path("query").asText()) + (finding ? OF_A_FINDING : OF_HEALTH));
    }
    return queries;
  }

  /** Returns a query without its comments, each of which has a line of its own. */
  private static String withoutComments(String query) {
    return query
        .lines()
        .filter(line -> !line.strip().startsWith("//"))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
