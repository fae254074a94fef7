package dev.lockstep.enrichment.file;

/** Line (from 1) of a file that a person or this program wrote. */
public record FilePlace(String file, long line) {

  /**
   * Returns this place for a message about a file. It leaves out the name of the file if the place
   * is in it.
   */
  public String seenFrom(String other) {
    return file.equals(other) ? "line " + line : FileProblem.shown(file) + ":" + line;
  }
}
