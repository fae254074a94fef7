package dev.lockstep.enrichment.file;

/** Line (from 1) of a file that a person or this program wrote. */
public record FilePlace(String file, long line) {

  /**
   * Returns the line as text, with the name of this place's file unless the message is about that
   * file. For example, the text is {@code line 7} in a message about the same file.
   *
   * @param other name of the file that the message is about
   */
  public String seenFrom(String other) {
    return file.equals(other) ? "line " + line : FileProblem.shown(file) + ":" + line;
  }
}
