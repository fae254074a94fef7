package dev.lockstep.rules;

/**
 * Field of a kind of fact, declared once as a constant of the rule.
 *
 * <p>A field belongs to one {@link FactKind}.
 */
public final class Field {
  /** Type of a field's value. */
  public enum Type {
    FLAG,
    NUMBER,
    TEXT,
    /**
     * Set of texts, which is no part of a fact's identity, so that events with different texts can
     * share one fact. A full set keeps the texts with the smallest hashes.
     */
    SET
  }

  /** Form in which {@code lockstep explain} prints a number. */
  public enum Shown {
    AS_IS,
    /** Milliseconds since 1970, printed as date and time in UTC. */
    INSTANT,
    /**
     * Minute of the fact's UTC day, from 0 to 1439. Text output leaves it out, because the printed
     * times of the fact contain it. JSON output has it.
     */
    MINUTE_OF_DAY
  }

  private static final int UNBOUND = -1;

  private final String name;
  private final Type type;
  private final Shown shown;
  private final boolean ofNames;
  private int index = UNBOUND;

  private Field(String name, Type type, Shown shown) {
    this(name, type, shown, false);
  }

  private Field(String name, Type type, Shown shown, boolean ofNames) {
    this.name = name;
    this.type = type;
    this.shown = shown;
    this.ofNames = ofNames;
  }

  /** Declares a field for a flag, which is false unless it is set. */
  public static Field flag(String name) {
    return new Field(name, Type.FLAG, Shown.AS_IS);
  }

  /** Declares a field for a whole number, which is 0 unless it is set. */
  public static Field number(String name) {
    return new Field(name, Type.NUMBER, Shown.AS_IS);
  }

  /** Declares a field for a time in milliseconds since 1970, which is 0 unless it is set. */
  public static Field instant(String name) {
    return new Field(name, Type.NUMBER, Shown.INSTANT);
  }

  /** Declares a field for a minute of the fact's UTC day, from 0 to 1439. */
  public static Field minuteOfDay(String name) {
    return new Field(name, Type.NUMBER, Shown.MINUTE_OF_DAY);
  }

  /** Declares a field for a text, which is null unless it is set. */
  public static Field text(String name) {
    return new Field(name, Type.TEXT, Shown.AS_IS);
  }

  /** Declares a field for a set of texts, each with the first and last minute of its events. */
  public static Field set(String name) {
    return new Field(name, Type.SET, Shown.AS_IS);
  }

  /**
   * Declares a field for a set of names of principals, such as user principal names. The set is
   * emptied when a principal that the fact names is erased.
   */
  public static Field names(String name) {
    return new Field(name, Type.SET, Shown.AS_IS, true);
  }

  /** Returns the name of this field, as {@code lockstep explain} shows it. */
  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  /** Returns whether this field was declared by {@link #names}. */
  public boolean isOfNames() {
    return ofNames;
  }

  /** Returns the form in which {@code lockstep explain} prints a number of this field. */
  public Shown shown() {
    return shown;
  }

  /**
   * Returns the index of this field in its kind of fact. Fields of type {@link Type#SET} are
   * counted separately from other fields. The index counts from 0 in the order of declaration.
   */
  public int index() {
    if (index == UNBOUND) {
      throw new IllegalStateException(
          "field " + name + " belongs to no kind of fact; pass the field to FactKind.named");
    }
    return index;
  }

  void bind(int place) {
    if (index != UNBOUND) {
      throw new IllegalArgumentException(
          "field "
              + name
              + " was given to FactKind.named twice; declare a second field, and give each of the two once");
    }
    index = place;
  }

  @Override
  public String toString() {
    return name;
  }
}
