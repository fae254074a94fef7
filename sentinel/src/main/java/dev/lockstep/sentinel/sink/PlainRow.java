package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Row with the complete detection in the JSON form that {@code lockstep replay} writes. */
public final class PlainRow implements Row {
  private final Detection detection;
  private final byte[] json;

  private PlainRow(Detection detection, byte[] json) {
    this.detection = detection;
    this.json = json;
  }

  public static PlainRow of(Detection detection) {
    return new PlainRow(detection, AvroJson.of(detection).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Detection detection() {
    return detection;
  }

  @Override
  public int bytes() {
    return json.length;
  }

  @Override
  public void writeTo(OutputStream out, Instant sentAt) throws IOException {
    out.write(json);
  }
}
