package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of each built-in rule says what the rule says of itself. */
final class RulePagesTest {
  static List<Rule> rules() {
    return BuiltInRules.all();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isAChoice_ofTheFormsForIssues(Rule rule) throws IOException {
    for (String form : List.of("false-alarm.yml", "missed-detection.yml")) {
      String option = "        - " + rule.info().id();
      assertThat(Files.readAllLines(Path.of("../.github/ISSUE_TEMPLATE", form)).contains(option))
          .as("the options of .github/ISSUE_TEMPLATE/%s have the line \"%s\"", form, option)
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isLinked_fromTheReadmeAndTheIndex(Rule rule) throws IOException {
    String page = "rules/" + rule.info().id() + ".md)";
    for (String index : List.of("README.md", "docs/README.md")) {
      String link = "](" + (index.equals("README.md") ? "docs/" : "") + page;
      assertThat(Files.readString(Path.of("..", index)).contains(link))
          .as("the table of rules of %s has a link that ends in %s", index, link)
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void hasTheSettings_withTheirDefaultsAndBounds(Rule rule) throws IOException {
    List<String> expected = new ArrayList<>(List.of("`enabled` | true |", "`shadow` | false |"));
    for (Setting setting : rule.info().settings()) {
      String byDefault = setting.written(setting.byDefault());
      expected.add(
          "`%s` | %s | %s"
              .formatted(
                  setting.name(),
                  setting.type() == Setting.Type.FLAG ? byDefault : grouped(setting.byDefault()),
                  setting.type() == Setting.Type.FLAG ? "" : range(setting)));
    }
    List<String> rows = rows(page(rule), "| setting | default | range |");
    assertThat(rows)
        .as("rows of the table of settings of docs/rules/%s.md", rule.info().id())
        .hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).startsWith(("| " + expected.get(i)).stripTrailing());
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void namesEveryReasonAndGate_andTheTechniques(Rule rule) throws IOException {
    RuleInfo info = rule.info();
    String page = String.join("\n", page(rule));
    List<String> missing = new ArrayList<>();
    info.reasons().forEach(name -> missing.add("`" + name + "`"));
    info.gates().forEach(name -> missing.add("`" + name + "`"));
    missing.addAll(info.techniques());
    missing.removeIf(page::contains);
    assertThat(missing).as("what docs/rules/%s.md does not say", info.id()).isEmpty();
  }

  private static String range(Setting setting) {
    Setting ceiling = setting.ceiling();
    return grouped(setting.least())
        + " to "
        + (ceiling == null ? grouped(setting.most()) : "`" + ceiling.name() + "`");
  }

  private static String grouped(double value) {
    return String.format(Locale.ROOT, "%,d", (long) value);
  }

  private static List<String> page(Rule rule) throws IOException {
    Path page = Path.of("../docs/rules", rule.info().id() + ".md");
    assertThat(page).as("the page of the rule; begin with a copy of another rule's").exists();
    return Files.readAllLines(page);
  }

  private static List<String> rows(List<String> page, String head) {
    int first = page.indexOf(head) + 2;
    assertThat(first).as("the table %s", head).isGreaterThan(1);
    List<String> rows = new ArrayList<>();
    for (String line : page.subList(first, page.size())) {
      if (!line.startsWith("| ")) {
        break;
      }
      rows.add(line);
    }
    return rows;
  }
}
