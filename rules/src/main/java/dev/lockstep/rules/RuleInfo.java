package dev.lockstep.rules;

import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * All that others need to know of a rule: configuration, commands, metrics and documentation read
 * it here and nowhere else. Immutable.
 */
public final class RuleInfo {
  private final String id;
  private final int version;
  private final String title;
  private final String outOfStep;
  private final List<Subject.Kind> subjects;
  private final List<FactKind> kinds;
  private final List<String> categories;
  private final List<String> fields;
  private final Set<Need> needs;
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
  private final @Nullable Collapse collapse;
  private final int builtFor;

  /**
   * One finding in place of too many of a subject and day.
   *
   * @param most how many a day may have
   * @param reason of the one
   * @param lowered if it is one level below the highest of them
   * @param countsFindings if it counts the findings; else what they count
   */
  public record Collapse(int most, String reason, boolean lowered, boolean countsFindings) {}

  /**
   * Fault of a description.
   *
   * @param fix what the rule's author does about it
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
    this.outOfStep = from.outOfStep;
    this.subjects = List.copyOf(from.subjects);
    this.kinds = List.copyOf(from.kinds);
    this.categories = List.copyOf(from.categories);
    this.fields = List.copyOf(from.fields);
    this.needs = Set.copyOf(from.needs);
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
    this.daysKept = Math.max(from.daysKept, from.daysBack + from.daysAhead + 2);
    this.grace = from.grace;
    this.byChange = from.byChange;
    this.collapse = from.collapse;
    this.builtFor = from.builtFor;
    for (int i = 0; i < settings.size(); i++) {
      settings.get(i).bind(i);
    }
  }

  private RuleInfo(RuleInfo from, boolean byChange) {
    this.id = from.id;
    this.version = from.version;
    this.title = from.title;
    this.outOfStep = from.outOfStep;
    this.subjects = from.subjects;
    this.kinds = from.kinds;
    this.categories = from.categories;
    this.fields = from.fields;
    this.needs = from.needs;
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
    this.byChange = byChange;
    this.collapse = from.collapse;
    this.builtFor = from.builtFor;
  }

  /** Returns the same description of a rule that judges whole, for a test to compare with. */
  public RuleInfo judgingWhole() {
    return new RuleInfo(this, false);
  }

  /**
   * Starts the description of a rule.
   *
   * @param id lower-case words with dashes between, as it stands in detections and configuration
   * @param version raised when the same events would give another finding
   * @param title one line
   */
  public static Builder of(String id, int version, String title) {
    return new Builder(id, version, title);
  }

  /** Description of a rule under way. */
  public static final class Builder {
    private final String id;
    private final int version;
    private final String title;
    private String outOfStep = "";
    private List<Subject.Kind> subjects = List.of();
    private List<FactKind> kinds = List.of();
    private List<String> categories = List.of();
    private List<String> fields = List.of();
    private List<Need> needs = List.of();
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
    private @Nullable Collapse collapse;
    private int builtFor;

    private Builder(String id, int version, String title) {
      this.id = id;
      this.version = version;
      this.title = title;
    }

    /** Names which of identity, network and policy fall out of step. */
    public Builder outOfStep(String words) {
      this.outOfStep = words;
      return this;
    }

    /** Names the kinds of subject that facts are kept about. */
    public Builder about(Subject.Kind... subjects) {
      this.subjects = List.of(subjects);
      return this;
    }

    /** Names the kinds of fact. */
    public Builder keeps(FactKind... kinds) {
      this.kinds = List.of(kinds);
      return this;
    }

    /** Names the log categories that events come from. */
    public Builder reads(String... categories) {
      this.categories = List.of(categories);
      return this;
    }

    /** Names the raw fields that are read. */
    public Builder fields(String... fields) {
      this.fields = List.of(fields);
      return this;
    }

    /** Names what has to be configured or to come in. */
    public Builder needs(Need... needs) {
      this.needs = List.of(needs);
      return this;
    }

    /** Names the reasons, the first to be named of several first. */
    public Builder reasons(String... reasons) {
      this.reasons = List.of(reasons);
      return this;
    }

    /** Names the severities that findings can have, the highest first. */
    public Builder severities(Severity... severities) {
      this.severities = List.of(severities);
      return this;
    }

    /** Names the gates, in their order. */
    public Builder gates(String... gates) {
      this.gates = List.of(gates);
      return this;
    }

    /** Names tactics of MITRE ATT&amp;CK, as Sentinel spells them. */
    public Builder tactics(String... tactics) {
      this.tactics = List.of(tactics);
      return this;
    }

    /** Names techniques of MITRE ATT&amp;CK by id. */
    public Builder techniques(String... techniques) {
      this.techniques = List.of(techniques);
      return this;
    }

    /** Names the settings. */
    public Builder settings(Setting... settings) {
      this.settings = List.of(settings);
      return this;
    }

    /** Bounds the days beside its own whose facts a day is judged by. */
    public Builder reach(int daysBack, int daysAhead) {
      this.daysBack = daysBack;
      this.daysAhead = daysAhead;
      return this;
    }

    /** Bounds the days before a day whose lessons it is judged by. */
    public Builder learnsFrom(int days) {
      return learnsFrom(settings -> days);
    }

    /** Bounds the days before a day whose lessons it is judged by, as settings have it. */
    public Builder learnsFrom(ToIntFunction<Settings> days) {
      this.daysLearned = days;
      return this;
    }

    /** Tells on how many closed days something is seen until the rule has learned enough. */
    public Builder hasLearnedAfter(ToIntFunction<Settings> days) {
      this.daysToLearn = days;
      return this;
    }

    /**
     * Sets for how many days facts are kept; at least as long as an event in time may need them.
     */
    public Builder keptFor(int days) {
      this.daysKept = days;
      return this;
    }

    /** Sets the time after a fact's arrival from which what it waits for is absent. */
    public Builder grace(Duration grace) {
      this.grace = grace;
      return this;
    }

    /** Has the rule be given the one fact that changed, which is all that it compares then. */
    public Builder judgesByChange() {
      this.byChange = true;
      return this;
    }

    /** Replaces too many findings of a subject and day by one. */
    public Builder collapses(Collapse collapse) {
      this.collapse = collapse;
      return this;
    }

    /**
     * Names the interface that the rule is compiled against, which a rule of a jar has to: always
     * {@link Rule#INTERFACE}.
     */
    public Builder builtFor(int number) {
      this.builtFor = number;
      return this;
    }

    /** Ends the description. */
    public RuleInfo done() {
      return new RuleInfo(this);
    }
  }

  /** Returns the id. */
  public String id() {
    return id;
  }

  /** Returns the version. */
  public int version() {
    return version;
  }

  /** Returns the title, one line. */
  public String title() {
    return title;
  }

  /** Returns which of identity, network and policy fall out of step. */
  public String outOfStep() {
    return outOfStep;
  }

  /** Returns the kinds of subject that facts are kept about. */
  public List<Subject.Kind> subjects() {
    return subjects;
  }

  /** Returns the kinds of fact. */
  public List<FactKind> kinds() {
    return kinds;
  }

  /** Returns the log categories that events come from. */
  public List<String> categories() {
    return categories;
  }

  /** Returns the raw fields that are read. */
  public List<String> fields() {
    return fields;
  }

  /** Returns what has to be configured or to come in. */
  public Set<Need> needs() {
    return needs;
  }

  /** Returns the reasons, first to last. */
  public List<String> reasons() {
    return reasons;
  }

  /** Returns the severities that findings can have, the highest first. */
  public List<Severity> severities() {
    return severities;
  }

  /** Returns the gates, in their order. */
  public List<String> gates() {
    return gates;
  }

  /** Returns tactics of MITRE ATT&amp;CK, as Sentinel spells them. */
  public List<String> tactics() {
    return tactics;
  }

  /** Returns techniques of MITRE ATT&amp;CK by id. */
  public List<String> techniques() {
    return techniques;
  }

  /** Returns the settings. */
  public List<Setting> settings() {
    return settings;
  }

  /** Returns how many days before its own a day is judged by. */
  public int daysBack() {
    return daysBack;
  }

  /** Returns how many days after its own a day is judged by. */
  public int daysAhead() {
    return daysAhead;
  }

  /** Returns how many days before a day may have taught something that it is judged by. */
  public int daysLearned(Settings settings) {
    return daysLearned.applyAsInt(settings);
  }

  /** Returns on how many closed days something is seen until the rule has learned enough. */
  public int daysToLearn(Settings settings) {
    return daysToLearn.applyAsInt(settings);
  }

  /** Returns for how many days facts are kept. */
  public int daysKept() {
    return daysKept;
  }

  /** Returns how long after its arrival what a fact waits for is taken to be absent. */
  public Duration grace() {
    return grace;
  }

  /** Returns if the rule compares only the fact that changed, where it is given one. */
  public boolean judgesByChange() {
    return byChange;
  }

  /** Returns what becomes of a day with too many findings, or null. */
  public @Nullable Collapse collapse() {
    return collapse;
  }

  /** Returns the place of a reason among all, which orders them. */
  public int rank(String reason) {
    int rank = reasons.indexOf(reason);
    return rank < 0 ? reasons.size() : rank;
  }

  /** Returns the number of the interface that the rule was compiled against; 0 if it names none. */
  public int builtFor() {
    return builtFor;
  }

  /** Returns what of the description cannot be used, or null if all can. */
  public @Nullable Problem problem() {
    return Soundness.problem(this);
  }

  @Override
  public String toString() {
    return id;
  }
}
