package dev.lockstep.ingest.split;

import dev.lockstep.schemas.text.Timestamps;

/**
 * Converter of times in CSV exports of the Azure portal to a form that {@link Timestamps} reads.
 * The portal writes times in the browser's language, with a comma between date and time.
 */
final class PortalTimes {
  private PortalTimes() {}

  /**
   * Removes the comma from a time that ends with AM or PM, because only such a time is known to
   * have the month first. Any other time with a comma may have the day first. It is returned as it
   * is, and cannot be read.
   */
  static String withoutComma(String cell) {
    int comma = cell.indexOf(',');
    boolean halfDays = cell.endsWith("M") || cell.endsWith("m");
    return comma > 0 && halfDays ? cell.substring(0, comma) + cell.substring(comma + 1) : cell;
  }
}
