package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.EscapedJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Sink that appends detections to a file on this machine, one detection per line, and rotates the
 * file by size or day. Detections count as taken only when they are on disk. A batch that cannot be
 * written completely is removed again.
 */
public final class FileSink implements Sink {
  private static final Limits LIMITS = new Limits(1_000_000, 5_000);

  private final String name;
  private final RowFormat format;
  private final LineFile file;

  /**
   * Creates a sink that has not opened its file.
   *
   * @param name name of the sink for messages
   * @param format form of a line
   * @param path file, which only one process may write
   * @param rotateBytes size from which another file is begun, at least 1
   * @param daily if another file is begun each UTC day
   */
  public FileSink(String name, RowFormat format, Path path, long rotateBytes, boolean daily) {
    this.name = name;
    this.format = format;
    this.file = new LineFile(path, rotateBytes, daily);
  }

  @Override
  public String place() {
    return "%s at file %s".formatted(name, Quoted.excerpt(file.path().toString(), 300));
  }

  @Override
  public Row row(Detection detection) {
    return format.row(detection);
  }

  @Override
  public Limits limits() {
    return LIMITS;
  }

  @Override
  public Duration timeout() {
    return Duration.ofMinutes(5); // a disk may be slow, and nothing else may write meanwhile
  }

  @Override
  public Answer send(List<Row> rows, Instant sentAt) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(65_536);
    for (Row row : rows) {
      String json = new String(row.sent(sentAt), StandardCharsets.UTF_8);
      lines.writeBytes(EscapedJson.of(json).getBytes(StandardCharsets.UTF_8));
      lines.write('\n');
    }
    try {
      file.append(lines.toByteArray(), sentAt);
      return Answer.without(AnswerClass.TAKEN, "");
    } catch (FileSystemException | FileNotFoundException e) {
      return Answer.without(AnswerClass.MISCONFIGURED, Causes.outerAndInnermost(e));
    } catch (IOException e) {
      return Answer.without(AnswerClass.UNAVAILABLE, Causes.outerAndInnermost(e));
    }
  }

  @Override
  public String fix(AnswerClass kind) {
    return "check that the folder exists, that its disk has room, that this process may write to it,"
        + " and that no other instance uses the same path";
  }

  @Override
  public String hintIfItLasts() {
    return "make room on its disk, or check the disk, if this lasts";
  }

  @Override
  public void close() {
    file.close();
  }
}
