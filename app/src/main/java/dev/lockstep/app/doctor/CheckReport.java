package dev.lockstep.app.doctor;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.schemas.SecretMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one check of {@code doctor} found, line by line, and what it is at; safe for use by several
 * threads. Once sealed it takes nothing more.
 */
public final class CheckReport {
  private static final int MOST_CHARS = 400;
  private static final String CONFIG = "could not use the configuration: ";

  /** How a thing is. */
  public enum Verdict {
    OK,
    /** It works, and will not for long, or not wholly. */
    WARN,
    /** It does not work. */
    FAIL,
    /** It was not looked at. */
    SKIP;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One thing and how it is.
   *
   * @param check the thing, by its key in the configuration where it has one
   * @param fix empty if there is nothing to fix
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

  /** Says what is waited for from now on, and what to do if that lasts too long. */
  synchronized void begin(String doing, String fix) {
    this.doing = doing;
    this.fix = fix;
    this.late = Verdict.FAIL;
  }

  /** The same of what the thing works without: if it lasts too long, that is a warning. */
  synchronized void beginExtra(String doing, String fix) {
    begin(doing, fix);
    late = Verdict.WARN;
  }

  void ok(String what) {
    add(Verdict.OK, check, what, "");
  }

  void warn(String what, String fix) {
    add(Verdict.WARN, check, what, fix);
  }

  public void fail(String what, String fix) {
    add(Verdict.FAIL, check, what, fix);
  }

  public void skip(String what, String fix) {
    add(Verdict.SKIP, check, what, fix);
  }

  /** The same of a part of the thing, or of another. */
  synchronized void add(Verdict verdict, String check, String what, String fix) {
    if (!sealed) {
      lines.add(new Line(verdict, check, SecretMask.of(what), SecretMask.of(fix)));
    }
  }

  /** Adds a failure whose one line says the fix after a semicolon. */
  public void fail(OperatorException failure) {
    fail(check, failure);
  }

  /** The same of a part of the thing. */
  public void fail(String part, OperatorException failure) {
    String said = String.valueOf(failure.getMessage());
    if (said.startsWith(CONFIG)) {
      said = said.substring(CONFIG.length());
    }
    int cut = said.indexOf("; ");
    add(
        Verdict.FAIL,
        part,
        cut < 0 ? said : said.substring(0, cut),
        cut < 0 ? "" : said.substring(cut + 2));
  }

  /** Takes nothing more; if it is not over, what was waited for is a failure. */
  synchronized void seal(boolean over, long seconds) {
    if (!over && !sealed) {
      add(
          late,
          check,
          (doing.isEmpty() ? "has not ended" : doing + " takes longer") + " than " + seconds + " s",
          fix.isEmpty() ? "try again" : fix);
    }
    sealed = true;
  }

  public synchronized List<Line> lines() {
    return List.copyOf(lines);
  }
}
