package dev.lockstep.enrichment.file;

/**
 * Place in a file: the name of the file and the number of a line, counted from 1. A person or this
 * program wrote the file.
 */
public record FilePlace(String file, long line) {

  /**
   * Returns this place as text for an error message about a file. The text is, for example, {@code
   * line 7} if the place is in that file, and {@code networks.csv:7} if it is in another.
   *
   * @param other name of the file that the message is about
   */
  public String seenFrom(String other) {
    return file.equals(other) ? "line " + line : FileProblemException.shown(file) + ":" + line;
  }
}
