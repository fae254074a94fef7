package dev.lockstep.enrichment.file;

/** A file of the operator's that cannot be used; the message says which, where, and the fix. */
public final class FileProblem extends Exception {

  private static final long serialVersionUID = 1L;

  private FileProblem(String message) {
    super(message);
  }

  /** The whole file is at fault. */
  public static FileProblem of(String kind, String file, String what, String fix) {
    return new FileProblem("could not read " + kind + ": " + shown(file) + " " + what + "; " + fix);
  }

  /** A line (from 1) of the file is at fault. */
  public static FileProblem at(String kind, String file, long line, String what, String fix) {
    return new FileProblem(
        "could not read " + kind + ": " + shown(file) + ":" + line + " " + what + "; " + fix);
  }

  private static String shown(String file) {
    String quoted = Wording.quote(file);
    return quoted.substring(1, quoted.length() - 1);
  }
}
