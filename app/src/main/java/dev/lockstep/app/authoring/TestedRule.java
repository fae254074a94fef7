package dev.lockstep.app.authoring;

import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.detections.sigma.SigmaPass;
import dev.lockstep.detections.sigma.SigmaRule;
import dev.lockstep.detections.sigma.SigmaSet;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.RegressionCase;
import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rule under test, with the reader of records and the engine that its tests need. */
final class TestedRule {
  private static final int MOST_EXPLAINED = 20;

  private final String file;
  private final List<DocumentFault> faults;
  private final List<Part> parts;
  private final @Nullable Rule rule;
  private final String id; // alone, a rule may have another id than in the service
  private final String shownId;
  private final TestEngine engine;
  private final Enrichment enrichment;
  private final RawFieldPlan plan;
  private final @Nullable String category;
  private final long seed;

  /**
   * Rule about single events, compiled alone to explain which of its selections match.
   *
   * @param set set of the rule and its filters
   */
  record Part(Header header, SigmaSet set) {}

  /**
   * Creates a rule under test from a Sigma rule.
   *
   * @param shownId id of the rule in the service; if it has none there, the name of its document in
   *     the file
   * @param faults faults of all files
   * @param parts the rule, or the rules that a correlation refers to
   */
  TestedRule(
      Header header,
      String shownId,
      SigmaSet set,
      List<DocumentFault> faults,
      List<Part> parts,
      Enrichment enrichment,
      long seed) {
    this.file = header.at().file();
    this.faults = faults.stream().filter(fault -> fault.at().file().equals(file)).toList();
    this.parts = List.copyOf(parts);
    this.seed = seed;
    List<Rule> all = new ArrayList<>(set.rules());
    Rule found = null;
    Map<String, Set<String>> paths = new TreeMap<>();
    for (Rule each : all) {
      if (header.sha256().equals(each.info().sha256())) {
        found = each;
      }
    }
    List<Rule> readers = new ArrayList<>(all);
    parts.forEach(part -> readers.addAll(part.set().rules()));
    for (Rule each : readers) {
      ConfiguredRules.addRawFields(each.info(), paths);
    }
    this.rule = found;
    this.shownId = shownId;
    this.id = found == null ? shownId : found.info().id();
    this.plan = RawFieldPlan.of(paths);
    this.category =
        parts.isEmpty() ? null : ShortenedRecord.category(first(parts.get(0), paths.keySet()));
    this.engine = new TestEngine(all);
    this.enrichment = enrichment;
  }

  TestedRule(String file, Rule rule, Enrichment enrichment, long seed) {
    this.file = file;
    this.faults = List.of();
    this.parts = List.of();
    this.seed = seed;
    this.rule = rule;
    this.id = rule.info().id();
    this.shownId = id;
    Map<String, Set<String>> paths = new HashMap<>();
    ConfiguredRules.addRawFields(rule.info(), paths);
    this.plan = RawFieldPlan.of(paths);
    this.category = ShortenedRecord.category(rule.info().categories());
    this.engine = new TestEngine(List.of(rule));
    this.enrichment = enrichment;
  }

  private static List<String> first(Part part, Set<String> otherwise) {
    return part.set().rules().isEmpty()
        ? List.copyOf(otherwise)
        : part.set().rules().get(0).info().categories();
  }

  String shownId() {
    return shownId;
  }

  TestOutcome run(RuleCase test) {
    long began = System.nanoTime();
    List<String> failures = new ArrayList<>();
    List<Activity> activities = new ArrayList<>();
    List<RuleCase.Entered> records = test.records();
    for (int i = 0; i < records.size(); i++) {
      RuleCase.Entered record = records.get(i);
      String json = ShortenedRecord.complete(record.json(), category, i);
      read(
          json.getBytes(StandardCharsets.UTF_8),
          record.at().line(),
          "record %d in line %d".formatted(i + 1, record.at().line()),
          activities,
          failures);
    }
    try {
      Enrichment known = TestEnrichment.of(test, enrichment);
      TestEngine.Run run = runs(activities, known, failures);
      if (run != null) {
        compare(test, findings(run), run, () -> missed(activities, known, run.events()), failures);
        checkDeclared(run, failures);
      }
    } catch (FileProblemException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
    return new TestOutcome(shownId, test.name(), test.at(), failures, System.nanoTime() - began);
  }

  TestOutcome run(RegressionCase test, RegressionFiles files) {
    long began = System.nanoTime();
    List<String> failures = new ArrayList<>();
    List<Activity> activities = new ArrayList<>();
    try {
      read(files.records(test), 1, "a record of " + test.path(), activities, failures);
      TestEngine.Run run = runs(activities, enrichment, failures);
      if (run != null) {
        int matches = matches(run.events());
        Integer expected = test.matches();
        if (expected == null ? matches == 0 : matches != expected) {
          failures.add(
              "%d of %d events match, expected %s"
                  .formatted(
                      matches,
                      run.events().size(),
                      expected == null ? "at least one" : String.valueOf(expected)));
          explain(run, failures);
        }
      }
    } catch (IOException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
    return new TestOutcome(shownId, test.name(), test.at(), failures, System.nanoTime() - began);
  }

  private void read(
      byte[] body, long line, String what, List<Activity> activities, List<String> failures) {
    MessageReader reader = new MessageReader(Limits.defaults(), () -> plan);
    Where where = new Where("test", null, file, -1, line, 0);
    reader.read(
        body,
        where,
        null,
        outcome -> {
          if (outcome instanceof Outcome.Mapped mapped) {
            activities.add(mapped.activity());
          } else if (outcome instanceof Outcome.Ignored ignored) {
            failures.add(
                "%s is ignored: %s; give the record a category of the rule's log source"
                    .formatted(
                        what,
                        ignored.category().isEmpty()
                            ? "it has no category"
                            : "Lockstep does not read the category %s"
                                .formatted(Quoted.of(ignored.category()))));
          } else {
            DeadLetter letter =
                outcome instanceof Outcome.Rejected rejected
                    ? rejected.letter()
                    : ((Outcome.Quarantined) outcome).letter();
            failures.add(
                "%s is rejected as %s: %s; fix the record"
                    .formatted(what, letter.getReason(), Quoted.visible(letter.getDetail())));
          }
        });
  }

  /**
   * Runs the rule with the activities in every {@link EntryOrder}, and returns the result for
   * {@link EntryOrder#AS_GIVEN}. It adds a failure for each other order with different findings.
   * The result is null if the rule cannot be loaded or a record could not be read.
   */
  private TestEngine.@Nullable Run runs(
      List<Activity> activities, Enrichment known, List<String> failures) {
    if (rule == null) {
      failures.add("could not load the rule; fix the faults that lint shows");
      faults.forEach(fault -> failures.add(fault.message()));
    }
    if (rule == null || !failures.isEmpty()) {
      return null;
    }
    TestEngine.Run given = engine.run(EntryOrder.AS_GIVEN.of(activities, seed), known);
    List<String> expected = keys(findings(given));
    for (EntryOrder order : EntryOrder.values()) {
      if (order == EntryOrder.AS_GIVEN) {
        continue;
      }
      List<String> found = keys(findings(engine.run(order.of(activities, seed), known)));
      if (!found.equals(expected)) {
        failures.add(
            "findings depend on the order of records: %s in the given order, %s when %s"
                .formatted(shown(expected), shown(found), order.words(seed)));
      }
    }
    return given;
  }

  private List<Detection> findings(TestEngine.Run run) {
    return run.findings().stream().filter(each -> each.getRule().equals(id)).toList();
  }

  private static List<String> keys(List<Detection> findings) {
    return findings.stream().map(each -> words(each) + ", id " + each.getId()).sorted().toList();
  }

  private static String shown(List<String> findings) {
    return findings.isEmpty() ? "no finding" : String.join(" and ", findings);
  }

  private static String words(Detection finding) {
    Principal principal = finding.getPrincipal();
    StringBuilder words = new StringBuilder();
    words.append(finding.getSeverity()).append(", count ").append(finding.getCount());
    if (principal != null) {
      words.append(", principal ").append(Quoted.visible(principal.getId()));
      if (principal.getName() != null) {
        words.append(" (").append(Quoted.visible(principal.getName())).append(')');
      }
    }
    if (finding.getIp() != null) {
      words.append(", ip ").append(Quoted.visible(finding.getIp()));
    }
    return words.toString();
  }

  private void compare(
      RuleCase test,
      List<Detection> findings,
      TestEngine.Run run,
      Supplier<List<String>> missed,
      List<String> failures) {
    IdentityHashMap<Detection, RuleCase.Expected> met = new IdentityHashMap<>();
    List<String> unmet = new ArrayList<>();
    for (RuleCase.Expected expected : test.expected()) {
      for (int i = 0; i < expected.findings(); i++) {
        if (!meets(expected, findings, met, Collections.newSetFromMap(new IdentityHashMap<>()))) {
          unmet.add(words(expected));
        }
      }
    }
    List<Detection> left = findings.stream().filter(each -> !met.containsKey(each)).toList();
    if (unmet.isEmpty() && left.isEmpty()) {
      return;
    }
    unmet.stream().distinct().forEach(each -> failures.add("expected, but not found: " + each));
    if (!unmet.isEmpty()) {
      failIfAsleep(failures);
      failures.addAll(missed.get());
    }
    left.forEach(each -> failures.add("found, but not expected: " + words(each)));
    run.suppressed()
        .forEach(
            (gate, count) -> {
              if (gate.startsWith(id + " ")) {
                failures.add(
                    "gate %s: %d"
                        .formatted(Quoted.visible(gate.substring(id.length() + 1)), count));
              }
            });
    run.counted()
        .getOrDefault(id, Map.of())
        .forEach(
            (name, count) -> failures.add("counted %s: %d".formatted(Quoted.visible(name), count)));
    explain(run, failures);
  }

  private void failIfAsleep(List<String> failures) {
    List<String> lacks = rule == null ? List.of() : rule.info().lacks();
    if (!lacks.isEmpty()) {
      failures.add(
          ("the rule sleeps, because no record has %s, without which its condition cannot hold;"
                  + " %s shows what to compare instead")
              .formatted(
                  Quoted.visible(String.join(", ", lacks)), ShellCommand.call("rules lint")));
    }
  }

  /**
   * Returns a line for each correlation of the rule, about the largest window that did not fulfil
   * the condition.
   */
  private List<String> missed(List<Activity> activities, Enrichment known, List<Event> events) {
    if (!(rule instanceof SigmaSetRule tested)) {
      return List.of();
    }
    Set<Subject> groups = new LinkedHashSet<>();
    for (Event event : events) {
      groups.addAll(tested.set().pass().groups(tested, event));
    }
    return groups.isEmpty()
        ? List.of()
        : MissedWindows.of(tested, engine.judged(activities, known, groups));
  }

  /**
   * Adds a failure if the run has a reason, severity or gate that the rule does not declare. Sigma
   * rules are not checked, because their loader declares all that they have.
   */
  private void checkDeclared(TestEngine.Run run, List<String> failures) {
    List<String> gates =
        run.suppressed().keySet().stream()
            .filter(gate -> gate.startsWith(id + " "))
            .map(gate -> gate.substring(id.length() + 1))
            .toList();
    String undeclared =
        rule == null || rule instanceof SigmaSetRule
            ? null
            : rule.info().undeclared(findings(run), gates);
    if (undeclared != null) {
      failures.add(undeclared);
    }
  }

  /**
   * Assigns to an expectation a finding that meets it, and returns whether this was possible. A
   * finding is taken from another expectation if a further finding can be assigned to that
   * expectation.
   *
   * @param met findings that are assigned so far, each with the expectation that it meets
   * @param tried expectations for which a finding was searched already
   */
  private static boolean meets(
      RuleCase.Expected expected,
      List<Detection> findings,
      IdentityHashMap<Detection, RuleCase.Expected> met,
      Set<RuleCase.Expected> tried) {
    tried.add(expected);
    for (Detection each : findings) {
      if (!met.containsKey(each) && isMet(expected, each)) {
        met.put(each, expected);
        return true;
      }
    }
    for (Detection each : findings) {
      RuleCase.Expected other = met.get(each);
      boolean isOther = other != null && !tried.contains(other) && isMet(expected, each);
      if (isOther && other != null && meets(other, findings, met, tried)) {
        met.put(each, expected);
        return true;
      }
    }
    return false;
  }

  private static boolean isMet(RuleCase.Expected expected, Detection found) {
    Integer count = expected.count();
    String wanted = expected.principal();
    Principal principal = found.getPrincipal();
    return (count == null || count == found.getCount())
        && (expected.severity() == null || expected.severity() == found.getSeverity())
        && (wanted == null
            || (principal != null
                && (wanted.equalsIgnoreCase(principal.getId())
                    || wanted.equalsIgnoreCase(principal.getName()))))
        && isMet(expected.ip(), found);
  }

  private static boolean isMet(@Nullable String ip, Detection found) {
    return ip == null
        || ip.equalsIgnoreCase(found.getIp())
        || found.getEvidence().stream().anyMatch(each -> ip.equalsIgnoreCase(each.getIp()));
  }

  private static String words(RuleCase.Expected expected) {
    List<String> words = new ArrayList<>();
    if (expected.severity() != null) {
      words.add(expected.severity().toString());
    }
    if (expected.count() != null) {
      words.add("count " + expected.count());
    }
    if (expected.principal() != null) {
      words.add("principal " + Quoted.visible(expected.principal()));
    }
    if (expected.ip() != null) {
      words.add("ip " + Quoted.visible(expected.ip()));
    }
    return words.isEmpty() ? "a finding" : String.join(", ", words);
  }

  private int matches(List<Event> events) {
    int matches = 0;
    for (Part part : parts) {
      SigmaPass pass = part.set().pass();
      for (Rule each : part.set().rules()) {
        if (each instanceof SigmaRule sigma) {
          matches += (int) events.stream().filter(event -> pass.matches(sigma, event)).count();
        }
      }
    }
    return matches;
  }

  private void explain(TestEngine.Run run, List<String> failures) {
    Map<String, Integer> records = new LinkedHashMap<>();
    for (Event event : run.events()) {
      if (rule instanceof SigmaSetRule tested && records.size() < MOST_EXPLAINED) {
        for (String words : tested.set().pass().missing(tested, event)) {
          records.merge(
              "in line %s: %s".formatted(event.activity().getWhere().getPosition(), words),
              1,
              Integer::sum);
        }
      }
      for (Part part : parts) {
        for (Rule each : part.set().rules()) {
          if (each instanceof SigmaRule sigma && records.size() < MOST_EXPLAINED) {
            List<String> words = sigma.set().pass().words(sigma, event);
            String of =
                "in line %s%s"
                    .formatted(
                        event.activity().getWhere().getPosition(),
                        parts.size() > 1 ? ", " + Quoted.of(part.header().title()) : "");
            String what =
                words.isEmpty()
                    ? "its category %s does not belong to the rule's log source"
                        .formatted(event.activity().getCategory().toLowerCase(Locale.ROOT))
                    : String.join("; ", words);
            records.merge(of + ": " + what, 1, Integer::sum);
          }
        }
      }
    }
    records.forEach(
        (line, number) -> failures.add((number == 1 ? "record " : number + " records ") + line));
    if (run.events().isEmpty()) {
      failures.add("no record became an event that rules observe");
    }
  }
}
