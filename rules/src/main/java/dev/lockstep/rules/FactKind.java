package dev.lockstep.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Kind of fact: its fields, and what of the events behind a fact is kept.
 *
 * <p>Two facts of a kind are alike if they are about one subject and UTC day and their flags,
 * numbers, texts, and, as declared, network or address and principal are equal. The engine keeps
 * alike facts as one, with the first and the last event.
 */
public final class FactKind {
  /** Part of an event's address that makes two facts differ. */
  public enum Where {
    /** Nothing: no address travels beside the fact. */
    NOWHERE,
    /** Prefix, autonomous system, country and class. */
    NETWORK,
    /** The address, its autonomous system, class and place. */
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
  private final @Nullable ToLongFunction<Settings> gapMillis;

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
    this.gapMillis = from.gapMillis;
  }

  /** Starts the declaration of a kind with these fields. */
  public static Builder named(String name, Field... fields) {
    return new Builder(name, List.of(fields));
  }

  /** Declaration of a kind of fact. */
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
    private @Nullable ToLongFunction<Settings> gapMillis;

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

    /** Makes facts differ by network. */
    public Builder byNetwork() {
      where = Where.NETWORK;
      return this;
    }

    /** Makes facts differ by address, class and place. */
    public Builder byAddress() {
      where = Where.ADDRESS;
      return this;
    }

    /** Makes facts differ by principal. */
    public Builder byPrincipal() {
      perPrincipal = true;
      return this;
    }

    /** Keeps the distinct minutes of the UTC day. */
    public Builder minutes() {
      keepsMinutes = true;
      return this;
    }

    /** Keeps the addresses, each with its first and last minute. */
    public Builder addresses() {
      keepsAddresses = true;
      return this;
    }

    /**
     * Lets events be retracted minute by minute, where what is known of a call changes; the
     * distinct minutes are kept.
     */
    public Builder retractable() {
      retractable = true;
      keepsMinutes = true;
      return this;
    }

    /**
     * Splits alike facts into runs: those at least so far apart are two.
     *
     * @param gap of one configuration, in milliseconds; 0 splits everything but the same moment
     */
    public Builder runs(ToLongFunction<Settings> gap) {
      gapMillis = gap;
      return this;
    }

    /** Ends the declaration. */
    public FactKind declare() {
      return new FactKind(this);
    }
  }

  /** Returns its name, as {@code explain} shows it. */
  public String name() {
    return name;
  }

  /** Returns its fields, as declared. */
  public List<Field> fields() {
    return fields;
  }

  /** Returns how many fields hold one value. */
  public int values() {
    return values;
  }

  /** Returns how many fields hold a set. */
  public int sets() {
    return sets;
  }

  /** Returns what of an event's address makes two facts differ. */
  public Where where() {
    return where;
  }

  /** Returns if facts differ by principal. */
  public boolean isByPrincipal() {
    return perPrincipal;
  }

  /** Returns if the distinct minutes are kept. */
  public boolean keepsMinutes() {
    return keepsMinutes;
  }

  /** Returns if the addresses are kept. */
  public boolean keepsAddresses() {
    return keepsAddresses;
  }

  /** Returns if single events can be retracted. */
  public boolean isRetractable() {
    return retractable;
  }

  /** Returns if alike facts that are far enough apart are several. */
  public boolean hasRuns() {
    return gapMillis != null;
  }

  /** Returns how far apart alike facts are two, in milliseconds; {@code Long.MAX_VALUE}: never. */
  public long gapMillis(Settings settings) {
    return gapMillis == null ? Long.MAX_VALUE : gapMillis.applyAsLong(settings);
  }

  @Override
  public String toString() {
    return name;
  }
}
