package dev.lockstep.app.doctor;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.schemas.text.SecretMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Collector of the results of one check of {@code lockstep doctor}, line by line, with the step
 * that is running. Safe for use by several threads. A sealed report ignores further results.
 */
public final class CheckReport {
  /** Width of the word of a verdict at the beginning of a line, with the spaces after it. */
  public static final int LABEL_WIDTH = 6;

  private static final int MOST_CHARS = 400;
  private static final String CONFIG = "could not use the configuration: ";

  /** Verdict on what a check examined, such as a topic. */
  public enum Verdict {
    OK,
    /**
     * Warning about a thing that has not failed but needs attention, such as an old GeoIP database.
     */
    WARN,
    /** Failure of the examined thing: it does not work. */
    FAIL,
    /** Verdict on a thing that could not be examined. */
    SKIP;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Line of the report: what was examined, the verdict on it, what was found, and the fix.
   *
   * @param check name of what was examined: its configuration key if it has one
   * @param fix fix, empty if there is nothing to fix
   */
  public record Line(Verdict verdict, String check, String what, String fix) {
    public String text() {
      return "%-4s  %s: %s%s"
          .formatted(
              verdict.word(),
              TextTable.shown(check),
              TextTable.shown(what, MOST_CHARS),
              fix.isEmpty() ? "" : "; " + TextTable.shown(fix, MOST_CHARS));
    }
  }

  private final String check;
  private final List<Line> lines = new ArrayList<>();
  private String doing = "";
  private String fix = "";
  private Verdict late = Verdict.FAIL;
  private boolean sealed;

  public CheckReport(String check) {
    this.check = check;
  }

  String check() {
    return check;
  }

  synchronized void begin(String doing, String fix) {
    this.doing = doing;
    this.fix = fix;
    this.late = Verdict.FAIL;
  }

  /**
   * Records the start of an optional step, with the fix to show if the step takes too long. The
   * result is then a warning, not a failure.
   */
  synchronized void beginExtra(String doing, String fix) {
    begin(doing, fix);
    late = Verdict.WARN;
  }

  void ok(String what) {
    add(Verdict.OK, check, what, "");
  }

  void ok(String part, String what) {
    add(Verdict.OK, part, what, "");
  }

  void warn(String what, String fix) {
    warn(check, what, fix);
  }

  void warn(String part, String what, String fix) {
    add(Verdict.WARN, part, what, fix);
  }

  public void fail(String what, String fix) {
    fail(check, what, fix);
  }

  void fail(String part, String what, String fix) {
    add(Verdict.FAIL, part, what, fix);
  }

  /** Adds to the report whether a host was reached, as the result for one part of the check. */
  void reached(String part, HostReachability host) {
    add(host.reached() ? Verdict.OK : Verdict.FAIL, part, host.what(), host.fix());
  }

  public void skip(String what, String fix) {
    add(Verdict.SKIP, check, what, fix);
  }

  private synchronized void add(Verdict verdict, String part, String what, String fix) {
    if (!sealed) {
      lines.add(new Line(verdict, part, SecretMask.of(what), SecretMask.of(fix)));
    }
  }

  /**
   * Adds a line with the verdict {@link Verdict#FAIL} on what this check examines. The fix is what
   * follows the first semicolon of the exception's message.
   */
  public void fail(OperatorException failure) {
    fail(check, failure);
  }

  /**
   * Adds a line with the verdict {@link Verdict#FAIL} on one part of what this check examines. The
   * fix is what follows the first semicolon of the exception's message.
   */
  public void fail(String part, Exception failure) {
    String message = String.valueOf(failure.getMessage());
    if (message.startsWith(CONFIG)) {
      message = message.substring(CONFIG.length());
    }
    int cut = message.indexOf("; ");
    fail(
        part,
        cut < 0 ? message : message.substring(0, cut),
        cut < 0 ? "" : message.substring(cut + 2));
  }

  /**
   * Ends the report, which then ignores further results. A step that is still running becomes a
   * failure, or a warning if the step is optional.
   */
  synchronized void seal(boolean over, long seconds) {
    if (!over && !sealed) {
      add(
          late,
          check,
          (doing.isEmpty() ? "the check has not ended within " : doing + " takes longer than ")
              + seconds
              + " s",
          fix.isEmpty() ? "try again" : "if this machine is busy, try again; else " + fix);
    }
    sealed = true;
  }

  public synchronized List<Line> lines() {
    return List.copyOf(lines);
  }
}
