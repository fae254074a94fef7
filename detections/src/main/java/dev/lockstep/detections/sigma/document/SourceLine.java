package dev.lockstep.detections.sigma.document;

/**
 * Line of a file that a person wrote.
 *
 * @param file file as given to the reader
 * @param line number of the line, from 1
 */
public record SourceLine(String file, long line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
