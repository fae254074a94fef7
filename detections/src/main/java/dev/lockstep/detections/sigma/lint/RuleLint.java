package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.AttackTags;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DetectionLines;
import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.ReferredDocuments;
import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.detections.sigma.document.WrittenField;
import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.ConditionTruth;
import dev.lockstep.detections.sigma.match.DetectionSection;
import dev.lockstep.detections.sigma.match.Expression;
import dev.lockstep.detections.sigma.match.IndexUse;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.detections.sigma.match.TimePart;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.text.Quoted;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lint of Sigma documents that can be loaded, which warns of probable mistakes of their authors.
 */
public final class RuleLint {
  private static final List<String> ORDER = List.of("lt", "lte", "gt", "gte");
  private static final Set<String> PLACEHOLDERS =
      Set.of("upn", "changeme", "change_me", "todo", "fixme", "xxx", "placeholder", "your-value");

  /** Sentences of the file that {@code rules new} writes, which their author has to replace. */
  private static final Set<String> TEMPLATE_TEXTS =
      Set.of(
          "Tell in a sentence what happened, and why it matters.",
          "Name the work that looks the same.");

  private final SigmaFields table;
  private final Map<String, SourceLine> titles = new HashMap<>();
  private ReferredDocuments referred = new ReferredDocuments(List.of());

  /** Creates a lint that looks up the fields of documents in a table. */
  public RuleLint(SigmaFields table) {
    this.table = table;
  }

  /** Returns each document of a set with its warnings, in the order of the set. */
  public List<LintedDocument> examine(List<SigmaDocument> documents) {
    referred = new ReferredDocuments(documents);
    Set<SigmaDocument> silent = CorrelationDocument.silent(documents);
    return documents.stream().map(each -> examine(each, silent.contains(each))).toList();
  }

  /**
   * Returns a document with its warnings. There is none about missing tests if the document has no
   * findings of its own, because a correlation counts its events.
   *
   * @param isSilent if only correlations that refer to the document have findings
   */
  private LintedDocument examine(SigmaDocument document, boolean isSilent) {
    List<Warning> warnings = new ArrayList<>();
    Header header = document.header();
    title(header, warnings);
    if (!(document instanceof FilterDocument)) {
      id(header, warnings);
    }
    attack(header, warnings);
    templateTexts(header, warnings);
    slips(header, warnings);
    if (document instanceof RuleDocument rule) {
      detection(rule.source().service(), rule.detection(), rule.lines(), warnings);
      sleeps(rule, rule.lines().condition(), warnings);
      if (!isSilent) {
        tests(header, warnings);
      }
      IndexUse cost = IndexUse.of(rule.detection());
      if (cost == IndexUse.NONE) {
        add(
            warnings,
            rule.lines().condition(),
            Warning.Kind.NO_INDEX,
            "has a condition that the index cannot use, so that the rule is evaluated for each"
                + " event",
            "make the condition require a value, or at least two characters of a value");
      }
      return linted(document, "rule", rule.source().service(), cost.word(), warnings);
    }
    if (document instanceof FilterDocument filter) {
      detection(filter.source().service(), filter.detection(), filter.lines(), warnings);
      keepsMatches(filter, warnings);
      return linted(document, "filter", filter.source().service(), "", warnings);
    }
    if (document instanceof CorrelationDocument correlation) {
      fields(correlation, warnings);
      sleeps(correlation, correlation.at().condition(), warnings);
      if (!canHold(correlation)) {
        add(
            warnings,
            correlation.at().threshold(0),
            Warning.Kind.NEVER_HOLDS,
            "has a condition that no window can fulfil",
            correlation.expression() != null
                ? "name a rule whose events the window has to hold, without not"
                : correlation.type().isTemporal()
                    ? "ask for a number from 1 to %d".formatted(correlation.rules().size())
                    : "ask for a number that is at least 1 and fulfils each comparison");
      }
      if (!isSilent) {
        tests(header, warnings);
      }
    }
    return linted(document, "correlation", "", "", warnings);
  }

  private static LintedDocument linted(
      SigmaDocument document, String kind, String logs, String cost, List<Warning> warnings) {
    warnings.sort(Comparator.comparingLong(warning -> warning.at().line()));
    return new LintedDocument(document, kind, logs, cost, warnings);
  }

  private static boolean canHold(CorrelationDocument correlation) {
    List<Threshold> thresholds = correlation.thresholds();
    Expression expression = correlation.expression();
    if (expression != null) { // a window may have events of a rule that is not named alone
      return expression.names().size() < correlation.rules().size()
          || ConditionTruth.holdsWithOneOf(expression);
    }
    if (thresholds.isEmpty() || correlation.type().isMetric()) {
      return true;
    }
    List<BigDecimal> numbers = new ArrayList<>(List.of(BigDecimal.ONE));
    for (Threshold each : thresholds) {
      numbers.add(each.bound().subtract(BigDecimal.ONE));
      numbers.add(each.bound());
      numbers.add(each.bound().add(BigDecimal.ONE));
    }
    BigDecimal most = BigDecimal.valueOf(correlation.rules().size());
    return numbers.stream()
        .filter(number -> number.compareTo(BigDecimal.ONE) >= 0)
        .filter(number -> !correlation.type().isTemporal() || number.compareTo(most) <= 0)
        .anyMatch(number -> thresholds.stream().allMatch(each -> each.isFulfilledBy(number)));
  }

  private static void keepsMatches(FilterDocument filter, List<Warning> warnings) {
    boolean hasNegation =
        filter.detection().condition().hasNegation()
            || filter.lines().fields().stream().anyMatch(field -> field.hasModifier("neq"));
    if (!hasNegation) {
      add(
          warnings,
          filter.lines().condition(),
          Warning.Kind.KEEPS_MATCHES,
          "has a condition without not, so that the filter keeps only the events that match it",
          "write not before a selection whose events the filter should remove");
    }
  }

  private static void add(
      List<Warning> warnings, SourceLine at, Warning.Kind kind, String what, String fix) {
    warnings.add(new Warning(at, kind, what, fix));
  }

  private void title(Header header, List<Warning> warnings) {
    SourceLine other =
        titles.putIfAbsent(header.title().strip().toLowerCase(Locale.ROOT), header.at());
    if (other != null) {
      add(
          warnings,
          header.at(),
          Warning.Kind.DUPLICATE_TITLE,
          "has the same title as the document at %s".formatted(Quoted.of(other)),
          "give each document a different title");
    }
  }

  private static void id(Header header, List<Warning> warnings) {
    if (header.id() == null) {
      add(
          warnings,
          header.at(),
          Warning.Kind.NO_ID,
          "has no id, so that the ids of findings change when the title changes",
          "add an id, a random UUID");
    }
  }

  private static void slips(Header header, List<Warning> warnings) {
    for (Header.Slip slip : header.slips()) {
      add(
          warnings,
          slip.at(),
          Warning.Kind.MISSPELT_KEY,
          "has the key %s, which is not read".formatted(Quoted.of(slip.word())),
          "write %s, if that is meant".formatted(slip.meant()));
    }
    for (Header.BadDate date : header.badDates()) {
      boolean isDate = !date.meant().isEmpty();
      add(
          warnings,
          date.at(),
          Warning.Kind.BAD_DATE,
          "has the %s %s, which is %s"
              .formatted(
                  date.key(),
                  Quoted.of(date.word()),
                  isDate ? "written with slashes" : "not a date"),
          isDate
              ? "write %s, as rules lint --fix does".formatted(date.meant())
              : "write the date as YEAR-MONTH-DAY, such as 2026-11-28");
    }
  }

  private static void templateTexts(Header header, List<Warning> warnings) {
    if (TEMPLATE_TEXTS.contains(header.description().strip())) {
      add(
          warnings,
          header.at(),
          Warning.Kind.TEMPLATE_TEXT,
          "has the description of the template, which each finding repeats",
          "write in description what happened, and why it matters");
    }
    if (header.falsePositives().stream().anyMatch(text -> TEMPLATE_TEXTS.contains(text.strip()))) {
      add(
          warnings,
          header.at(),
          Warning.Kind.TEMPLATE_TEXT,
          "has the false positive of the template",
          "name in falsepositives the work that looks the same, or remove the entry");
    }
  }

  private static void attack(Header header, List<Warning> warnings) {
    for (Header.Tag tag : header.tags()) {
      if (AttackTags.isUnknown(tag.word())) {
        String nearest = AttackTags.nearestTo(tag.word());
        add(
            warnings,
            tag.at(),
            Warning.Kind.ATTACK,
            "has the tag %s, which is neither a tactic nor a technique"
                .formatted(Quoted.of(tag.word())),
            "write a technique such as attack.t1078.004, or a tactic"
                + (nearest.isEmpty() ? "" : "; the nearest is " + nearest));
      } else if (AttackTags.isUnknownTechnique(tag.word())) {
        add(
            warnings,
            tag.at(),
            Warning.Kind.ATTACK,
            "has the tag %s, a technique that ATT&CK does not have"
                .formatted(Quoted.of(tag.word())),
            "write the id of a technique listed at attack.mitre.org, such as attack.t1078.004");
      }
    }
  }

  private void detection(
      String service, DetectionSection detection, DetectionLines lines, List<Warning> warnings) {
    Set<String> asked = new HashSet<>();
    for (WrittenField field : lines.fields()) {
      if (asked.add(field.name().toLowerCase(Locale.ROOT))) {
        source(service, field.name(), field.at(), warnings);
      }
      if (field.hasModifier("fieldref")) {
        field.values().forEach(other -> source(service, other, field.at(), warnings));
      }
      values(service, field, warnings);
      times(field, warnings);
      placeholder(field, warnings);
    }
    Set<String> used = detection.condition().names();
    lines
        .selections()
        .forEach(
            (name, at) -> {
              if (!used.contains(name)) {
                add(
                    warnings,
                    at,
                    Warning.Kind.UNUSED_SELECTION,
                    "has the selection %s, which the condition does not use"
                        .formatted(Quoted.of(name)),
                    "name the selection in the condition, or remove it");
              }
            });
    ConditionTruth truth = ConditionTruth.of(detection);
    Set<String> empty = new LinkedHashSet<>();
    lines.fields().stream()
        .filter(field -> field.isEmpty() && used.contains(field.selection()))
        .forEach(field -> field.values().forEach(value -> empty.addAll(Placeholders.names(value))));
    if (truth.neverHolds()) {
      add(
          warnings,
          lines.condition(),
          Warning.Kind.NEVER_HOLDS,
          "has a condition that never holds: "
              + (empty.isEmpty()
                  ? "it requires a comparison and its negation"
                  : "it requires a value of " + shownPlaceholders(empty)),
          empty.isEmpty()
              ? "remove the part of the condition that excludes what another part requires"
              : "give each of these placeholders a value in placeholders.yaml");
    } else if (truth.alwaysHolds()) {
      add(
          warnings,
          lines.condition(),
          Warning.Kind.ALWAYS_HOLDS,
          "has a condition that holds for every event"
              + (empty.isEmpty()
                  ? ""
                  : ", because it excludes values of " + shownPlaceholders(empty)),
          empty.isEmpty()
              ? "remove the part that holds for every event, such as a selection joined by or with"
                  + " its negation, or a keyword that is empty or an asterisk"
              : "give each of these placeholders a value in placeholders.yaml");
    }
  }

  private static String shownPlaceholders(Set<String> names) {
    return names.stream().map(Quoted::of).collect(Collectors.joining(", "))
        + (names.size() == 1
            ? ", a placeholder without a value"
            : ", placeholders without a value");
  }

  private void source(String service, String field, SourceLine at, List<Warning> warnings) {
    FieldSource source = table.source(service, field);
    if (source.isListed() && source.isFound()) {
      return;
    }
    if (source.isListed()) {
      add(
          warnings,
          at,
          Warning.Kind.NO_SOURCE,
          "has the field %s, which Lockstep cannot take from the logs of %s: %s"
              .formatted(Quoted.of(field), service, source.missing()),
          "compare another field that docs/sigma-fields.md lists");
      return;
    }
    if (!source.isFound() && WindowsFields.has(field)) {
      add(
          warnings,
          at,
          Warning.Kind.UNKNOWN_FIELD,
          "has the field %s of Windows' logs, which no source of Lockstep brings"
              .formatted(Quoted.of(field)),
          "compare a field of %s that docs/sigma-fields.md lists".formatted(service));
      return;
    }
    String nearest = NearestNames.similarAmong(table.names(service), field);
    add(
        warnings,
        at,
        Warning.Kind.UNKNOWN_FIELD,
        source.isFound()
            ? ("has the field %s, which docs/sigma-fields.md does not list for %s;"
                    + " Lockstep looks for the name in records as it is")
                .formatted(Quoted.of(field), service)
            : "has the field %s, which no record of %s has".formatted(Quoted.of(field), service),
        nearest.isEmpty()
            ? "compare a field that docs/sigma-fields.md lists, or write the whole path in the record,"
                + " which begins with properties."
            : "the nearest known one is " + Quoted.of(nearest));
  }

  private void values(String service, WrittenField field, List<Warning> warnings) {
    String windows = WindowsFields.number(field);
    if (windows != null && table.source(service, field.name()).isFound()) {
      add(
          warnings,
          field.at(),
          Warning.Kind.UNKNOWN_VALUE,
          "compares %s with %s, a number of Windows' logs, which no source of Lockstep brings; here"
                  .formatted(Quoted.of(field.name()), Quoted.of(windows))
              + " the field is the id of one event",
          "compare another field of %s that docs/sigma-fields.md lists, such as OperationName"
              .formatted(service));
      return;
    }
    List<String> words = table.words(service, field.name());
    boolean hasModifier = !field.key().equals(field.name());
    for (String value : field.values()) {
      boolean isWord =
          value.isEmpty() // YAML's null
              || words.stream().anyMatch(value::equalsIgnoreCase)
              || value.contains("*")
              || value.contains("?");
      if (!words.isEmpty() && !hasModifier && !isWord) {
        add(
            warnings,
            field.at(),
            Warning.Kind.UNKNOWN_VALUE,
            "compares %s with %s, which it never is"
                .formatted(Quoted.of(field.name()), Quoted.of(value)),
            "write one of " + String.join(", ", words));
      }
    }
  }

  private static void times(WrittenField field, List<Warning> warnings) {
    if (ORDER.stream().anyMatch(field::hasModifier)) {
      return;
    }
    for (TimePart part : TimePart.values()) {
      for (String value : field.hasModifier(part.word()) ? field.values() : List.<String>of()) {
        String possible = part.insteadOf(value);
        if (possible != null) {
          add(
              warnings,
              field.at(),
              Warning.Kind.NEVER_HOLDS,
              "compares %s with %s, which no %s is"
                  .formatted(Quoted.of(field.key()), Quoted.of(value), part.word()),
              "write " + possible);
        }
      }
    }
  }

  private static void placeholder(WrittenField field, List<Warning> warnings) {
    for (String value : field.values()) {
      boolean isAngled =
          value.length() > 2
              && value.startsWith("<")
              && value.endsWith(">")
              && !value.contains("|");
      boolean isExpanded = field.hasModifier("expand");
      boolean isPercent =
          !isExpanded
              && value.length() > 2
              && value.indexOf('%') == 0
              && value.indexOf('%', 1) == value.length() - 1;
      if (isAngled || PLACEHOLDERS.contains(value.toLowerCase(Locale.ROOT))) {
        add(
            warnings,
            field.at(),
            Warning.Kind.PLACEHOLDER,
            "compares %s with %s, which looks like a placeholder that the author left for you"
                .formatted(shown(field), Quoted.of(value)),
            "write the value of your tenant, or a placeholder %name% with the modifier expand");
      } else if (isPercent) {
        add(
            warnings,
            field.at(),
            Warning.Kind.PLACEHOLDER,
            "compares %s with the text %s as it is, because the modifier expand is missing"
                .formatted(shown(field), Quoted.of(value)),
            "add |expand to the field");
      }
    }
  }

  private static String shown(WrittenField field) {
    return field.key().isEmpty() ? "keywords" : Quoted.of(field.name());
  }

  private void fields(CorrelationDocument correlation, List<Warning> warnings) {
    Set<String> asked = new HashSet<>();
    for (Reference reference : correlation.rules()) {
      SigmaDocument target = referred.of(reference);
      if (target == null) {
        continue; // refused where references are looked up
      }
      for (SigmaDocument each : referred.closure(target)) {
        if (each instanceof RuleDocument rule) {
          Stream.concat(correlation.groupBy().stream(), correlation.fields().stream())
              .map(field -> correlation.aliased(field, reference.words(target.header())))
              .filter(field -> asked.add(rule.source().service() + " " + field))
              .forEach(
                  field ->
                      source(
                          rule.source().service(), field, correlation.at().field(field), warnings));
        }
      }
    }
  }

  private void sleeps(SigmaDocument document, SourceLine at, List<Warning> warnings) {
    List<SigmaDocument> needed = List.copyOf(referred.closure(document));
    SigmaLoader alone = new SigmaLoader(table);
    alone.add(document.header().at().file(), "alone", needed, List.of());
    for (Rule loaded : alone.load().set().rules()) {
      List<String> lacks = loaded.info().lacks();
      if (!lacks.isEmpty() && document.header().sha256().equals(loaded.info().sha256())) {
        add(
            warnings,
            at,
            Warning.Kind.SLEEPS,
            "sleeps, because its condition cannot hold without %s"
                .formatted(String.join(", ", lacks)),
            "use other fields that docs/sigma-fields.md lists");
      }
    }
  }

  private static void tests(Header header, List<Warning> warnings) {
    if (header.regressionTests() != null) {
      return;
    }
    List<RuleCase> tests = header.tests();
    boolean hasPositive = tests.stream().anyMatch(test -> !test.expected().isEmpty());
    boolean hasNegative = tests.stream().anyMatch(test -> test.expected().isEmpty());
    if (!hasPositive || !hasNegative) {
      add(
          warnings,
          header.at(),
          Warning.Kind.NO_TESTS,
          hasPositive
              ? "has no test in which it must not fire"
              : hasNegative ? "has no test in which it fires" : "has no tests",
          "add a test below lockstep: tests:, as docs/sigma.md shows");
    }
  }
}
