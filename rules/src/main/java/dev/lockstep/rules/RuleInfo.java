package dev.lockstep.rules;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Description of a rule, from which configuration, commands, metrics and documentation are made.
 * Immutable.
 */
public final class RuleInfo {
  /**
   * Character between the rule's id and the variant's name in the id of a variant. No rule's own id
   * contains it.
   */
  public static final char VARIANT_MARK = '@';

  /**
   * Number of days for which facts are kept in addition to the days of a rule's reach. A call that
   * came 23 hours late is observed again up to 72 hours after its arrival, when its identity link
   * comes. By then the fourth UTC day after the day of the call may have begun.
   */
  private static final int SPARE_DAYS = 4;

  private final String id;
  private final int version;
  private final String title;
  private final String correlates;
  private final List<Subject.Kind> subjects;
  private final List<FactKind> kinds;
  private final List<String> categories;
  private final List<String> fields;
  private final List<String> rawFields;
  private final Set<Need> needs;
  private final List<String> lacks;
  private final List<String> reasons;
  private final List<Severity> severities;
  private final List<String> gates;
  private final List<String> tactics;
  private final List<String> techniques;
  private final List<Setting> settings;
  private final int daysBack;
  private final int daysAhead;
  private final ToIntFunction<Settings> daysLearned;
  private final ToIntFunction<Settings> daysToLearn;
  private final int daysKept;
  private final Duration grace;
  private final boolean byChange;
  private final List<FactKind> deciding;
  private final boolean comparing;
  private final boolean pairing;
  private final boolean firstCopyAlone;
  private final @Nullable Collapse collapse;
  private final int builtFor;
  private final String identity;
  private final String meaning;
  private final String sha256;
  private final String variant;

  /**
   * Limit on the number of a rule's findings of one subject and day. Above it, one finding replaces
   * them all.
   *
   * @param most number of findings above which one finding replaces them all
   * @param reason reason of the replacing finding
   * @param lowered if the severity of the replacing finding is one level below the highest severity
   *     of the replaced findings
   * @param countsFindings if the replacing finding counts the replaced findings; otherwise it
   *     counts what they count, such as different users or minutes
   */
  public record Collapse(int most, String reason, boolean lowered, boolean countsFindings) {
    /**
     * Returns the severity of the replacing finding, given the highest severity of the replaced
     * findings.
     */
    public Severity severity(Severity replaced) {
      return lowered ? Severities.down(replaced) : replaced;
    }
  }

  /**
   * Fault of a rule's description.
   *
   * @param fix action by which the rule's author removes the fault
   */
  public record Problem(String what, String fix) {
    @Override
    public String toString() {
      return what + "; " + fix;
    }
  }

  private RuleInfo(Builder from) {
    this.id = from.id;
    this.version = from.version;
    this.title = from.title;
    this.correlates = from.correlates;
    this.subjects = List.copyOf(from.subjects);
    this.kinds = List.copyOf(from.kinds);
    this.categories = List.copyOf(from.categories);
    this.fields = List.copyOf(from.fields);
    this.rawFields = List.copyOf(from.rawFields);
    this.needs = Set.copyOf(from.needs);
    this.lacks = List.copyOf(from.lacks);
    this.reasons = List.copyOf(from.reasons);
    this.severities = List.copyOf(from.severities);
    this.gates = List.copyOf(from.gates);
    this.tactics = List.copyOf(from.tactics);
    this.techniques = List.copyOf(from.techniques);
    this.settings = List.copyOf(from.settings);
    this.daysBack = from.daysBack;
    this.daysAhead = from.daysAhead;
    this.daysLearned = from.daysLearned;
    this.daysToLearn = from.daysToLearn;
    this.daysKept = Math.max(from.daysKept, from.daysBack + from.daysAhead + SPARE_DAYS);
    this.grace = from.grace;
    this.byChange = from.byChange;
    this.deciding = List.copyOf(from.deciding);
    this.comparing = from.comparing;
    this.pairing = from.pairing || from.comparing;
    this.firstCopyAlone = from.firstCopyAlone;
    this.collapse = from.collapse;
    this.builtFor = from.builtFor;
    this.identity = from.identity;
    this.meaning = from.meaning;
    this.sha256 = from.sha256;
    this.variant = "";
    for (int i = 0; i < settings.size(); i++) {
      settings.get(i).bind(i);
    }
  }

  private RuleInfo(RuleInfo from, boolean whole, String mark) {
    this.id = from.id + mark;
    this.version = from.version;
    this.title = from.title;
    this.correlates = from.correlates;
    this.subjects = from.subjects;
    this.kinds = from.kinds;
    this.categories = from.categories;
    this.fields = from.fields;
    this.rawFields = from.rawFields;
    this.needs = from.needs;
    this.lacks = from.lacks;
    this.reasons = from.reasons;
    this.severities = from.severities;
    this.gates = from.gates;
    this.tactics = from.tactics;
    this.techniques = from.techniques;
    this.settings = from.settings;
    this.daysBack = from.daysBack;
    this.daysAhead = from.daysAhead;
    this.daysLearned = from.daysLearned;
    this.daysToLearn = from.daysToLearn;
    this.daysKept = from.daysKept;
    this.grace = from.grace;
    this.byChange = from.byChange && !whole;
    this.deciding = whole ? List.of() : from.deciding;
    this.comparing = from.comparing && !whole;
    this.pairing = from.pairing;
    this.firstCopyAlone = from.firstCopyAlone;
    this.collapse = from.collapse;
    this.builtFor = from.builtFor;
    this.identity = from.identity;
    this.meaning = from.meaning + mark;
    this.sha256 = from.sha256;
    this.variant = mark.isEmpty() ? from.variant : mark.substring(1);
  }

  /**
   * Returns a copy, for tests, without the shortcuts by which the engine skips judgements that
   * cannot change a finding. The shortcuts are {@link Builder#judgesByChange}, {@link
   * Builder#judgesOnlyWith} and {@link Builder#comparesFacts}. With the copy the engine judges all
   * facts of a day after each change, and the findings must be the same.
   */
  public RuleInfo judgingWhole() {
    return new RuleInfo(this, true, "");
  }

  /**
   * Returns the description of a variant of this rule: the same rule with other settings. A variant
   * runs beside the rule, with state and findings of its own. It is a candidate that the
   * configuration names as {@code RULE@NAME}, or one of the values that {@code lockstep sweep}
   * compares.
   *
   * @param name name of the variant, whose id is the rule's id, {@code @} and this name
   */
  public RuleInfo variant(String name) {
    if (!variant.isEmpty() || name.isEmpty()) {
      throw new IllegalArgumentException(
          "could not describe the variant '%s' of rule %s: the name is empty, or the rule is a variant itself; give a name, and a rule that is no variant"
              .formatted(name, id));
    }
    return new RuleInfo(this, false, VARIANT_MARK + name);
  }

  /** Returns the rule's id from the id of a variant. The id of a rule stays as it is. */
  public static String ruleOf(String id) {
    int mark = id.indexOf(VARIANT_MARK);
    return mark < 0 ? id : id.substring(0, mark);
  }

  /**
   * Starts the description of a rule.
   *
   * @param id words in lower case separated by dashes, used in detections and configuration
   * @param version number that grows when the same events give different findings
   * @param title title in one line
   */
  public static Builder of(String id, int version, String title) {
    return new Builder(id, version, title);
  }

  /** Builder of a rule's description. */
  public static final class Builder {
    private final String id;
    private final int version;
    private final String title;
    private String correlates = "";
    private List<Subject.Kind> subjects = List.of();
    private List<FactKind> kinds = List.of();
    private List<String> categories = List.of();
    private List<String> fields = List.of();
    private List<String> rawFields = List.of();
    private List<Need> needs = List.of();
    private List<String> lacks = List.of();
    private List<String> reasons = new ArrayList<>();
    private List<Severity> severities = List.of();
    private List<String> gates = List.of();
    private List<String> tactics = List.of();
    private List<String> techniques = List.of();
    private List<Setting> settings = List.of();
    private int daysBack;
    private int daysAhead;
    private ToIntFunction<Settings> daysLearned = settings -> 0;
    private ToIntFunction<Settings> daysToLearn = settings -> 0;
    private int daysKept;
    private Duration grace = Duration.ZERO;
    private boolean byChange;
    private List<FactKind> deciding = List.of();
    private boolean comparing;
    private boolean pairing;
    private boolean firstCopyAlone;
    private @Nullable Collapse collapse;
    private int builtFor;
    private String identity;
    private String meaning;
    private String sha256 = "";

    private Builder(String id, int version, String title) {
      this.id = id;
      this.version = version;
      this.title = title;
      this.identity = id;
      this.meaning = id + ":" + version;
    }

    /**
     * Sets the signals that contradict one another when the rule fires: identity, network or
     * policy.
     */
    public Builder correlates(String words) {
      this.correlates = words;
      return this;
    }

    /** Names the kinds of subject that the rule states facts about. */
    public Builder about(Subject.Kind... subjects) {
      this.subjects = List.of(subjects);
      return this;
    }

    /** Names the kinds of fact that the rule states. */
    public Builder keeps(FactKind... kinds) {
      this.kinds = List.of(kinds);
      return this;
    }

    /** Names the log categories that the rule reads. */
    public Builder reads(String... categories) {
      this.categories = List.of(categories);
      return this;
    }

    /** Names the fields of the activity that the rule reads, such as {@code principal.id}. */
    public Builder fields(String... fields) {
      this.fields = List.of(fields);
      return this;
    }

    /**
     * Names the fields of log records that the rule reads with {@link Event#raw}, each by its
     * {@link RawPath}. Ingest looks for them only in records of the categories that the rule reads.
     */
    public Builder rawFields(String... paths) {
      this.rawFields = List.of(paths);
      return this;
    }

    /**
     * Names the configuration and logs without which the rule finds nothing. A rule sleeps while
     * its configuration is missing. Missing logs do not make it sleep, because they may still come.
     */
    public Builder needs(Need... needs) {
      this.needs = List.of(needs);
      return this;
    }

    /**
     * Names the fields that the rule needs in order to fire, but that no log provides. The names
     * tell an operator why such a rule sleeps.
     */
    public Builder lacks(String... fields) {
      this.lacks = List.of(fields);
      return this;
    }

    /** Names the reasons that findings can have, the one with the highest precedence first. */
    public Builder reasons(String... reasons) {
      this.reasons = List.of(reasons);
      return this;
    }

    /** Names the severities that findings can have, the highest first. */
    public Builder severities(Severity... severities) {
      this.severities = List.of(severities);
      return this;
    }

    /** Names the gates, in the order in which the rule checks them. */
    public Builder gates(String... gates) {
      this.gates = List.of(gates);
      return this;
    }

    /** Sets the rule's tactics of MITRE ATT&amp;CK, as Sentinel spells them. */
    public Builder tactics(String... tactics) {
      this.tactics = List.of(tactics);
      return this;
    }

    /** Sets the rule's techniques of MITRE ATT&amp;CK, by id. */
    public Builder techniques(String... techniques) {
      this.techniques = List.of(techniques);
      return this;
    }

    public Builder settings(Setting... settings) {
      this.settings = List.of(settings);
      return this;
    }

    /** Sets the numbers of days before and after a judged day whose facts the rule reads. */
    public Builder reach(int daysBack, int daysAhead) {
      this.daysBack = daysBack;
      this.daysAhead = daysAhead;
      return this;
    }

    /**
     * Sets the learning period, in days before the judged day. The rule reads the lessons of these
     * days.
     */
    public Builder learnsFrom(int days) {
      return learnsFrom(settings -> days);
    }

    /** Sets the learning period as a function of the settings. */
    public Builder learnsFrom(ToIntFunction<Settings> days) {
      this.daysLearned = days;
      return this;
    }

    /** Sets how many closed days with events the rule needs in order to have learned enough. */
    public Builder hasLearnedAfter(ToIntFunction<Settings> days) {
      this.daysToLearn = days;
      return this;
    }

    /**
     * Sets the least number of days for which facts are kept. The engine always keeps facts for at
     * least 4 days more than the rule's reach, because late events and late identity links need
     * them.
     */
    public Builder keptFor(int days) {
      this.daysKept = days;
      return this;
    }

    /**
     * Sets how long after a fact's arrival the rule waits for other facts. Facts that have not come
     * by then count as absent. The longest allowed grace is as many days as facts are kept, minus
     * the days that the rule reads before a judged day, minus one day.
     */
    public Builder grace(Duration grace) {
      this.grace = grace;
      return this;
    }

    /**
     * Makes the engine tell the rule which fact of a day changed. The rule compares only this fact
     * with the others.
     */
    public Builder judgesByChange() {
      this.byChange = true;
      return this;
    }

    /**
     * Promises that the rule needs a fact of one of these kinds to fire or to suppress anything. A
     * day is judged only if it or a day in its reach has a fact of one of these kinds.
     */
    public Builder judgesOnlyWith(FactKind... kinds) {
      this.deciding = List.of(kinds);
      return this;
    }

    /**
     * Promises that the rule needs at least two facts to fire or to suppress anything. A day is
     * judged only if it and the days in its reach have two facts or more together.
     */
    public Builder comparesFacts() {
      this.comparing = true;
      return this;
    }

    /**
     * Promises that no finding of the rule fires by a single event. Each fires by two events or
     * more together, such as a sign-in and a call. An exception with a network then needs one event
     * of each pair only, and {@code accept} proposes such exceptions. A rule of {@link
     * #comparesFacts} need not say it.
     */
    public Builder firesByPairs() {
      this.pairing = true;
      return this;
    }

    /**
     * Makes the rule ignore a later copy of a sign-in or call that differs from the copy that came
     * first. A rule without this declaration observes the later copy too, at the event time of the
     * first.
     */
    public Builder judgesFirstCopyAlone() {
      this.firstCopyAlone = true;
      return this;
    }

    /**
     * Sets a limit to the number of the rule's findings of one subject and day. Above it, the
     * engine replaces them all by a single finding.
     */
    public Builder collapses(Collapse collapse) {
      this.collapse = collapse;
      return this;
    }

    /**
     * Sets the version of the rule interface that the rule was compiled against. A rule in a jar
     * has to pass {@link Rule#INTERFACE}.
     */
    public Builder builtFor(int number) {
      this.builtFor = number;
      return this;
    }

    /**
     * Sets the text that replaces the rule's id in the ids of findings. So the rule can get another
     * id and keep its findings.
     */
    public Builder identity(String identity) {
      this.identity = identity;
      return this;
    }

    /**
     * Sets the text that identifies the rule's logic. Stored state is used only by a rule with the
     * same text. Change the text when the stored state no longer fits the logic; the rule then
     * starts without state. The text is made of id and version if none is set.
     */
    public Builder meaning(String meaning) {
      this.meaning = meaning;
      return this;
    }

    /** Sets the SHA-256 of the text that defines the rule, in hexadecimal digits. */
    public Builder sha256(String sha256) {
      this.sha256 = sha256;
      return this;
    }

    /** Returns the rule's description with everything that was set. */
    public RuleInfo done() {
      return new RuleInfo(this);
    }
  }

  public String id() {
    return id;
  }

  public int version() {
    return version;
  }

  /** Returns the title, one line. */
  public String title() {
    return title;
  }

  /** Returns which of identity, network and policy contradict one another when the rule fires. */
  public String correlates() {
    return correlates;
  }

  /** Returns the kinds of subject that the rule states facts about. */
  public List<Subject.Kind> subjects() {
    return subjects;
  }

  /** Returns the kinds of fact that the rule states. */
  public List<FactKind> kinds() {
    return kinds;
  }

  /** Returns the log categories that the rule reads. */
  public List<String> categories() {
    return categories;
  }

  /**
   * Returns the names of the activity's fields that the rule reads, such as {@code principal.id}.
   */
  public List<String> fields() {
    return fields;
  }

  /** Returns the paths of the fields of log records that the rule reads with {@link Event#raw}. */
  public List<String> rawFields() {
    return rawFields;
  }

  /**
   * Returns the configuration and logs without which the rule finds nothing. Only missing
   * configuration makes it sleep.
   */
  public Set<Need> needs() {
    return needs;
  }

  /**
   * Returns the fields that no log provides and whose absence keeps the rule from ever firing. The
   * list is empty for a rule that can fire.
   */
  public List<String> lacks() {
    return lacks;
  }

  /** Returns the reasons that findings can have, the one with the highest precedence first. */
  public List<String> reasons() {
    return reasons;
  }

  /** Returns the severities that findings can have, the highest first. */
  public List<Severity> severities() {
    return severities;
  }

  /** Returns the gates in the order in which the rule checks them. */
  public List<String> gates() {
    return gates;
  }

  /** Returns the rule's tactics of MITRE ATT&amp;CK, as Sentinel spells them. */
  public List<String> tactics() {
    return tactics;
  }

  /** Returns the ids of the rule's techniques of MITRE ATT&amp;CK. */
  public List<String> techniques() {
    return techniques;
  }

  public List<Setting> settings() {
    return settings;
  }

  /** Returns the number of days before the judged day whose facts the rule reads too. */
  public int daysBack() {
    return daysBack;
  }

  /** Returns the number of days after the judged day whose facts the rule reads too. */
  public int daysAhead() {
    return daysAhead;
  }

  /** Returns the first UTC day whose facts the rule reads when it judges the given day. */
  public int firstDayReadBy(int day) {
    return day - daysBack;
  }

  /** Returns the last UTC day whose facts the rule reads when it judges the given day. */
  public int lastDayReadBy(int day) {
    return day + daysAhead;
  }

  /** Returns the first UTC day that the rule judges with facts of the given day. */
  public int firstDayThatReads(int day) {
    return day - daysAhead;
  }

  /** Returns the last UTC day that the rule judges with facts of the given day. */
  public int lastDayThatReads(int day) {
    return day + daysBack;
  }

  /** Returns from how many days before the judged day the rule reads what it learned. */
  public int daysLearned(Settings settings) {
    return daysLearned.applyAsInt(settings);
  }

  /** Returns how many closed days with events the rule needs in order to have learned enough. */
  public int daysToLearn(Settings settings) {
    return daysToLearn.applyAsInt(settings);
  }

  /**
   * Returns the number of days for which facts are kept. It is at least the number given to {@link
   * Builder#keptFor}.
   */
  public int daysKept() {
    return daysKept;
  }

  /**
   * Returns how long after a fact's arrival the rule waits for other facts. Facts that have not
   * come by then count as absent.
   */
  public Duration grace() {
    return grace;
  }

  /** Returns whether the engine tells the rule which fact of a day changed. */
  public boolean judgesByChange() {
    return byChange;
  }

  /**
   * Returns the kinds of fact without which the rule neither fires nor suppresses, or an empty list
   * if the rule declares no such kinds. One fact of any of these kinds is enough, on the judged day
   * or on a day in its reach.
   */
  public List<FactKind> judgesOnlyWith() {
    return deciding;
  }

  /**
   * Returns whether the rule promises that it needs at least two facts to fire or to suppress
   * anything. A day then need not be judged if it and the days in its reach have at most one fact
   * together.
   */
  public boolean comparesFacts() {
    return comparing;
  }

  /** Returns whether the rule promises that none of its findings fires by one event alone. */
  public boolean firesByPairs() {
    return pairing;
  }

  /**
   * Returns whether the rule ignores a later copy of a sign-in or call that differs from the copy
   * that came first.
   */
  public boolean judgesFirstCopyAlone() {
    return firstCopyAlone;
  }

  /** Returns whether the engine may leave out judgements that the rule declares unnecessary. */
  public boolean mayLeaveOut() {
    return byChange || comparing || !deciding.isEmpty();
  }

  /**
   * Returns the limit to the number of the rule's findings of one subject and day, or null if there
   * is none.
   */
  public @Nullable Collapse collapse() {
    return collapse;
  }

  /**
   * Returns the index of a reason in {@link #reasons}, where the reason with index 0 has the
   * highest precedence. A reason that is not declared has the index after the last.
   */
  public int rank(String reason) {
    int rank = reasons.indexOf(reason);
    return rank < 0 ? reasons.size() : rank;
  }

  /**
   * Returns the version of the rule interface that the rule was compiled against. It is 0 if the
   * rule names none.
   */
  public int builtFor() {
    return builtFor;
  }

  /**
   * Returns the text that stands for the rule in the ids of findings. It is the rule's id if none
   * is set.
   */
  public String identity() {
    return identity;
  }

  /**
   * Returns the text that identifies the rule's logic, by default id and version. A rule whose text
   * has changed starts without its stored state.
   */
  public String meaning() {
    return meaning;
  }

  /**
   * Returns the SHA-256 of the text that defines the rule. It is empty for a rule written in code.
   */
  public String sha256() {
    return sha256;
  }

  /**
   * Returns the variant's name, which follows {@code @} in its id, or an empty text for the rule
   * itself.
   */
  public String variant() {
    return variant;
  }

  /**
   * Returns a message about the first undeclared reason, severity or gate, or null if all are
   * declared. Reasons and severities of the findings are checked before the gates.
   *
   * @param findings findings of the rule, with the severities that the rule gave them
   * @param gates gates that suppressed verdicts of the rule
   */
  public @Nullable String undeclared(List<Detection> findings, Collection<String> gates) {
    for (Detection each : findings) {
      if (!reasons.contains(each.getReason())) {
        return "a finding has the reason %s, which the rule does not declare; add it to reasons() in the rule description"
            .formatted(each.getReason());
      }
      if (!severities.contains(each.getSeverity())) {
        return "a finding has the severity %s, which the rule does not declare; add it to severities() in the rule description"
            .formatted(each.getSeverity());
      }
    }
    for (String gate : gates) {
      if (!this.gates.contains(gate)) {
        return "a verdict is suppressed by the gate %s, which the rule does not declare; add it to gates() in the rule description"
            .formatted(gate);
      }
    }
    return null;
  }

  /** Returns the first fault of this description, or null if it has none. */
  public @Nullable Problem problem() {
    return RuleInfoValidation.problem(this);
  }

  @Override
  public String toString() {
    return id;
  }
}
