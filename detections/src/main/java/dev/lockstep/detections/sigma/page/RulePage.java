package dev.lockstep.detections.sigma.page;

import dev.lockstep.detections.sigma.AttackTags;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DetectionLines;
import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.LogSource;
import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.WrittenField;
import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.LogSourceScope;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.rules.attack.AttackTechniques;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Markdown page about a Sigma rule, with its logs, false positives, runbook and tests.
 *
 * @param id id of the rule in lists and configuration
 * @param rule document of the rule, with its text
 * @param correlated documents that the rule refers to, directly or not, if it is a correlation
 * @param filters filters of the rule
 */
public record RulePage(String id, Part rule, List<Part> correlated, List<Part> filters) {
  private static final int MOST_CELL_CHARS = 300;
  private static final String ATTACK = "https://attack.mitre.org/techniques/";

  public RulePage {
    correlated = List.copyOf(correlated);
    filters = List.copyOf(filters);
  }

  /**
   * Sigma document with the lines of its section {@code detection}, {@code correlation} or {@code
   * filter}.
   *
   * @param text lines of that section as the file has them, without blanks at their ends
   */
  public record Part(SigmaDocument document, String text) {
    Header header() {
      return document.header();
    }
  }

  /** Returns the name of the page's file. */
  public String fileName() {
    return id.replace('/', '-') + ".md";
  }

  /**
   * Returns the cells of the rule's row in a table of rules, except the first cell, which links to
   * the page.
   */
  public List<String> cells() {
    Header header = rule.header();
    return List.of(
        cell(header.title()),
        header.level().severity().name(),
        status(header),
        cell(logs()),
        cell(String.join(", ", AttackTags.of(header).techniques())),
        String.valueOf(header.tests().size()));
  }

  private static String status(Header header) {
    return header.status().isEmpty() ? "none" : header.status();
  }

  private String logs() {
    Set<String> logs = new LinkedHashSet<>();
    for (RuleDocument each : rules()) {
      logs.add(each.source().toString());
    }
    return String.join(", ", logs);
  }

  private List<RuleDocument> rules() {
    List<RuleDocument> rules = new ArrayList<>();
    List<Part> all = new ArrayList<>(List.of(rule));
    all.addAll(correlated);
    for (Part part : all) {
      if (part.document() instanceof RuleDocument single) {
        rules.add(single);
      }
    }
    return rules;
  }

  /** Returns the Markdown text of the page. */
  public String text(SigmaFields table) {
    Header header = rule.header();
    StringBuilder page = new StringBuilder(4_000);
    page.append("# ").append(line(header.title())).append("\n\n");
    facts(page, header);
    if (!header.description().isEmpty()) {
      page.append('\n').append(block(header.description())).append('\n');
    }
    detection(page);
    fields(page, table);
    list(page, "False positives", header.falsePositives(), "- ");
    runbook(page, header.runbook());
    tests(page, header);
    list(page, "References", links(header.references()), "- ");
    return page.toString();
  }

  private void facts(StringBuilder page, Header header) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Rule", "`" + id + "`");
    facts.put(
        "Severity",
        header.level().severity().name()
            + (header.shadow() ? ", in shadow: counted and not sent" : ""));
    facts.put("Status", status(header));
    facts.put("Logs", logsWithCategories());
    facts.put("ATT&CK", attack(header));
    if (header.version() > 1) {
      int version = header.version();
      facts.put(
          "Last change",
          String.format(
              Locale.ROOT, "%04d-%02d-%02d", version / 10_000, version / 100 % 100, version % 100));
    }
    String documentId = header.id();
    facts.put("Id", documentId == null ? "" : "`" + line(documentId) + "`");
    facts.put("Author", cell(header.author()));
    page.append("| | |\n| --- | --- |\n");
    facts.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            page.append("| ").append(name).append(" | ").append(value).append(" |\n");
          }
        });
  }

  private String logsWithCategories() {
    Map<String, List<String>> logs = new TreeMap<>();
    for (RuleDocument each : rules()) {
      LogSource source = each.source();
      LogSourceScope scope = LogSourceScope.of(source.product(), source.service());
      logs.put(source.toString(), scope == null ? List.of() : scope.categories());
    }
    List<String> words = new ArrayList<>();
    logs.forEach(
        (source, categories) -> words.add(source + ": `" + String.join("`, `", categories) + "`"));
    return String.join("; ", words);
  }

  private static String attack(Header header) {
    AttackTags tags = AttackTags.of(header);
    List<String> words = new ArrayList<>(tags.tactics());
    for (String technique : tags.techniques()) {
      String name = AttackTechniques.nameOf(technique);
      words.add(
          "[%s%s](%s%s/)"
              .formatted(
                  technique,
                  name.isEmpty() ? "" : " " + name,
                  ATTACK,
                  technique.replace('.', '/')));
    }
    return String.join(", ", words);
  }

  private void detection(StringBuilder page) {
    page.append("\n## When it fires\n\n```yaml\n").append(rule.text()).append("```\n");
    for (Part part : correlated) {
      section(page, "Correlated", part);
    }
    for (Part part : filters) {
      section(page, "Filter", part);
    }
  }

  private static void section(StringBuilder page, String what, Part part) {
    String name = part.header().name();
    page.append('\n')
        .append(what)
        .append(": ")
        .append(line(part.header().title()))
        .append(name == null ? "" : " (`" + line(name) + "`)")
        .append("\n\n```yaml\n")
        .append(part.text())
        .append("```\n");
  }

  private void fields(StringBuilder page, SigmaFields table) {
    page.append("\n## Fields\n\n| logs | field | comes from |\n| --- | --- | --- |\n");
    Set<String> rows = new LinkedHashSet<>();
    for (RuleDocument single : rules()) {
      String service = single.source().service();
      names(single.lines()).forEach(field -> rows.add(row(service, field, table)));
      if (rule.document() instanceof CorrelationDocument correlation) {
        List<String> grouped = new ArrayList<>(correlation.groupBy());
        grouped.addAll(correlation.fields());
        for (String field : grouped) {
          String own = correlation.aliased(field, words(single.header()));
          if (!correlation.aliases().containsKey(own)) {
            rows.add(row(service, own, table));
          }
        }
      }
    }
    for (Part part : filters) {
      if (part.document() instanceof FilterDocument filter) {
        String service = filter.source().service();
        names(filter.lines()).forEach(field -> rows.add(row(service, field, table)));
      }
    }
    rows.forEach(page::append);
  }

  private static Set<String> words(Header header) {
    // Correlations refer to the document by its id or its name.
    Set<String> words = new LinkedHashSet<>();
    Stream.of(header.id(), header.name()).filter(Objects::nonNull).forEach(words::add);
    return words;
  }

  private static Set<String> names(DetectionLines lines) {
    Set<String> names = new LinkedHashSet<>();
    for (WrittenField field : lines.fields()) {
      names.add(field.name());
      if (field.hasModifier("fieldref")) {
        names.addAll(field.values());
      }
    }
    return names;
  }

  private static String row(String service, String field, SigmaFields table) {
    FieldSource source = table.source(service, field);
    return "| %s | %s | %s |\n"
        .formatted(
            service,
            field.isEmpty() ? "keywords" : "`" + cell(field) + "`",
            source.isFound()
                ? field.isEmpty()
                    ? "every value of the record"
                    : "`" + cell(source.toString()) + "`"
                : "no source: " + cell(source.missing()));
  }

  private static void list(StringBuilder page, String title, List<String> items, String mark) {
    if (items.isEmpty()) {
      return;
    }
    page.append("\n## ").append(title).append("\n\n");
    for (String item : items) {
      page.append(mark).append(item.startsWith("<") ? item : line(item)).append('\n');
    }
  }

  private static void runbook(StringBuilder page, List<String> steps) {
    if (steps.size() == 1) {
      page.append("\n## Runbook\n\n").append(block(steps.get(0))).append('\n');
    } else {
      list(page, "Runbook", steps, "1. ");
    }
  }

  private static List<String> links(List<String> references) {
    return references.stream()
        .map(each -> each.startsWith("https://") ? "<" + line(each) + ">" : each)
        .toList();
  }

  private static void tests(StringBuilder page, Header header) {
    String regression = header.regressionTests();
    page.append("\n## Tests\n\n");
    if (header.tests().isEmpty() && regression == null) {
      page.append("None.\n");
      return;
    }
    if (!header.tests().isEmpty()) {
      page.append("| test | records | must give |\n| --- | --- | --- |\n");
      for (RuleCase test : header.tests()) {
        page.append("| ")
            .append(cell(test.name()))
            .append(" | ")
            .append(test.size())
            .append(" | ")
            .append(cell(expected(test)))
            .append(" |\n");
      }
    }
    if (regression != null) {
      page.append(header.tests().isEmpty() ? "" : "\n")
          .append("Further tests: `")
          .append(line(regression))
          .append("`.\n");
    }
  }

  private static String expected(RuleCase test) {
    List<String> all = new ArrayList<>();
    for (RuleCase.Expected each : test.expected()) {
      List<String> words = new ArrayList<>();
      words.add(each.findings() == 1 ? "1 finding" : each.findings() + " findings");
      if (each.severity() != null) {
        words.add(each.severity().name());
      }
      if (each.count() != null) {
        words.add("count " + each.count());
      }
      if (each.principal() != null) {
        words.add("principal " + each.principal());
      }
      if (each.ip() != null) {
        words.add("address " + each.ip());
      }
      all.add(String.join(", ", words));
    }
    return all.isEmpty() ? "no finding" : String.join("; ", all);
  }

  private static String block(String text) {
    StringBuilder lines = new StringBuilder();
    text.strip()
        .lines()
        .forEach(each -> lines.append(escaped(Quoted.visible(each.stripTrailing()))).append('\n'));
    return lines.toString().stripTrailing();
  }

  private static String line(String text) {
    return escaped(Quoted.visible(text.strip().replace('\n', ' ')));
  }

  private static String escaped(String text) {
    return text.replace("<", "&lt;");
  }

  private static String cell(String text) {
    return Quoted.cut(line(text), MOST_CELL_CHARS).replace("|", "\\|");
  }
}
