package dev.lockstep.schemas;

import java.io.IOException;
import java.io.InputStream;
import org.apache.avro.Schema;
import org.jspecify.annotations.NullMarked;

/** Schemas of earlier versions, whose bytes stay readable. */
@NullMarked
public final class EarlierSchemas {
  /** Schema of {@link Position} without the topic's id and the last record. */
  public static final Schema POSITION_1 = read("position-1.avsc");

  private EarlierSchemas() {}

  private static Schema read(String resource) {
    try (InputStream in = EarlierSchemas.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "the file " + resource + " is missing from Lockstep's own jar");
      }
      return new Schema.Parser().parse(in);
    } catch (IOException e) {
      throw new IllegalStateException("the schema " + resource + " cannot be read", e);
    }
  }
}
