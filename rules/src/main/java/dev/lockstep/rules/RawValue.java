package dev.lockstep.rules;

/**
 * Value of a field of a log record: its JSON kind and its text, which may be cut.
 *
 * @param text text without its quotes and escapes; number as written, such as {@code 1.50e3};
 *     {@code true} or {@code false}; object or list as compact JSON; empty for null
 * @param cut if the text is the beginning of a longer one: ingest keeps at most 1,024 characters of
 *     a scalar, and of a record at most 16 KB of scalars and 16 KB of objects and lists
 */
public record RawValue(Kind kind, String text, boolean cut) {
  /** Kind of JSON value. */
  public enum Kind {
    NULL,
    TEXT,
    NUMBER,
    BOOLEAN,
    /** JSON object; the text of the value is compact JSON. */
    OBJECT,
    /**
     * JSON list; the text of the value is compact JSON. The elements of a list come before it, as
     * values of their own. An empty list has this value only.
     */
    LIST
  }

  static final RawValue NULL = new RawValue(Kind.NULL, "", false);
  static final RawValue TRUE = new RawValue(Kind.BOOLEAN, "true", false);
  static final RawValue FALSE = new RawValue(Kind.BOOLEAN, "false", false);
}
