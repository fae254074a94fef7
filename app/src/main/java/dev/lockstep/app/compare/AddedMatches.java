package dev.lockstep.app.compare;

import dev.lockstep.app.detection.PrincipalNames;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.detections.local.Watcher;
import dev.lockstep.detections.sigma.SigmaPass;
import dev.lockstep.detections.sigma.SigmaRule;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counter of the events that match the Sigma rules added to a replay: for each rule about single
 * events, in total and by principal. An event that a filter removes is not matched. A call counts
 * once, however many revisions of it match, as long as at most {@value #MOST_CALLS} matched calls
 * came after it. With more than {@value #MOST_RULES} added rules about single events nothing is
 * counted, since each rule costs time at each event.
 */
public final class AddedMatches implements Watcher {
  private static final int MOST_RULES = 20;
  private static final int MOST_PRINCIPALS = 100_000;
  private static final int MOST_CALLS = 100_000;

  private final Map<SigmaRule, Matched> bySingle = new LinkedHashMap<>();
  private final Map<String, Counted> calls =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counted> eldest) {
          return size() > MOST_CALLS;
        }
      };
  private final PrincipalNames names;
  private final @Nullable SigmaPass pass;
  private final boolean tooMany;

  /**
   * Rules added to the replay that matched one API call, and the principal of the call. With these,
   * a call that comes again with more data is not counted again.
   *
   * @param rules bit set of the added rules that matched the call
   * @param principal principal for which the call was counted, or null if no revision has named one
   *     yet
   */
  private record Counted(int rules, @Nullable Principal principal) {}

  /** Counts of the events that one rule matched, in total and by principal. */
  private static final class Matched {
    private final Map<String, Integer> byPrincipal = new HashMap<>();
    private long events;

    private void add(@Nullable Principal principal) {
      events++;
      count(principal);
    }

    /**
     * Counts an event of a principal, if the principal is known and one of the first {@value
     * AddedMatches#MOST_PRINCIPALS} that were counted. Some calls name the principal only in a
     * later revision.
     */
    private void count(@Nullable Principal principal) {
      if (principal != null
          && (byPrincipal.size() < MOST_PRINCIPALS || byPrincipal.containsKey(principal.getId()))) {
        byPrincipal.merge(principal.getId(), 1, Integer::sum);
      }
    }

    private @Nullable String busiest() {
      return byPrincipal.entrySet().stream()
          .max(
              Map.Entry.<String, Integer>comparingByValue()
                  .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
          .map(Map.Entry::getKey)
          .orElse(null);
    }
  }

  /**
   * Creates a counter of the events that match the Sigma rules added by {@code replay --rule}.
   *
   * @param rules all rules, with the added ones
   * @param without rules without the added ones
   * @param names names of principals, which are complete when the run ends
   */
  public AddedMatches(ConfiguredRules rules, ConfiguredRules without, PrincipalNames names) {
    this.names = names;
    SigmaSetRule any = null;
    for (ConfiguredRule each : rules.all()) {
      if (each.entry().rule() instanceof SigmaSetRule rule && without.rule(each.id()) == null) {
        any = rule;
        rule.singles().forEach(single -> bySingle.put(single, new Matched()));
      }
    }
    tooMany = bySingle.size() > MOST_RULES;
    if (tooMany) {
      bySingle.clear();
    }
    pass = any == null || bySingle.isEmpty() ? null : any.set().pass();
  }

  @Override
  public void sees(Event event) {
    if (pass == null) {
      return;
    }
    boolean isCall = event.activity().getKind() == ActivityKind.API_CALL;
    String id = event.activity().getCategory() + ' ' + event.activity().getEventId();
    Counted before = isCall ? calls.get(id) : null;
    Principal principal = event.principal();
    int rules = 0;
    int bit = 1;
    for (Map.Entry<SigmaRule, Matched> single : bySingle.entrySet()) {
      boolean isCounted = before != null && (before.rules() & bit) != 0;
      if (pass.matches(single.getKey(), event)) {
        rules |= bit;
        if (!isCounted) {
          single.getValue().add(principal);
        }
      }
      if (isCounted && before != null && before.principal() == null) {
        single.getValue().count(principal);
      }
      bit <<= 1;
    }
    if (before != null) {
      rules |= before.rules();
      principal = before.principal() == null ? principal : before.principal();
    }
    if (isCall && rules != 0) {
      calls.put(id, new Counted(rules, principal));
    }
  }

  /**
   * Returns the notice that no events were counted because too many rules were added, or null if
   * the rules are few enough.
   */
  @Nullable String skipped() {
    return tooMany
        ? "The events that the rules match are not counted, because more than %d rules about single events were added; name fewer files with --rule."
            .formatted(MOST_RULES)
        : null;
  }

  private List<Map.Entry<SigmaRule, Matched>> of(ConfiguredRule rule) {
    List<Map.Entry<SigmaRule, Matched>> counted = new ArrayList<>();
    if (rule.entry().rule() instanceof SigmaSetRule sigma) {
      for (SigmaRule single : sigma.singles()) {
        Matched matched = bySingle.get(single);
        if (matched != null) {
          counted.add(Map.entry(single, matched));
        }
      }
    }
    return counted;
  }

  /**
   * Returns a map from the name of an added Sigma rule to the number of events that the rule
   * matched. For a correlation, the map has instead an entry for each rule that the correlation
   * refers to. The map is empty if nothing was counted.
   */
  Map<String, Long> counts(ConfiguredRule rule) {
    Map<String, Long> counts = new LinkedHashMap<>();
    of(rule).forEach(each -> counts.put(name(each.getKey()), each.getValue().events));
    return counts;
  }

  private static String name(SigmaRule single) {
    String name = single.document().header().name();
    return name == null ? single.info().id() : name;
  }

  /**
   * Returns text with the number of events that a rule matched, and the principal with most of
   * them. For a correlation it has both for each rule that the correlation refers to. The text is
   * empty if nothing was counted.
   */
  String words(ConfiguredRule rule) {
    List<String> words = new ArrayList<>();
    for (Map.Entry<SigmaRule, Matched> each : of(rule)) {
      Matched matched = each.getValue();
      String busiest = matched.busiest();
      words.add(
          "%s %s%s"
              .formatted(
                  TextTable.shown(name(each.getKey())),
                  matched.events == 0 ? "no event" : DisplayFormat.count(matched.events, "event"),
                  busiest == null
                      ? ""
                      : ", %,d of %s"
                          .formatted(
                              Objects.requireNonNull(matched.byPrincipal.get(busiest)),
                              TextTable.shown(names.nameOf(busiest)))));
    }
    return String.join("; ", words);
  }

  /**
   * Returns the id of the principal with the most events that the added rule matched, or null if
   * there is none. The option {@code replay --rule} added the rule. For a correlation, only one of
   * the rules that it refers to decides: the rule with the fewest events among those that matched
   * an event of a principal. Principals after the first {@value #MOST_PRINCIPALS} of a rule do not
   * count.
   */
  @Nullable String principal(ConfiguredRule rule) {
    return of(rule).stream()
        .map(Map.Entry::getValue)
        .filter(matched -> matched.busiest() != null)
        .min(Comparator.comparingLong(matched -> matched.events))
        .map(Matched::busiest)
        .orElse(null);
  }
}
