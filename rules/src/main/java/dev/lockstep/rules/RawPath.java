package dev.lockstep.rules;

import dev.lockstep.schemas.RawFieldsWriter;
import java.util.Locale;

/**
 * Path from the top of a log record to any of the record's fields, such as {@code
 * properties.deviceDetail.trustType}. Dots separate the keys. Case does not count. Immutable.
 *
 * <p>A key that contains dots itself is written as it is. A path through a list means the values of
 * every element. An element may be an object with {@code key} and {@code value}, or with {@code
 * displayName} and {@code newValue}. The element's name can then be written like a key, either
 * below the list or in place of the list, and leads to the element's value.
 */
public final class RawPath {
  private final String text;
  private final long mark;

  private RawPath(String text) {
    this.text = text;
    this.mark = RawFieldsWriter.mark(text);
  }

  /** Returns the path that a text states, converted to lower case. */
  public static RawPath of(String text) {
    return new RawPath(text.toLowerCase(Locale.ROOT));
  }

  long mark() {
    return mark;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawPath path && path.text.equals(text);
  }

  @Override
  public int hashCode() {
    return (int) mark;
  }

  @Override
  public String toString() {
    return text;
  }
}
