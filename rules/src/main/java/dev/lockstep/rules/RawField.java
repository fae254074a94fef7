package dev.lockstep.rules;

import java.util.List;

/**
 * Raw field of a record: not looked for, absent, or present with its values.
 *
 * <p>A field that was not looked for may be in the record or not: ingest looks only for fields that
 * the loaded rules name. A condition on such a field does not hold, and neither does its negation.
 */
public sealed interface RawField permits RawField.Present, FieldWithoutValues {
  /** Raw field that ingest did not look for in this record. */
  RawField NOT_LOOKED_FOR = new FieldWithoutValues(false);

  /** Raw field that ingest looked for and that the record does not have. */
  RawField ABSENT = new FieldWithoutValues(true);

  /**
   * Raw field that the record has.
   *
   * @param values values in the record's order, at most 64: of a list each element and then the
   *     list itself; of a path through a list the values of every element
   * @param cut if the record has more values than these, because they are more than 64, or because
   *     the record's fields take more than 16 KB
   */
  record Present(List<RawValue> values, boolean cut) implements RawField {
    /** Creates a raw field with values. */
    public Present {
      values = List.copyOf(values);
    }

    @Override
    public boolean isLookedFor() {
      return true;
    }
  }

  /** Returns whether ingest looked for this field. */
  boolean isLookedFor();

  /** Returns the values; empty unless the field is present. */
  List<RawValue> values();

  /** Returns whether the record has more values than {@link #values()}. */
  boolean cut();
}
