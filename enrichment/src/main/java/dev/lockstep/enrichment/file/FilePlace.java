package dev.lockstep.enrichment.file;

/** Line (from 1) of a file that a person or this program wrote. */
public record FilePlace(String file, long line) {

  /** Returns the place for a message about a file: the line alone where it is in the same file. */
  public String seenFrom(String other) {
    return file.equals(other) ? "line " + line : FileProblem.shown(file) + ":" + line;
  }
}
