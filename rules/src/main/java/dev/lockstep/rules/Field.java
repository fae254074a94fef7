package dev.lockstep.rules;

/**
 * Field of a kind of fact: declared once, as a constant of the rule.
 *
 * <p>A field belongs to one {@link FactKind}.
 */
public final class Field {
  /** Type of a field's value. */
  public enum Type {
    FLAG,
    NUMBER,
    TEXT,
    /** Texts that are no part of what makes two facts alike; of many the smallest by hash. */
    SET
  }

  private static final int UNBOUND = -1;

  private final String name;
  private final Type type;
  private int index = UNBOUND;

  private Field(String name, Type type) {
    this.name = name;
    this.type = type;
  }

  /** Declares a field that is true or false; false where nothing sets it. */
  public static Field flag(String name) {
    return new Field(name, Type.FLAG);
  }

  /** Declares a field with a whole number; 0 where nothing sets it. */
  public static Field number(String name) {
    return new Field(name, Type.NUMBER);
  }

  /** Declares a field with a text; null where nothing sets it. */
  public static Field text(String name) {
    return new Field(name, Type.TEXT);
  }

  /** Declares a field with a set of texts, of which the first and the last minute are kept. */
  public static Field set(String name) {
    return new Field(name, Type.SET);
  }

  /** Returns its name, as {@code explain} shows it. */
  public String name() {
    return name;
  }

  /** Returns its type. */
  public Type type() {
    return type;
  }

  /** Returns its place among the fields of its type's group in the fact; for the engine. */
  public int index() {
    if (index == UNBOUND) {
      throw new IllegalStateException("field " + name + " belongs to no kind of fact");
    }
    return index;
  }

  void bind(int place) {
    if (index != UNBOUND) {
      throw new IllegalArgumentException("field " + name + " belongs to two kinds of fact");
    }
    index = place;
  }

  @Override
  public String toString() {
    return name;
  }
}
