package dev.lockstep.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Kind of fact that a rule declares, with its fields and with what each fact keeps of its events.
 *
 * <p>The engine unites two facts of one kind if subject, UTC day, flags, numbers and texts are
 * equal. Network, address and principal have to be equal too where the kind declares them. The
 * united fact keeps the first and the last event.
 */
public final class FactKind {
  /**
   * Choice of what events must have in common to belong to one fact: address, network or neither.
   */
  public enum Where {
    /**
     * Neither address nor network separates facts, so that events at different addresses can belong
     * to one fact.
     */
    NOWHERE,
    /**
     * The network of the address separates facts, so that events in different networks belong to
     * different facts. Events are in the same network if prefix, autonomous system, country and
     * network class are equal.
     */
    NETWORK,
    /**
     * The exact address separates facts, so that events at different addresses belong to different
     * facts. Autonomous system, network class and place have to be equal too.
     */
    ADDRESS
  }

  private final String name;
  private final List<Field> fields;
  private final int values;
  private final int sets;
  private final Where where;
  private final boolean perPrincipal;
  private final boolean keepsMinutes;
  private final boolean keepsAddresses;
  private final boolean retractable;
  private final @Nullable Field retractedBy;
  private final @Nullable String retractedValue;
  private final boolean exactEnd;
  private final boolean judgedEnd;
  private final boolean exactMinutes;
  private final @Nullable ToLongFunction<Settings> gapMillis;
  private final int most;
  private final int mostMembers;
  private final boolean onlyLearned;
  private final boolean daily;
  private final boolean ofWholeDay;
  private final @Nullable Field aggregated;
  private final @Nullable Supplier<? extends Aggregate> aggregate;

  private FactKind(Builder from) {
    this.name = from.name;
    this.fields = List.copyOf(from.fields);
    this.values = from.values;
    this.sets = from.sets;
    this.where = from.where;
    this.perPrincipal = from.perPrincipal;
    this.keepsMinutes = from.keepsMinutes;
    this.keepsAddresses = from.keepsAddresses;
    this.retractable = from.retractable;
    this.retractedBy = from.retractedBy;
    this.retractedValue = from.retractedValue;
    this.exactEnd = from.exactEnd;
    this.judgedEnd = from.judgedEnd;
    this.exactMinutes = from.exactMinutes;
    this.gapMillis = from.gapMillis;
    this.most = from.most;
    this.mostMembers = from.mostMembers;
    this.onlyLearned = from.onlyLearned;
    this.daily = from.daily;
    this.ofWholeDay = from.ofWholeDay;
    this.aggregated = from.aggregated;
    this.aggregate = from.aggregate;
  }

  /** Starts the declaration of a kind of fact with a name and its fields. */
  public static Builder named(String name, Field... fields) {
    return new Builder(name, List.of(fields));
  }

  /** Builder of a kind of fact. */
  public static final class Builder {
    private final String name;
    private final List<Field> fields;
    private final int values;
    private final int sets;
    private Where where = Where.NOWHERE;
    private boolean perPrincipal;
    private boolean keepsMinutes;
    private boolean keepsAddresses;
    private boolean retractable;
    private @Nullable Field retractedBy;
    private @Nullable String retractedValue;
    private boolean exactEnd;
    private boolean judgedEnd;
    private boolean exactMinutes;
    private @Nullable ToLongFunction<Settings> gapMillis;
    private int most;
    private int mostMembers = Integer.MAX_VALUE;
    private boolean onlyLearned;
    private boolean daily;
    private boolean ofWholeDay;
    private @Nullable Field aggregated;
    private @Nullable Supplier<? extends Aggregate> aggregate;

    private Builder(String name, List<Field> fields) {
      this.name = name;
      this.fields = new ArrayList<>(fields);
      int value = 0;
      int set = 0;
      for (Field field : fields) {
        field.bind(field.type() == Field.Type.SET ? set++ : value++);
      }
      this.values = value;
      this.sets = set;
    }

    /**
     * Puts events in different networks into separate facts. Events are in the same network if
     * prefix, autonomous system, country and network class are equal.
     */
    public Builder byNetwork() {
      where = Where.NETWORK;
      return this;
    }

    /**
     * Puts events at different addresses into separate facts. Autonomous system, network class and
     * place have to be equal too.
     */
    public Builder byAddress() {
      where = Where.ADDRESS;
      return this;
    }

    /** Puts events of different principals into separate facts. */
    public Builder byPrincipal() {
      perPrincipal = true;
      return this;
    }

    /** Makes each fact keep the minutes of the UTC day in which it has events. */
    public Builder minutes() {
      keepsMinutes = true;
      return this;
    }

    /** Makes each fact keep the addresses of its events, each with its first and last minute. */
    public Builder addresses() {
      keepsAddresses = true;
      return this;
    }

    /**
     * Allows the engine to retract single events from a fact when more becomes known of a call. The
     * fact keeps a minute until all events of the minute are retracted. This also keeps the minutes
     * of events.
     */
    public Builder retractable() {
      retractable = true;
      keepsMinutes = true;
      return this;
    }

    /**
     * Allows the engine to retract single events from the facts that have the given value in the
     * given field. Each fact of the kind then keeps the addresses of its events, as with {@link
     * #addresses}. The fact is gone when its last address is retracted. A fact whose events have no
     * address therefore stays, and so does one with more events than the configured limit {@code
     * rules.setCap}. The first and the last event stay as they were until the fact is gone.
     */
    public Builder retractableWith(Field field, String value) {
      retractedBy = field;
      retractedValue = value;
      return addresses();
    }

    /**
     * Makes each fact keep its very last event instead of the first event of its last minute. By
     * default a fact keeps the first event of its last minute, unless the kind has {@link #runs}.
     * With that default, a fact is not written again for each event of a busy minute. Findings that
     * rest on a fact of this kind are given out again when another event of the same minute becomes
     * the last, but the rule is not asked again. So a verdict may depend on the minute of the last
     * event only.
     */
    public Builder exactEnd() {
      exactEnd = true;
      return this;
    }

    /**
     * Makes each fact keep its very last event, and makes the rule judge each time that another
     * event becomes the last. The rule judges even if both events lie in the same minute. So a
     * verdict may depend on the time of the last event, for the price of a judgement for nearly
     * each event.
     */
    public Builder judgedEnd() {
      judgedEnd = true;
      return exactEnd();
    }

    /**
     * Makes each fact keep its minutes with events, and the times of the first and the last event
     * of each of these minutes. A fact with events in more than 16 minutes keeps only the times of
     * its own first and last event. The rule judges each time that one of these times changes. So a
     * verdict may test to the millisecond whether an event is within a bound ({@link
     * Fact#minutesBetween}).
     */
    public Builder exactMinutes() {
      exactMinutes = true;
      keepsMinutes = true;
      return exactEnd();
    }

    /**
     * Splits each fact into runs wherever two successive events of the fact lie at least the given
     * gap apart.
     *
     * @param gap function from the rule's settings to the gap in milliseconds; with a gap of 0 only
     *     events of the same millisecond stay together
     */
    public Builder runs(ToLongFunction<Settings> gap) {
      gapMillis = gap;
      return this;
    }

    /**
     * Sets how many facts of this kind are kept for a subject and day, in place of the configured
     * limit {@code rules.setCap}. It is for facts of limited number, such as one a minute.
     */
    public Builder most(int facts) {
      most = facts;
      return this;
    }

    /**
     * Limits how many members each set field of a fact of this kind keeps. Of more members, those
     * with the smallest hashes are kept. A smaller {@code rules.setCap} still applies.
     */
    public Builder mostMembers(int members) {
      mostMembers = members;
      return this;
    }

    /**
     * Declares that only {@link Rule#learn} reads facts of this kind. No day is judged because of
     * them.
     */
    public Builder onlyLearned() {
      onlyLearned = true;
      return this;
    }

    /**
     * Lets the engine ignore a fact that repeats a fact of the same subject and day. Values and set
     * members have to be equal. Network, address, principal and minute have to be equal too, as far
     * as the kind keeps them. So the first and the last event of such a fact may be missing. Only
     * {@link Rule#learn} may read facts of this kind.
     */
    public Builder daily() {
      daily = true;
      return onlyLearned();
    }

    /**
     * Makes the rule judge the whole day when a fact of this kind changes. This holds even for a
     * rule that judges by change. No other day is judged then, so the judgement of other days must
     * not read facts of this kind.
     */
    public Builder ofWholeDay() {
      ofWholeDay = true;
      return this;
    }

    /**
     * Makes each fact keep its events in an aggregate instead of keeping the members of a set
     * field. The aggregate gets each event with the members that it adds to the set field. The
     * grace begins again each time that the aggregate reports a change.
     */
    public Builder aggregates(Field set, Supplier<? extends Aggregate> empty) {
      aggregated = set;
      aggregate = empty;
      return this;
    }

    /** Creates and returns the kind of fact with everything that was set in this builder. */
    public FactKind declare() {
      return new FactKind(this);
    }
  }

  /** Returns the name of this kind, as {@code lockstep explain} shows it. */
  public String name() {
    return name;
  }

  /** Returns the fields of this kind, in the order of their declaration. */
  public List<Field> fields() {
    return fields;
  }

  /** Returns the number of fields that hold a single value and not a set. */
  public int values() {
    return values;
  }

  /** Returns the number of fields that hold a set. */
  public int sets() {
    return sets;
  }

  /**
   * Returns what separates the facts of this kind: the client's network, the client's exact
   * address, or neither. {@link Where} lists what else has to be the same in one fact.
   */
  public Where where() {
    return where;
  }

  /** Returns whether events of different principals belong to separate facts. */
  public boolean isByPrincipal() {
    return perPrincipal;
  }

  public boolean keepsMinutes() {
    return keepsMinutes;
  }

  public boolean keepsAddresses() {
    return keepsAddresses;
  }

  /** Returns whether single events can be retracted from a fact. */
  public boolean isRetractable() {
    return retractable;
  }

  /**
   * Returns whether {@link Builder#retractableWith} allows single events to be retracted from a
   * fact with the given values.
   *
   * @param values values of the fact, each at the index of its field
   */
  public boolean isRetractableWith(@Nullable Object[] values) {
    Field field = retractedBy;
    return field != null && Objects.equals(values[field.index()], retractedValue);
  }

  /**
   * Returns whether the kind is declared with {@link Builder#exactEnd} or {@link
   * Builder#judgedEnd}, so that its facts keep their exact last event. Facts of a kind with {@link
   * Builder#runs} keep it too. A fact with no such declaration keeps the first event of its last
   * minute instead.
   */
  public boolean hasExactEnd() {
    return exactEnd;
  }

  /**
   * Returns whether the kind is declared with {@link Builder#judgedEnd}, so that each change of a
   * fact's last event makes the rule judge again. Otherwise the rule judges only if the new last
   * event is of a later minute, unless the kind has {@link Builder#runs}.
   */
  public boolean hasJudgedEnd() {
    return judgedEnd;
  }

  /** Returns whether the kind is declared with {@link Builder#exactMinutes}. */
  public boolean hasExactMinutes() {
    return exactMinutes;
  }

  /**
   * Returns whether a fact is split into runs where two successive events lie far apart in time.
   */
  public boolean hasRuns() {
    return gapMillis != null;
  }

  /**
   * Returns the shortest gap between two successive events, in milliseconds, at which a fact is
   * split into runs. A gap of 0 does not separate events of the same millisecond. It is {@code
   * Long.MAX_VALUE} if facts of this kind are not split.
   */
  public long gapMillis(Settings settings) {
    return gapMillis == null ? Long.MAX_VALUE : gapMillis.applyAsLong(settings);
  }

  /** Returns the largest number of facts of this kind that are kept for a subject and day. */
  public int most(Settings settings) {
    return most > 0 ? most : settings.setCap();
  }

  /** Returns how many members each set field of a fact of this kind keeps at most. */
  public int mostMembers(int setCap) {
    return Math.min(mostMembers, setCap);
  }

  /** Returns whether only {@link Rule#learn} reads facts of this kind. */
  public boolean isOnlyLearned() {
    return onlyLearned;
  }

  /**
   * Returns whether the engine may ignore a fact that repeats a fact of the same subject and day.
   * {@link Builder#daily} tells what has to be equal.
   */
  public boolean isDaily() {
    return daily;
  }

  /** Returns whether the whole day is judged when a fact of this kind changes. */
  public boolean isOfWholeDay() {
    return ofWholeDay;
  }

  public boolean hasAggregate() {
    return aggregate != null;
  }

  /**
   * Returns the index of the set field that facts of this kind keep as an {@link Aggregate}, or -1
   * if there is none.
   */
  public int aggregatedSet() {
    return aggregated == null ? -1 : aggregated.index();
  }

  /** Returns an empty aggregate, or null if facts of this kind have none. */
  public @Nullable Aggregate newAggregate() {
    return aggregate == null ? null : aggregate.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
