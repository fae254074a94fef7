package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.correlation.GroupDay;
import dev.lockstep.detections.sigma.correlation.Hit;
import dev.lockstep.detections.sigma.correlation.HitFinder;
import dev.lockstep.detections.sigma.correlation.Member;
import dev.lockstep.detections.sigma.correlation.WindowCondition;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.detections.sigma.match.CaseFolding;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rule made from a Sigma correlation, with at most one finding for each group and UTC day. There is
 * a finding if an event of the group on that day ends a window that fulfils the correlation's
 * condition.
 *
 * <p>If the correlation refers to another one, state also has groups of that inner correlation.
 * Each hit of an inner group becomes a fact of a group of the outer correlation.
 */
public final class CorrelationRule implements SigmaSetRule {
  /**
   * Name of the gate that suppresses an event if one of the correlation's grouping fields has no
   * value in the event.
   */
  public static final String NO_GROUP = "no-group";

  /** Name of the gate that suppresses events without a value of the counted field. */
  public static final String NO_VALUE = "no-value";

  private static final String NOTHING = "nothing";

  private static final Duration GRACE = Duration.ofHours(1);
  private static final int MOST_EVENTS = 10;

  private final CorrelationDocument document;
  private final CorrelationNode root;
  private final List<CorrelationNode> nodes;
  private final List<CorrelationLeaf> leaves;
  private final String reason;
  private final RuleInfo info;
  private @Nullable SigmaSet set;

  /**
   * Creates the rule of a correlation from the nodes and leaves of its tree.
   *
   * @param id id in lists and configuration
   * @param nodes correlations of the tree, the root first
   * @param leaves rules about single events at the ends of the tree
   */
  CorrelationRule(String id, List<CorrelationNode> nodes, List<CorrelationLeaf> leaves) {
    this.nodes = List.copyOf(nodes);
    this.leaves = List.copyOf(leaves);
    this.root = nodes.get(0);
    this.document = root.document();
    this.reason = document.type().word().replace('_', '-');
    Header header = document.header();
    AttackTags attack = AttackTags.of(header);
    Set<String> categories = new LinkedHashSet<>();
    Set<String> paths = new LinkedHashSet<>();
    Set<String> gates = new LinkedHashSet<>(List.of(SigmaRule.CUT, NO_GROUP, NO_VALUE));
    for (CorrelationLeaf leaf : leaves) {
      categories.addAll(leaf.rule().info().categories());
      paths.addAll(leaf.rule().info().rawFields());
      paths.addAll(leaf.paths());
      leaf.rule().info().gates().stream()
          .filter(gate -> !gate.equals(SigmaRule.NO_SUBJECT))
          .forEach(gates::add);
    }
    List<String> lacks = lacks();
    int back = nodes.stream().mapToInt(node -> node.condition().daysBack()).max().orElse(1);
    boolean waits = nodes.stream().anyMatch(node -> !node.condition().firesAtOnce());
    RuleInfo.Builder builder =
        RuleInfo.of(id, header.version(), header.title())
            .about(Subject.Kind.PRINCIPAL, Subject.Kind.GROUP)
            .keeps(nodes.stream().map(CorrelationNode::kind).toArray(FactKind[]::new))
            .reads(categories.toArray(String[]::new))
            .rawFields(paths.toArray(String[]::new))
            .lacks(lacks.toArray(String[]::new))
            .reasons(reason)
            .severities(header.level().severity())
            .gates(gates.toArray(String[]::new))
            .tactics(attack.tactics().toArray(String[]::new))
            .techniques(attack.techniques().toArray(String[]::new))
            .reach(back, 0)
            .grace(waits ? GRACE : Duration.ZERO)
            .identity(header.identity())
            .meaning(meaning())
            .sha256(header.sha256());
    this.info = (lacks.isEmpty() ? builder : builder.needs(Need.FIELD_SOURCES)).done();
  }

  /**
   * Returns the fields that have no source in the logs and without which the rule can never fire.
   * The list is empty if the rule may fire. The rule can never fire if none of the rules that it
   * correlates can match, or if it needs a match of each and one cannot match. The second case is
   * not looked for if the rule refers to other correlations.
   */
  private List<String> lacks() {
    Set<String> all = new TreeSet<>();
    boolean hasLive = false;
    for (CorrelationLeaf leaf : leaves) {
      Set<String> own = new TreeSet<>(leaf.rule().info().lacks());
      own.addAll(leaf.lacks());
      hasLive |= own.isEmpty();
      all.addAll(own);
    }
    boolean needsAll =
        root.condition().type().isTemporal()
            && root.condition().thresholds().isEmpty()
            && root.condition().expression() == null;
    return hasLive && !(needsAll && nodes.size() == 1) ? List.of() : List.copyOf(all);
  }

  /**
   * Returns a text that changes only if the rule can no longer use its stored state. It stays the
   * same whatever else changes in the rule. State that was stored under another such text is not
   * used. The text leaves out title, level, texts and thresholds.
   */
  private String meaning() {
    StringBuilder meaning =
        new StringBuilder("sigma with names\n").append(document.header().identity());
    for (CorrelationNode node : nodes) {
      CorrelationDocument of = node.document();
      meaning
          .append('\n')
          .append(of.type())
          .append(of.rules().size())
          .append(of.groupBy())
          .append(of.aliases())
          .append(of.timespan())
          .append(of.fields())
          .append(of.percentile())
          .append(of.expression())
          .append(node.condition().firesAtOnce());
    }
    for (CorrelationLeaf leaf : leaves) {
      meaning
          .append('\n')
          .append(nodes.indexOf(leaf.node()))
          .append(leaf.place())
          .append(leaf.rule().document().source())
          .append(leaf.rule().document().detection());
    }
    return meaning.toString();
  }

  void join(SigmaSet of) {
    set = of;
  }

  @Override
  public CorrelationDocument document() {
    return document;
  }

  @Override
  public List<SigmaRule> singles() {
    return leaves.stream().map(CorrelationLeaf::rule).distinct().toList();
  }

  List<CorrelationLeaf> leaves() {
    return leaves;
  }

  @Override
  public SigmaSet set() {
    SigmaSet of = set;
    if (of == null) {
      throw new IllegalStateException(
          "the Sigma correlation %s is not in a loaded set of rules".formatted(info.id()));
    }
    return of;
  }

  @Override
  public RuleInfo info() {
    return info;
  }

  /**
   * Content of the fact that one event adds to one group of a correlation: the rules that the event
   * matches, and its values. The values are those that the correlation counts, and those that
   * {@link #carried} returns.
   */
  private static final class Stated {
    private final BitSet rules = new BitSet();
    private final Set<String> values = new TreeSet<>();
    private List<String> carried = List.of();
  }

  void state(Event event, List<CorrelationLeaf> matched, Facts facts) {
    Map<CorrelationNode, Map<List<String>, Stated>> all = new LinkedHashMap<>();
    Set<String> gates = new TreeSet<>(); // an event counts once under each
    for (CorrelationLeaf leaf : matched) {
      CorrelationLeaf.Reading reading = leaf.read(event, 0);
      boolean lacksValue = leaf.node().hasValues() && reading.values().isEmpty();
      if (reading.groups().isEmpty() || lacksValue) {
        gates.add(
            reading.isCut() ? SigmaRule.CUT : reading.groups().isEmpty() ? NO_GROUP : NO_VALUE);
        continue;
      }
      if (reading.isCut()) {
        gates.add(SigmaRule.CUT);
      }
      Map<List<String>, Stated> groups =
          all.computeIfAbsent(leaf.node(), any -> new LinkedHashMap<>());
      for (List<String> group : reading.groups()) {
        Stated stated = groups.computeIfAbsent(group, any -> new Stated());
        stated.rules.set(leaf.place());
        stated.values.addAll(reading.values());
        if (leaf.levels() > 1 && stated.carried.isEmpty()) {
          stated.carried = carried(event, leaf);
        }
      }
    }
    gates.forEach(facts::suppressed);
    all.forEach(
        (node, groups) ->
            groups.forEach(
                (group, stated) -> {
                  Subject subject = node.subject(group, event.principal());
                  Facts.Draft draft = facts.about(subject, node.kind());
                  for (int i = 0; i < group.size(); i++) {
                    draft.with(node.groupField(i), group.get(i));
                  }
                  Principal principal = event.principal();
                  if (subject.kind() == Subject.Kind.GROUP) {
                    draft.ofNobody();
                    if (principal != null) {
                      draft.adding(node.principals(), principal.getId());
                      draft.adding(node.types(), principal.getType());
                      if (principal.getName() != null) {
                        draft.adding(node.names(), principal.getName());
                      }
                    }
                  }
                  texts(event, stated).forEach(text -> draft.adding(node.members(), text));
                  draft.state();
                }));
  }

  private static List<String> texts(Event event, Stated stated) {
    List<String> values = List.copyOf(stated.values);
    Principal principal = event.principal();
    if (principal == null || !event.isProvisional() || PrincipalTypes.isSubscription(principal)) {
      return Member.texts(stated.rules, values, stated.carried);
    }
    return Member.texts(stated.rules, principal, values, stated.carried);
  }

  /**
   * Returns the values by which the outer correlations group and count an event. An outer
   * correlation is one that refers to the matched rule only through another correlation. For each
   * of them, the innermost first, the values are the number of groups, the values of the groups,
   * the number of counted values, and the counted values.
   */
  private static List<String> carried(Event event, CorrelationLeaf leaf) {
    List<String> carried = new ArrayList<>();
    for (int level = 1; level < leaf.levels(); level++) {
      CorrelationLeaf.Reading reading = leaf.read(event, level);
      carried.add(String.valueOf(reading.groups().size()));
      reading.groups().forEach(carried::addAll);
      carried.add(String.valueOf(reading.values().size()));
      carried.addAll(reading.values());
    }
    return carried;
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    for (CorrelationNode node : nodes) {
      for (Fact fact : day.today(node.kind())) {
        judge(node, fact, day, verdicts);
      }
    }
  }

  private void judge(CorrelationNode node, Fact fact, Case day, Verdicts verdicts) {
    List<Fact> facts = new ArrayList<>();
    List<GroupDay> before = new ArrayList<>();
    for (int each = day.day() - node.condition().daysBack(); each < day.day(); each++) {
      for (Fact other : day.on(each, node.kind())) {
        facts.add(other);
        before.add(CorrelationNode.day(other));
      }
    }
    facts.add(fact);
    GroupDay today = CorrelationNode.day(fact);
    today.decide(node.parent() == null ? day.isGivenOut() : !today.relayed().isEmpty());
    HitFinder windows = new HitFinder(today.condition(), today, before, day.day());
    boolean isFinal = node.condition().firesAtOnce() || facts.stream().allMatch(day::isGraceOver);
    CorrelationNode parent = node.parent();
    if (parent != null) {
      if (verdicts.isExplained()) {
        explainInner(node, windows, fact, verdicts);
      }
      if (verdicts.takesRelays()) {
        boolean isProvisional = windows.isProvisional();
        new HitRelay(node, parent, day.subject(), isProvisional, verdicts)
            .pass(windows, fact, isFinal);
      }
    } else if (isFinal || day.isGivenOut() || verdicts.isExplained()) {
      fire(facts, windows, isFinal || day.isGivenOut(), verdicts);
    }
  }

  private void fire(List<Fact> facts, HitFinder windows, boolean isFinal, Verdicts verdicts) {
    Fact fact = facts.get(facts.size() - 1);
    Hit hit = windows.earliest();
    if (hit != null && isFinal) {
      verdicts
          .fires(
              reason,
              document.header().level().severity(),
              () -> gates(windows.condition(), hit, Gates.FIRES, false),
              fact)
          .count(windows.count(hit))
          .spanning(hit.from(), hit.at())
          .overflows(windows.hasOverflow())
          .telling(hit);
    } else if (verdicts.isExplained()) {
      Hit shown = hit == null ? windows.fullest() : hit;
      if (shown != null) {
        verdicts.passed(
            hit == null ? "window" : "grace",
            () -> gates(windows.condition(), shown, "not fulfilled", hit == null),
            fact);
      }
    }
  }

  private static void explainInner(
      CorrelationNode node, HitFinder windows, Fact fact, Verdicts verdicts) {
    Hit hit = windows.earliest();
    Hit shown = hit == null ? windows.fullest() : hit;
    if (shown != null) {
      verdicts.passed(
          (hit == null ? "window of " : "hit of ") + node.title(),
          () ->
              gates(windows.condition(), shown, hit == null ? "not fulfilled" : "hit", hit == null),
          fact);
    }
  }

  private static List<GateChecked> gates(
      WindowCondition condition, Hit hit, String verdict, boolean isMissed) {
    return new Gates()
        .adds(
            "window",
            verdict,
            "from",
            Phrases.time(hit.from()),
            "to",
            Phrases.time(hit.at()),
            "number",
            hit.number().doubleValue(),
            "condition",
            conditionOf(condition),
            "lacks",
            lacks(condition, hit, isMissed))
        .list();
  }

  private static String lacks(WindowCondition condition, Hit hit, boolean isMissed) {
    if (!hit.lacks().isEmpty()) {
      return String.join(", ", hit.lacks());
    }
    boolean isCount =
        condition.type() == CorrelationDocument.Type.EVENT_COUNT
            || condition.type() == CorrelationDocument.Type.VALUE_COUNT;
    int missing = isCount && condition.firesAtOnce() ? condition.need() - hit.count() : 0;
    return missing <= 0
        ? isMissed ? "a number that fulfils the condition" : NOTHING
        : "%d %s%s"
            .formatted(
                missing,
                condition.type() == CorrelationDocument.Type.EVENT_COUNT ? "event" : "value",
                missing == 1 ? "" : "s");
  }

  /**
   * Returns a text that compares the largest window of a group with the condition, or null if the
   * window fulfils the condition.
   *
   * @param fact fact of the group, about which {@link #judge} gave a report
   * @param gates gates of that report
   */
  @Nullable String missed(Fact fact, List<GateChecked> gates) {
    for (CorrelationNode node : nodes) {
      if (node.kind() == fact.kind() && !gates.isEmpty()) {
        Map<String, Object> numbers = gates.get(0).getNumbers();
        boolean isMissed = !NOTHING.equals(numbers.getOrDefault("lacks", NOTHING));
        return isMissed ? missed(node, fact, numbers) : null;
      }
    }
    return null;
  }

  private String missed(CorrelationNode node, Fact fact, Map<String, Object> numbers) {
    WindowCondition condition = node.condition();
    String number =
        BigDecimal.valueOf((Double) Objects.requireNonNull(numbers.get("number")))
            .stripTrailingZeros()
            .toPlainString();
    boolean isOfNeed = condition.firesAtOnce() && condition.expression() == null;
    String what =
        condition.type().isMetric()
            ? "%s of %s is %s"
                .formatted(
                    condition.type().word(), String.join(", ", node.document().fields()), number)
            : "%s%s %s".formatted(number, isOfNeed ? " of " + condition.need() : "", unit(node));
    String group = groupOf(node.group(fact));
    boolean isOrdered = condition.type() == CorrelationDocument.Type.TEMPORAL_ORDERED;
    String without =
        condition.type().isTemporal()
            ? ", lacks " + numbers.get("lacks") + (isOrdered ? " in the order of the rules" : "")
            : isOfNeed ? "" : ", condition " + numbers.get("condition");
    Object from = numbers.get("from");
    Object to = numbers.get("to");
    String when = Objects.equals(from, to) ? ", at " + from : ", from " + from + " to " + to;
    return "%s%s in the largest window of %s%s%s%s"
        .formatted(
            node == root ? "" : node.title() + ": ",
            what,
            Phrases.length(condition.spanMillis()),
            group,
            when,
            without);
  }

  private static String groupOf(Map<String, String> group) {
    return group.isEmpty()
        ? ""
        : " for "
            + group.entrySet().stream()
                .map(one -> one.getKey() + " " + one.getValue())
                .collect(Collectors.joining(", "));
  }

  private static String conditionOf(WindowCondition condition) {
    if (condition.expression() != null) {
      return "expression over " + String.join(", ", condition.rules());
    }
    return condition.thresholds().isEmpty()
        ? "all of " + String.join(", ", condition.rules())
        : condition.thresholds().stream()
            .map(Threshold::toString)
            .collect(Collectors.joining(" and "));
  }

  /**
   * Relay that passes the hits of an inner correlation's group to the outer correlation as facts.
   */
  private record HitRelay(
      CorrelationNode node,
      CorrelationNode parent,
      Subject of,
      boolean isProvisional,
      Verdicts verdicts) {
    void pass(HitFinder windows, Fact fact, boolean isFinal) {
      GroupDay day = CorrelationNode.day(fact);
      Map<Long, Member> now = new LinkedHashMap<>();
      windows.hits().forEach(hit -> now.put(hit.id(), hit));
      boolean keeps = day.keepsRelayed();
      for (Map.Entry<Long, Member> before : List.copyOf(day.relayed().entrySet())) {
        Member hit = now.get(before.getKey());
        boolean isGone = hit == null && !keeps;
        if (isGone || (hit != null && !hit.carried().equals(before.getValue().carried()))) {
          day.relayed().remove(before.getKey());
          pass(before.getValue(), true);
        }
      }
      if (isFinal) {
        now.forEach(
            (id, hit) -> {
              if (day.relayed().putIfAbsent(id, hit) == null) {
                pass(hit, false);
              }
            });
      }
    }

    private void pass(Member hit, boolean retracts) {
      for (List<String> carried : hit.carried()) {
        pass(hit.event(), carried, retracts);
      }
    }

    private void pass(EventReference event, List<String> carried, boolean retracts) {
      int at = 0;
      int count = Integer.parseInt(carried.get(at++));
      int width = parent.document().groupBy().size();
      List<List<String>> groups = new ArrayList<>();
      for (int i = 0; i < count; i++, at += width) {
        groups.add(carried.subList(at, at + width));
      }
      int values = Integer.parseInt(carried.get(at++));
      List<String> counted = carried.subList(at, at + values);
      List<String> further = carried.subList(at + values, carried.size());
      if (parent.hasValues() && counted.isEmpty()) {
        return;
      }
      for (List<String> group : groups) {
        verdicts.relay(
            new RelayedFact(
                parent.subject(group, null),
                parent.kind(),
                event,
                group,
                List.of(
                    List.of(),
                    List.of(),
                    List.of(),
                    Member.texts(node.placeInParent(), of.id(), counted, further)),
                isProvisional,
                retracts));
      }
    }
  }

  @Override
  public List<EventReference> evidence(Fired fired, int fact) {
    List<Member> members = ((Hit) fired.detail()).members();
    List<EventReference> events = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (i < MOST_EVENTS || i >= members.size() - MOST_EVENTS) {
        events.add(members.get(i).event());
      }
    }
    return events;
  }

  @Override
  public Words tell(Finding finding) {
    Header header = document.header();
    Fact fact = finding.first().fact(0);
    Hit hit = (Hit) finding.first().detail();
    Map<String, String> group = root.group(fact);
    String of = groupOf(group);
    Words words =
        Words.of(
                header.title(),
                "%s %s%s: %s %s from %s to %s."
                    .formatted(
                        header.sentence(),
                        document.type().word().replace('_', ' ').toUpperCase(Locale.ROOT).charAt(0)
                            + document.type().word().replace('_', ' ').substring(1),
                        of,
                        hit.number().stripTrailingZeros().toPlainString(),
                        unit(root),
                        Phrases.time(hit.from()),
                        Phrases.time(hit.at())))
            .ofGroup(group);
    List<Seen> addresses = fact.addresses();
    if (addresses.size() == 1) {
      words = words.at(addresses.get(0).text());
    }
    Principal principal = principalOf(fact);
    return principal == null ? words : words.of(principal);
  }

  /**
   * Returns the principal of all events of a group, or null if there are several or none. Ids that
   * differ in case alone count as one principal, which gets the smallest of these ids. If there are
   * several names, it gets the smallest name.
   */
  private @Nullable Principal principalOf(Fact fact) {
    List<String> ids = sorted(fact, root.principals());
    List<String> names = sorted(fact, root.names());
    List<String> types = sorted(fact, root.types());
    return ids.stream().map(CaseFolding::fold).distinct().count() == 1 && types.size() == 1
        ? new Principal(ids.get(0), names.isEmpty() ? null : names.get(0), types.get(0))
        : null;
  }

  private static List<String> sorted(Fact fact, Field set) {
    return fact.members(set).stream().map(Seen::text).sorted().toList();
  }

  private static String unit(CorrelationNode node) {
    String fields = String.join(", ", node.document().fields());
    return switch (node.document().type()) {
      case EVENT_COUNT -> "events";
      case VALUE_COUNT -> "values of " + fields;
      case TEMPORAL -> "rules";
      case TEMPORAL_ORDERED -> "rules in order";
      default -> "of " + fields;
    };
  }
}
