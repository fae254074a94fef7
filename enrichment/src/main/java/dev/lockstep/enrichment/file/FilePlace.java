package dev.lockstep.enrichment.file;

/** Line (from 1) of a file that a person or this program wrote. */
public record FilePlace(String file, long line) {

  /**
   * Returns this place as text for an error message about a file, without a file name if the place
   * is in the same file. For example, the text is {@code line 7} then, and {@code networks.csv:7}
   * in a message about another file.
   *
   * @param other name of the file that the message is about
   */
  public String seenFrom(String other) {
    return file.equals(other) ? "line " + line : FileProblem.shown(file) + ":" + line;
  }
}
