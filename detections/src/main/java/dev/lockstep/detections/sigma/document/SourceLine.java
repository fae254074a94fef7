package dev.lockstep.detections.sigma.document;

/**
 * Place in a file that a person wrote: the file, and the number of a line.
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
