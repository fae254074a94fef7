package dev.lockstep.app.tune;

import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.local.Watcher;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.SigmaPass;
import dev.lockstep.detections.sigma.SigmaRule;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tuner of a Sigma rule, which proposes filters that remove findings closed as false. It finds
 * filters by the events that findings cite, and tries up to 12 with the engine, so that the removed
 * findings are exact.
 */
final class FilterTuning {
  private static final int MOST_EVENTS = 100_000;
  private static final int MOST_TRIALS = 12;
  private static final String NAME = "filter_of_rules_tune";

  private final ConfiguredRule rule;
  private final SigmaSetRule set;
  private final Enrichment enrichment;
  private final ClosedFindingsFile closed;
  private final List<ConfiguredRule> affected = new ArrayList<>();
  private final FilterWriter filterText;

  /**
   * @param set rule to tune
   * @param rules all rules; a filter changes Sigma rules about single events, and so affects each
   *     rule that uses one of them
   */
  FilterTuning(
      ConfiguredRule rule,
      SigmaSetRule set,
      ConfiguredRules rules,
      Enrichment enrichment,
      ClosedFindingsFile closed) {
    this.rule = rule;
    this.set = set;
    for (ConfiguredRule each : rules.all()) {
      boolean isOwn = each.id().equals(rule.id());
      boolean isShared =
          each.settings().isEnabled()
              && each.entry().rule() instanceof SigmaSetRule other
              && !Collections.disjoint(other.singles(), set.singles());
      if (isOwn || isShared) {
        affected.add(each);
      }
    }
    this.enrichment = enrichment;
    this.closed = closed;
    this.filterText = new FilterWriter(rule.id(), set);
  }

  /**
   * Returns which raw fields of the captured records are to be read. They are those of the affected
   * rules, and those that a filter may compare.
   */
  RawFieldPlan plan() {
    Map<String, Set<String>> paths = new HashMap<>();
    for (SigmaRule single : set.singles()) {
      for (String category : single.info().categories()) {
        Set<String> all = paths.computeIfAbsent(category, any -> new HashSet<>());
        filterText
            .fields(single.document().source().toString())
            .forEach(each -> all.addAll(each.source().rawPaths()));
      }
    }
    affected.forEach(each -> ConfiguredRules.addRawFields(each.info(), paths));
    return RawFieldPlan.of(paths);
  }

  private record Searched(String source, FilterSearch search) {}

  Tuning run(SortedCapture capture, Progress progress) {
    Matches matches = new Matches();
    List<Detection> found =
        run(
            capture,
            progress,
            affected.stream().map(each -> each.entry().rule()).toList(),
            matches);
    TuningFindings findings = new TuningFindings(rule.id(), found, closed);
    Searched best = null;
    for (String source : filterText.sources()) {
      FilterSearch search = new FilterSearch(shown(found, findings, matches.of(source)));
      if (best == null || search.left() < best.search().left()) {
        best = new Searched(source, search);
      }
    }
    Proposals proposals = new Proposals(findings);
    int trials = 0;
    if (best != null) {
      for (FilterSearch.Filter filter : best.search().filters()) {
        if (++trials <= MOST_TRIALS) {
          String text = filterText.of(best.source(), filter);
          Set<String> removed = new TreeSet<>(findings.all());
          run(capture, progress, affectedWith(text), null)
              .forEach(each -> removed.remove(each.getId()));
          proposals.add(filter.words(), text.lines().toList(), removed, null);
        }
      }
      proposals.refuse(best.search().refused());
    }
    return proposals.tuning(rule.id(), Math.max(0, trials - MOST_TRIALS));
  }

  private List<Detection> run(
      SortedCapture capture, Progress progress, List<Rule> judging, @Nullable Watcher watcher) {
    List<ActiveRule> active = new ArrayList<>();
    for (int i = 0; i < judging.size(); i++) {
      active.add(new ActiveRule(i, judging.get(i), affected.get(i).settings()));
    }
    RuleSet these = new RuleSet(active, AlertSettings.NONE, 0);
    return capture.replay(these, enrichment, watcher, "correlating", progress);
  }

  private static List<FilterSearch.Shown> shown(
      List<Detection> found,
      TuningFindings findings,
      Map<String, Map<FilterField, List<String>>> events) {
    List<FilterSearch.Shown> shown = new ArrayList<>();
    for (Detection detection : found) {
      if (!findings.ids().contains(detection.getId())) {
        continue; // a finding of another rule is judged by the trial alone
      }
      List<Map<FilterField, List<String>>> own = new ArrayList<>();
      for (Evidence each : detection.getEvidence()) {
        Map<FilterField, List<String>> values =
            events.get(key(each.getCategory(), each.getEventId()));
        if (values != null) {
          own.add(values);
        }
      }
      shown.add(
          new FilterSearch.Shown(detection.getId(), findings.closing(detection.getId()), own));
    }
    return shown;
  }

  private static String key(String category, String eventId) {
    return category + "\n" + eventId;
  }

  /**
   * Collector of the events that match the tuned rule, and of the field values that a filter may
   * compare in these events. For a correlation, it collects the events that match one of the rules
   * that the correlation refers to. At most {@value #MOST_EVENTS} matches are kept.
   */
  private final class Matches implements Watcher {
    private final Map<String, Map<String, Map<FilterField, List<String>>>> bySource =
        new HashMap<>();
    private final SigmaPass pass = set.set().pass();
    private int size;

    Map<String, Map<FilterField, List<String>>> of(String source) {
      return bySource.getOrDefault(source, Map.of());
    }

    @Override
    public void sees(Event event) {
      for (SigmaRule single : set.singles()) {
        if (size < MOST_EVENTS && pass.matches(single, event)) {
          String source = single.document().source().toString();
          Map<FilterField, List<String>> values = new LinkedHashMap<>();
          for (FilterField field : filterText.fields(source)) {
            List<String> own = field.values(event);
            if (!own.isEmpty()) {
              values.put(field, own);
            }
          }
          bySource
              .computeIfAbsent(source, any -> new HashMap<>())
              .put(key(event.activity().getCategory(), event.activity().getEventId()), values);
          size++;
        }
      }
    }
  }

  private List<Rule> affectedWith(String filter) {
    SigmaLoader loader = new SigmaLoader(SigmaFields.bundled());
    Map<String, List<SigmaDocument>> byFile = new LinkedHashMap<>();
    for (SigmaDocument document : set.set().documents()) {
      byFile.computeIfAbsent(document.header().at().file(), any -> new ArrayList<>()).add(document);
    }
    byFile.forEach(
        (file, documents) -> loader.add(file, SigmaDocuments.stem(file), documents, List.of()));
    DocumentReader.Reading reading =
        new DocumentReader(Placeholders.NONE).read(NAME, filter.getBytes(StandardCharsets.UTF_8));
    loader.add(NAME, NAME, reading);
    SigmaLoader.Result result = loader.load();
    Map<String, Rule> bySha = new HashMap<>();
    result.set().rules().forEach(each -> bySha.put(each.info().sha256(), each));
    List<Rule> rules = new ArrayList<>();
    for (ConfiguredRule each : affected) {
      Rule found = bySha.get(each.info().sha256());
      if (found == null) {
        throw new IllegalStateException(
            "the rule %s cannot be loaded with the filter to be tried: %s"
                .formatted(each.id(), result.faults()));
      }
      rules.add(found);
    }
    return rules;
  }
}
