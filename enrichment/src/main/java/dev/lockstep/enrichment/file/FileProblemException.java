package dev.lockstep.enrichment.file;

/**
 * Failure to use a file that the operator wrote or configured, with a message that names the file
 * and the fix. The message also names the line if it is known.
 */
public final class FileProblemException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String what;
  private final String fix;

  private FileProblemException(String where, String what, String fix) {
    super(where + " " + what + "; " + fix);
    this.what = what;
    this.fix = fix;
  }

  /** Returns what is wrong, as the message says it after the place. */
  public String what() {
    return what;
  }

  /** Returns how to mend the file, as the end of the message says it. */
  public String fix() {
    return fix;
  }

  /** Returns a failure that concerns a file and no single line of it. */
  public static FileProblemException of(String kind, String file, String what, String fix) {
    return new FileProblemException("could not read " + kind + ": " + shown(file), what, fix);
  }

  /** Returns a failure that concerns one line of a file; lines are counted from 1. */
  public static FileProblemException at(
      String kind, String file, long line, String what, String fix) {
    return new FileProblemException(
        "could not read " + kind + ": " + shown(file) + ":" + line, what, fix);
  }

  static String shown(String file) {
    String quoted = Wording.quote(file);
    return quoted.substring(1, quoted.length() - 1);
  }
}
