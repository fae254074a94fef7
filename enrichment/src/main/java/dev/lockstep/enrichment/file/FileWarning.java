package dev.lockstep.enrichment.file;

/**
 * Warning about a line of a file that the operator wrote. The file can be used, but the line is
 * probably a mistake.
 *
 * @param what fault, with file and line
 * @param fix change that ends the warning
 */
public record FileWarning(String what, String fix) {
  /** Returns a warning about one line of a file; lines are counted from 1. */
  public static FileWarning at(String file, long line, String what, String fix) {
    return new FileWarning(FileProblemException.shown(file) + ":" + line + " " + what, fix);
  }
}
