package dev.lockstep.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Writer of {@code benign-month.csv} from a replay of the benign month with the Sigma rules. */
final class BenignMonthRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private BenignMonthRows() {}

  /**
   * Prints the rows.
   *
   * @param arguments summary of {@code replay --json}, its findings, and words about the replay
   */
  public static void main(String[] arguments) throws IOException {
    JsonNode records = JSON.readTree(Path.of(arguments[0]).toFile()).get("byCategory");
    Map<String, Set<String>> findings = new HashMap<>();
    for (String line : Files.readAllLines(Path.of(arguments[1]))) {
      JsonNode finding = JSON.readTree(line);
      findings
          .computeIfAbsent(finding.get("rule").asText(), any -> new TreeSet<>())
          .add(finding.get("id").asText());
    }
    SigmaContent content = SigmaContent.read();
    System.out.println("# " + arguments[2]);
    System.out.println("rule,records,findings,meaning");
    for (String name : content.rules().keySet()) {
      long fewest = Long.MAX_VALUE;
      for (List<String> categories : content.categories(name)) {
        fewest =
            Math.min(
                fewest,
                categories.stream()
                    .mapToLong(each -> records.path(each).path("activities").asLong())
                    .sum());
      }
      String id = content.id(name);
      System.out.println(
          "%s,%d,%d,%s"
              .formatted(
                  id, fewest, findings.getOrDefault(id, Set.of()).size(), content.meaning(name)));
    }
  }
}
