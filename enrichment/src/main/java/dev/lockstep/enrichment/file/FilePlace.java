package dev.lockstep.enrichment.file;

/**
 * Place in a file: the name of the file and the number of a line, counted from 1. A person or this
 * program wrote the file.
 */
public record FilePlace(String file, long line) {

  /**
   * Returns this place as text, without the name of its file if the file {@code other} is the same
   * file. The text is, for example, {@code line 7} or {@code networks.csv:7}.
   *
   * @param other name of the file that an error message is about
   */
  public String seenFrom(String other) {
    return file.equals(other) ? "line " + line : FileProblemException.shown(file) + ":" + line;
  }
}
