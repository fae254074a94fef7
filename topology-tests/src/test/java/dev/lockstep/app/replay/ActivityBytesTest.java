package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.capture.load.LoadCapture;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What records cost on {@code lockstep.activity} where no Sigma rule is loaded. */
final class ActivityBytesTest {
  private static final int RECORDS = 4_000;
  private static final long SEED = 11;

  /** Bytes of the records before compression; who gives the activity a field has to raise it. */
  private static final long MOST_BYTES = 2_892_486;

  private static final int HEADER_BYTES = 10;
  private static final Schema SCHEMA = Activity.getClassSchema();
  private static final Schema WITHOUT_RAW = withoutRaw();

  @Test
  void costNoByteMore_thanTheOneThatSaysThatNoFieldWasLookedFor(@TempDir Path folder)
      throws IOException {
    RawFieldPlan fields = Config.read(null, Map.of()).rules().rawFields();
    MessageReader reader = new MessageReader(Limits.defaults(), () -> fields);
    Path file = folder.resolve("load.jsonl");
    LoadCapture.write(file, RECORDS, SEED);
    List<Activity> activities = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      reader.read(
          line.getBytes(StandardCharsets.UTF_8),
          Where.newBuilder().setSource("load").build(),
          null,
          outcome -> activities.add(((Outcome.Mapped) outcome).activity()));
    }
    SingleObject<Activity> codec = new SingleObject<>(SCHEMA);
    long bytes = 0;
    for (Activity activity : activities) {
      byte[] encoded = codec.encode(activity);
      assertThat(bytesWithoutRaw(encoded)).isEqualTo(encoded.length - HEADER_BYTES - 1);
      bytes += encoded.length;
    }

    assertThat(activities).hasSize(RECORDS);
    assertThat(bytes).isPositive().isLessThanOrEqualTo(MOST_BYTES);
  }

  private static Schema withoutRaw() {
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : SCHEMA.getFields()) {
      if (!field.name().equals("raw")) {
        fields.add(new Schema.Field(field, field.schema()));
      }
    }
    return Schema.createRecord(SCHEMA.getName(), "", SCHEMA.getNamespace(), false, fields);
  }

  /** Returns the bytes of an activity under a schema that knows no raw fields. */
  private static int bytesWithoutRaw(byte[] encoded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      GenericRecord read =
          new GenericDatumReader<GenericRecord>(SCHEMA, WITHOUT_RAW)
              .read(
                  null,
                  DecoderFactory.get()
                      .binaryDecoder(encoded, HEADER_BYTES, encoded.length - HEADER_BYTES, null));
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(WITHOUT_RAW).write(read, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("could not write to memory", e);
    }
    return out.size();
  }
}
