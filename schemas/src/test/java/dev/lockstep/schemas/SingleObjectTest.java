package dev.lockstep.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class SingleObjectTest {
  private static final Schema EARLIER =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"Where","namespace":"dev.lockstep.schemas",
              "fields":[{"name":"source","type":"string"}]}\
              """);
  private static final Where WHERE = new Where("signins", "hub", null, 3, 41L, 2);

  private final SingleObject<Where> codec = new SingleObject<>(Where.getClassSchema(), EARLIER);

  @Test
  void namesItsSchema_beforeTheBody() {
    ByteBuffer bytes = ByteBuffer.wrap(codec.encode(WHERE)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.get(0)).isEqualTo((byte) 0xC3);
    assertThat(bytes.get(1)).isEqualTo((byte) 0x01);
    assertThat(bytes.getLong(2))
        .isEqualTo(SchemaNormalization.parsingFingerprint64(Where.getClassSchema()));
  }

  @Test
  void readsWhatItWrote_whateverItWroteBefore() {
    Where large = new Where("s".repeat(5_000), null, "f", -1, 7L, 0);
    byte[] first = codec.encode(WHERE);
    assertThat(codec.decode(codec.encode(large))).isEqualTo(large);
    assertThat(codec.decode(first)).isEqualTo(WHERE);
    assertThat(codec.encode(WHERE)).isEqualTo(first);
  }

  @Test
  void readsWhatAnEarlierReleaseWrote_withTheDefaultsOfToday() throws IOException {
    GenericRecord record = new GenericData.Record(EARLIER);
    record.put("source", "old");
    assertThat(codec.decode(framed(record))).isEqualTo(new Where("old", null, null, -1, -1L, 0));
  }

  @Test
  void refusesAnotherFrame_andAnotherSchema() {
    assertThatThrownBy(() -> codec.decode(new byte[] {(byte) 0xC3, 0x01, 2}))
        .isInstanceOf(AvroRuntimeException.class)
        .hasMessage(
            "could not decode a record of type Where: its 3 bytes do not begin with the header of"
                + " Avro's single-object encoding; they are damaged, or Lockstep did not write"
                + " them");
    assertThatThrownBy(() -> codec.decode("{\"source\":\"signins\"}".getBytes(UTF_8)))
        .isInstanceOf(AvroRuntimeException.class)
        .hasMessageContaining("do not begin with the header of Avro's single-object encoding");
    byte[] unknown = codec.encode(WHERE);
    Arrays.fill(unknown, 2, 10, (byte) 0x11);
    assertThatThrownBy(() -> codec.decode(unknown))
        .isInstanceOf(AvroRuntimeException.class)
        .hasMessageContaining("unknown schema fingerprint 1111111111111111");
  }

  @Test
  void refusesABodyThatIsCut_orNamesABranchThatIsNone() {
    byte[] whole = codec.encode(WHERE);
    for (int length = 10; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> codec.decode(cut))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(AvroRuntimeException.class)
          .hasMessageStartingWith("could not decode a record of type Where");
    }
    byte[] odd = whole.clone();
    odd[10 + 1 + "signins".length()] = 18; // the ninth branch of a union of two
    assertThatThrownBy(() -> codec.decode(odd))
        .isInstanceOf(AvroRuntimeException.class)
        .hasMessageStartingWith("could not decode a record of type Where");
    assertThat(codec.decode(whole)).as("what comes next is read").isEqualTo(WHERE);
  }

  private static byte[] framed(GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0xC3);
    bytes.write(0x01);
    bytes.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(SchemaNormalization.parsingFingerprint64(record.getSchema()))
            .array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
