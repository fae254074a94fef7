package dev.lockstep.app.metrics;

import static dev.lockstep.app.metrics.MonitoringFiles.list;
import static dev.lockstep.app.metrics.MonitoringFiles.map;
import static dev.lockstep.app.metrics.MonitoringFiles.names;
import static dev.lockstep.app.metrics.MonitoringFiles.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.InstalledProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Alarms for Prometheus and dashboards for Grafana, without either. */
final class MonitoringFilesTest {
  private static final Path OPERATIONS = Path.of("../docs/operations.md");
  private static final String RUNBOOKS = "docs/operations.md#";
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Labels that Prometheus gives to what it scrapes. */
  private static final Set<String> SCRAPED = Set.of("job", "instance", "namespace");

  @Test
  void everyQuery_namesMetricsLabelsAndValuesOfTheTable() throws Exception {
    Map<String, Set<String>> table = table();
    List<String> wrong = new ArrayList<>();
    for (MonitoringFiles.Query query : MonitoringFiles.queries()) {
      query
          .metrics()
          .forEach(
              (metric, matchers) -> {
                if (!metric.startsWith("lockstep_")) {
                  return;
                }
                Set<String> known = table.get(metric.replaceAll("_bucket$", ""));
                if (known == null) {
                  wrong.add(query.place() + ": no metric " + metric);
                  return;
                }
                for (MonitoringFiles.LabelMatcher each : matchers) {
                  if (!known.contains(each.label()) && !SCRAPED.contains(each.label())) {
                    wrong.add(query.place() + ": no label " + each.label() + " of " + metric);
                  }
                  for (String value : Pattern.compile("\\|").split(each.value(), -1)) {
                    if (value.matches("[a-z-]+") && !known.contains(value)) {
                      wrong.add(query.place() + ": no value " + value + " of " + metric);
                    }
                  }
                }
              });
    }
    assertThat(wrong).as("what the table of docs/operations.md does not have").isEmpty();
  }

  @Test
  void everyAlarm_hasASectionOfTheRunbook_andEverySectionAnAlarm() throws Exception {
    List<String> lines = Files.readAllLines(OPERATIONS);
    List<String> sections = new ArrayList<>();
    for (String line : lines.subList(lines.indexOf("## Alarms") + 1, lines.size())) {
      if (line.startsWith("## ")) {
        break;
      }
      if (line.startsWith("### ")) {
        sections.add(line.substring("### ".length()));
      }
    }
    List<String> alarms = new ArrayList<>();
    for (Map<?, ?> alarm : MonitoringFiles.alarms()) {
      String name = text(alarm, "alert");
      alarms.add(name);
      assertThat(text(map(alarm.get("annotations")), "runbook_url"))
          .isEqualTo(RUNBOOKS + name.toLowerCase(Locale.ROOT));
      assertThat(map(alarm.get("annotations")).keySet())
          .as(name)
          .isEqualTo(Set.of("summary", "description", "runbook_url"));
      assertThat(text(map(alarm.get("labels")), "severity"))
          .as(name)
          .isIn("critical", "warning", "info");
      assertThat(lines.get(lines.indexOf("### " + name) + 2))
          .as(name)
          .startsWithIgnoringCase(text(map(alarm.get("labels")), "severity"));
    }
    assertThat(sections).isEqualTo(alarms).doesNotHaveDuplicates();
  }

  @Test
  void everyAlarm_firesInATest_andIsSilentInTheCalmOne() throws Exception {
    Set<String> alarms = names(MonitoringFiles.alarms().stream().map(one -> one.get("alert")));
    Set<String> firing = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    for (Path file : MonitoringFiles.files("prometheus/tests", ".yml")) {
      for (Object test : list(map(MonitoringFiles.yaml(file)).get("tests"))) {
        for (Object expected : list(map(test).get("alert_rule_test"))) {
          String name = text(map(expected), "alertname");
          boolean fires = !list(map(expected).get("exp_alerts")).isEmpty();
          (fires ? firing : silent).add(name);
          assertThat(fires).as(name).isNotEqualTo(file.endsWith("calm.yml"));
        }
      }
    }
    assertThat(firing).isEqualTo(alarms);
    assertThat(silent).isEqualTo(alarms);
  }

  @Test
  void everyPanel_hasAQueryOfTheChosenPrometheus() throws Exception {
    Map<String, Map<?, ?>> dashboards = MonitoringFiles.dashboards();
    assertThat(dashboards).hasSize(4);
    Set<String> ids = new HashSet<>();
    dashboards.forEach(
        (file, dashboard) -> {
          assertThat(ids.add(text(dashboard, "uid"))).as(file).isTrue();
          Set<Object> numbers = new HashSet<>();
          for (Object panel : list(dashboard.get("panels"))) {
            String title = file + ": " + text(map(panel), "title");
            assertThat(numbers.add(map(panel).get("id"))).as(title).isTrue();
            assertThat(list(map(panel).get("targets"))).as(title).isNotEmpty();
            assertThat(text(map(map(panel).get("datasource")), "uid"))
                .as(title)
                .isEqualTo("${datasource}");
          }
        });
  }

  /** Each of hundreds of Sigma rules has its counters from 0 on. */
  @Test
  void noPanelListsEveryRuleWithoutAnIncrease() throws Exception {
    int found = 0;
    for (Map<?, ?> dashboard : MonitoringFiles.dashboards().values()) {
      for (Object panel : list(dashboard.get("panels"))) {
        for (Object target : list(map(panel).get("targets"))) {
          String query = text(map(target), "expr");
          if (query.startsWith("sum by (rule) (increase(")) {
            found++;
            assertThat(query).endsWith(" > 0");
            assertThat(map(target).get("instant"))
                .as("a bar shows the last number of a range, however old: " + query)
                .isEqualTo(text(map(panel), "type").equals("bargauge"));
          }
        }
      }
    }
    assertThat(found).isEqualTo(5);
  }

  @Test
  void promtool_acceptsAlarmsAndTheirTests_whereItIsInstalled() throws Exception {
    InstalledProgram promtool = InstalledProgram.named("promtool");
    Path folder = MonitoringFiles.RULES.resolveSibling("");
    promtool.run(folder, "check", "config", "prometheus.yml");
    promtool.run(folder, "check", "rules", "lockstep.rules.yml");
    List<String> tests = new ArrayList<>(List.of("test", "rules"));
    for (Path file : MonitoringFiles.files("prometheus/tests", ".yml")) {
      tests.add("tests/" + file.getFileName());
    }
    promtool.run(folder, tests.toArray(String[]::new));
  }

  /** Returns, by the metrics of the documentation's table, the words of its labels and values. */
  private static Map<String, Set<String>> table() throws IOException {
    Map<String, Set<String>> table = new HashMap<>();
    List<String> lines = Files.readAllLines(OPERATIONS);
    int first = lines.indexOf("| name | labels | counts |") + 2;
    for (String line : lines.subList(first, lines.size())) {
      if (!line.startsWith("| ")) {
        break;
      }
      String[] cells = Pattern.compile(" \\| ").split(line.substring(2), -1);
      Set<String> words = codes(cells[1]);
      for (String name : codes(cells[0])) {
        table.put(name, words);
      }
    }
    return table;
  }

  private static Set<String> codes(String cell) {
    Set<String> codes = new HashSet<>();
    Matcher matcher = CODE.matcher(cell);
    while (matcher.find()) {
      codes.add(matcher.group(1));
    }
    return codes;
  }
}
