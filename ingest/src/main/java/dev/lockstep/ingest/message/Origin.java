package dev.lockstep.ingest.message;

import dev.lockstep.schemas.Where;

/**
 * Factory of the place of a record: its offset in a topic or its line in a file, with its index in
 * the message.
 */
public final class Origin {
  /**
   * Source name for records of files that do not belong to a configured source. A configured source
   * of captures has a name of its own.
   */
  static final String FILES = "files";

  private Origin() {}

  public static Where file(String file, long line, int index) {
    Where where = new Where();
    where.setSource(FILES);
    where.setFile(file);
    where.setPartition(-1);
    where.setPosition(line);
    where.setIndex(index);
    return where;
  }

  public static Where offset(String source, String topic, int partition, long offset) {
    Where where = new Where();
    where.setSource(source);
    where.setHub(topic);
    where.setPartition(partition);
    where.setPosition(offset);
    where.setIndex(0);
    return where;
  }

  /**
   * Returns the place of one record of a message, made of the message's place and the record's
   * index.
   */
  public static Where at(Where where, int index) {
    Where own = new Where();
    own.setSource(where.getSource());
    own.setHub(where.getHub());
    own.setFile(where.getFile());
    own.setPartition(where.getPartition());
    own.setPosition(where.getPosition());
    own.setIndex(index);
    return own;
  }
}
