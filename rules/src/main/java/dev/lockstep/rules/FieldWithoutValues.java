package dev.lockstep.rules;

import java.util.List;

/**
 * Field without values in a log record: absent, or not looked for.
 *
 * @param isLookedFor if ingest looked for the field
 */
record FieldWithoutValues(boolean isLookedFor) implements RawField {
  @Override
  public List<RawValue> values() {
    return List.of();
  }

  @Override
  public boolean cut() {
    return false;
  }
}
