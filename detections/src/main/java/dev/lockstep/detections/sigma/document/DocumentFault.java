package dev.lockstep.detections.sigma.document;

import dev.lockstep.schemas.text.Quoted;

/**
 * Fault of a Sigma document, or of another file by a rule's author, with the place and the fix of
 * the fault.
 *
 * @param at file and line
 * @param what words that follow the place, such as {@code has no title}
 * @param fix action by which the author removes the fault
 */
public record DocumentFault(SourceLine at, String what, String fix) {
  private static final int MOST_FILE_CHARS = 300;

  /** Returns, in one line for people, what is wrong with the file, and the fix. */
  public String message() {
    boolean isRule = !at.file().endsWith(".yaml"); // placeholders.yaml and tests of Java rules
    return isRule ? message("could not read the Sigma rule: ") : messageOfFile();
  }

  /**
   * Returns, in one line for people, what is wrong with a file that is not a Sigma rule, and the
   * fix.
   */
  public String messageOfFile() {
    return message("could not read the file: ");
  }

  private String message(String start) {
    return start
        + Quoted.excerpt(at.file(), MOST_FILE_CHARS)
        + ":"
        + at.line()
        + " "
        + what
        + "; "
        + fix;
  }

  @Override
  public String toString() {
    return message();
  }
}
