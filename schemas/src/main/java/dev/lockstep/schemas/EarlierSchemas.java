package dev.lockstep.schemas;

import java.io.IOException;
import java.io.InputStream;
import org.apache.avro.Schema;
import org.jspecify.annotations.NullMarked;

/**
 * Holder of Avro schemas of earlier versions of Lockstep, for reading bytes that those versions
 * wrote.
 */
@NullMarked
public final class EarlierSchemas {
  /**
   * Earlier schema of {@link Position}, without the fields for the topic's id and for the last
   * record that was read.
   */
  public static final Schema POSITION_1 = read("position-1.avsc");

  private EarlierSchemas() {}

  private static Schema read(String resource) {
    try (InputStream in = EarlierSchemas.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "the file " + resource + " is missing from Lockstep's own jar; install Lockstep again");
      }
      return new Schema.Parser().parse(in);
    } catch (IOException e) {
      throw new IllegalStateException(
          "could not read the schema " + resource + "; install Lockstep again", e);
    }
  }
}
