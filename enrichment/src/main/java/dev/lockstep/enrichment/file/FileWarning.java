package dev.lockstep.enrichment.file;

/**
 * Warning about a file that the operator wrote, or about a line of it. The file can be used, but it
 * is probably not as the operator wants it.
 *
 * @param what fault, with the file, and the line if it is about one
 * @param fix change that ends the warning
 */
public record FileWarning(String what, String fix) {
  /** Returns a warning about one line of a file; lines are counted from 1. */
  public static FileWarning at(String file, long line, String what, String fix) {
    return new FileWarning(FileProblemException.shown(file) + ":" + line + " " + what, fix);
  }

  /** Returns a warning about a whole file. */
  public static FileWarning of(String file, String what, String fix) {
    return new FileWarning(FileProblemException.shown(file) + " " + what, fix);
  }
}
