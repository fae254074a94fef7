package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.EscapedJson;
import dev.lockstep.schemas.Quoted;
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
 * A file of this machine: a detection a line, on the disk before it counts as taken. A batch that
 * could not be written whole is taken out again.
 */
public final class FileSink implements Sink {
  private static final Limits LIMITS = new Limits(1_000_000, 5_000);

  private final String name;
  private final LineFile file;

  /**
   * Creates one that has opened nothing yet.
   *
   * @param name of the sink, for messages
   * @param path of the file, which one process may write at a time
   * @param rotateBytes from which size on another file is begun; at least 1
   * @param daily if another file is begun each UTC day
   */
  public FileSink(String name, Path path, long rotateBytes, boolean daily) {
    this.name = name;
    this.file = new LineFile(path, rotateBytes, daily);
  }

  @Override
  public String place() {
    return "%s at file %s".formatted(name, Quoted.excerpt(file.path().toString(), 300));
  }

  @Override
  public Limits limits() {
    return LIMITS;
  }

  @Override
  public Duration timeout() {
    return Duration.ofMinutes(5); // disks wait, and nobody else may write meanwhile
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
      return Answer.without(AnswerClass.MISCONFIGURED, HttpSender.describe(e));
    } catch (IOException e) {
      return Answer.without(AnswerClass.UNAVAILABLE, HttpSender.describe(e));
    }
  }

  @Override
  public String fix(AnswerClass kind) {
    return "check that the folder is there, that this process may write there, and that no other"
        + " instance has the same path";
  }

  @Override
  public void close() {
    file.close();
  }
}
