package dev.lockstep.enrichment.file;

/** Line (from 1) of a file that a person or this program wrote. */
public record FilePlace(String file, long line) {

  /**
   * Returns this place as text, for use in a message that already names a file. In the same file,
   * the text is only the line; otherwise it begins with the name of this place's file.
   *
   * @param other name of the file that the message is about
   */
  public String seenFrom(String other) {
    return file.equals(other) ? "line " + line : FileProblem.shown(file) + ":" + line;
  }
}
