package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.detections.topology.TopologyLayout;
import dev.lockstep.enrichment.Enrichment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Generated parts of {@code docs/architecture.md}: topology and package map. */
final class ArchitecturePageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/architecture.md");
  private static final Path FRESH = Path.of("target/architecture.md");

  /** In the order in which a record meets them; what all others know comes last. */
  private static final List<String> MODULES =
      List.of("ingest", "rules", "detections", "enrichment", "sentinel", "app", "schemas");

  @Test
  void holdsTheTopologyAndThePackages_asTheyAre() throws IOException {
    String page = Files.readString(PAGE).replace("\r\n", "\n");
    String fresh = replaced(replaced(page, "topology", topology()), "packages", packages());
    Files.writeString(FRESH, fresh);
    assertThat(PAGE)
        .as(
            "docs/architecture.md, generated from the topology and the package-infos; refresh it"
                + " by: cp topology-tests/target/architecture.md docs/architecture.md")
        .hasSameTextualContentAs(FRESH);
  }

  @Test
  void drawsEveryInternalTopicAndStore() {
    TopologyLayout layout = new TopologyLayout("lockstep.", 4);
    String picture = String.join("\n", topology());
    String stateStart = layout.applicationId() + "-";
    for (String topic : DetectionTopology.internalTopics(layout)) {
      boolean changelog = topic.endsWith("-changelog");
      String drawn =
          changelog
              ? "[(\"" + topic.substring(stateStart.length(), topic.lastIndexOf('-')) + "\")]"
              : "[/\"" + topic + "\"/]";
      assertThat(picture).contains(drawn);
    }
  }

  private static List<String> topology() {
    TopologyLayout layout = new TopologyLayout("lockstep.", 4);
    return new TopologyPicture(layout)
        .lines(
            DetectionTopology.build(
                    layout,
                    new RunningRules(new RuleSet(List.of(), AlertSettings.NONE, 5)),
                    JoinableLogs.ALL,
                    Enrichment.none(),
                    new DetectionCounters())
                .describe());
  }

  private static List<String> packages() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("| package | holds |");
    lines.add("| --- | --- |");
    for (String module : MODULES) {
      Path all = ROOT.resolve(module).resolve("src/main/java/dev/lockstep");
      Path top = all.resolve(module);
      try (Stream<Path> infos = Files.walk(top)) {
        List<Path> folders =
            infos
                .filter(file -> file.endsWith("package-info.java"))
                .map(Path::getParent)
                .sorted()
                .toList();
        for (Path folder : folders) {
          String name = all.relativize(folder).toString().replace('/', '.');
          String shown = folder.equals(top) ? "**" + name + "**" : name;
          lines.add("| [%s](%s) | %s |".formatted(shown, folder, firstSentence(folder)));
        }
      }
    }
    return lines;
  }

  /** Returns the first sentence of a package's Javadoc as Markdown. */
  private static String firstSentence(Path folder) throws IOException {
    String source = Files.readString(folder.resolve("package-info.java"));
    String text =
        source
            .substring(source.indexOf("/**") + 3, source.indexOf("*/"))
            .replace("\n *", " ")
            .replace("{@code ", "`")
            .replace('}', '`')
            .strip();
    StringBuilder joined = new StringBuilder();
    for (String word : text.split("\\s+", -1)) {
      joined.append(joined.isEmpty() ? "" : " ").append(word);
      if (word.endsWith(".")) {
        return joined.toString();
      }
    }
    throw new AssertionError("no sentence in " + folder + "/package-info.java");
  }

  private static String replaced(String page, String part, List<String> lines) {
    String begin = "<!-- " + part + ": generated, do not edit -->\n";
    String end = "<!-- end of " + part + " -->";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    assertThat(from).as("the line %s", begin.strip()).isNotNegative();
    assertThat(to).as("the line %s", end).isGreaterThan(from);
    return page.substring(0, from + begin.length())
        + "\n"
        + String.join("\n", lines)
        + "\n\n"
        + page.substring(to);
  }
}
