package dev.lockstep.ingest.file;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.LINK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroContainerTest {
  private static final String EVENT_DATA =
      """
      {"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging","fields":[
      {"name":"SequenceNumber","type":"long"},{"name":"Offset","type":"string"},
      {"name":"EnqueuedTimeUtc","type":"string"},
      {"name":"SystemProperties","type":{"type":"map","values":["long","double","string","bytes"]}},
      {"name":"Properties","type":{"type":"map","values":["long","double","string","bytes","null"]}},
      {"name":"Body","type":["null","bytes"]}]}\
      """;

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate"})
  void readsTheBodies_withTheTimeTheyWereEnqueued(String codec) throws IOException {
    byte[] file = container(codec, 1, CALL, LINK);
    List<SourceMessage> messages =
        CaptureFilesTest.read(file, Limits.defaults(), new ArrayList<>());
    assertThat(messages).hasSize(2);
    assertThat(new String(messages.get(0).body(), StandardCharsets.UTF_8)).isEqualTo(CALL);
    assertThat(messages.get(0).where()).isEqualTo(Origin.file("-", 700, 0));
    assertThat(messages.get(1).where()).isEqualTo(Origin.file("-", 701, 0));
    assertThat(messages.get(0).arrivalAt())
        .isEqualTo(Instant.parse("2025-11-14T14:00:30Z").toEpochMilli());
    assertThat(messages.get(1).arrivalAt())
        .isEqualTo(Instant.parse("2025-11-14T14:00:30.123Z").toEpochMilli());
  }

  @Test
  void asksForNoSingleBytes_alsoBehindDamage() throws IOException {
    byte[] damaged = Packed.join(Packed.number(1), Packed.number(-5), new byte[100_000]);
    int[] single = {0};
    InputStream in =
        new FilterInputStream(
            new ByteArrayInputStream(Packed.join(container("null", 1, CALL), damaged))) {
          @Override
          public int read() throws IOException {
            single[0]++;
            return super.read();
          }

          @Override
          public int read(byte[] into, int from, int most) throws IOException {
            return super.read(into, from, most);
          }
        };
    List<SourceMessage> messages = new ArrayList<>();
    List<Outcome> damages = new ArrayList<>();
    new AvroContainer(in, "f", Limits.defaults(), null, messages::add, damages::add).run();
    assertThat(messages).hasSize(1);
    assertThat(damages).hasSize(1);
    assertThat(single[0]).isZero();
  }

  @Test
  void readsTheBlocksBehindADamagedOne() throws IOException {
    String[] bodies = new String[100];
    Arrays.fill(bodies, CALL);
    byte[] file = container("null", 5, bodies);
    file[file.length / 2] = (byte) 0xff;
    int half = file.length / 2;
    for (int i = 0; i < 40; i++) {
      file[half + i] = (byte) 0xff;
    }
    List<String> words = CaptureFilesTest.outcomes(file, Limits.defaults());
    assertThat(words.stream().filter(word -> word.equals("call-1@0")).count()).isGreaterThan(85);
  }

  @Test
  void readsTheBlocksBehindOneWithoutANumberOfEvents() throws IOException {
    byte[] file = container("null", 1, CALL, CALL, CALL, CALL);
    byte[] marker = Arrays.copyOfRange(file, file.length - 16, file.length);
    int endOfHeader = indexOf(file, marker, 0) + 16;
    int secondBlock = indexOf(file, marker, endOfHeader) + 16;
    Arrays.fill(file, secondBlock, secondBlock + 12, (byte) 0xff);
    assertThat(CaptureFilesTest.outcomes(file, Limits.defaults()))
        .containsExactlyInAnyOrder("call-1@0", "call-1@0", "call-1@0", "damaged-file");
  }

  @Test
  void saysBehindWhichEventAFileIsCutOff() throws IOException {
    byte[] file = container("null", 1, CALL, LINK);
    List<Outcome> damages = new ArrayList<>();
    CaptureFilesTest.read(Arrays.copyOf(file, file.length - 1), Limits.defaults(), damages);
    assertThat(damages)
        .singleElement(InstanceOfAssertFactories.type(Outcome.Rejected.class))
        .extracting(rejected -> rejected.letter().getWhere())
        .isEqualTo(Origin.file("-", 702, 0));
  }

  private static int indexOf(byte[] file, byte[] part, int from) {
    int at = from;
    while (!Arrays.equals(file, at, at + part.length, part, 0, part.length)) {
      at++;
    }
    return at;
  }

  @Test
  void saysThatTheFileWasCut_andReadsWhatIsThere() throws IOException {
    byte[] file = container("null", 3, CALL, CALL, CALL, CALL);
    byte[] cut = Arrays.copyOf(file, file.length - 60);
    assertThat(CaptureFilesTest.outcomes(cut, Limits.defaults()))
        .containsExactly("call-1@0", "call-1@0", "call-1@0", "damaged-file", "damaged-file");
    assertThat(CaptureFilesTest.outcomes(Arrays.copyOf(file, 30), Limits.defaults()))
        .containsExactly("damaged-file");
  }

  @Test
  void readsTheCompleteEventsOfTheLastBlock_ofACompressedFileThatWasCut() throws IOException {
    String body =
        new Random(1)
            .ints(3_000, 'a', 'z')
            .collect(StringBuilder::new, (s, c) -> s.append((char) c), StringBuilder::append)
            .toString();
    byte[] packed =
        Packed.gzip(
            container("null", 4, body, body.substring(1), body.substring(2), body.substring(3)));
    List<Outcome> damage = new ArrayList<>();
    assertThat(
            CaptureFilesTest.read(
                Arrays.copyOf(packed, packed.length - 30), Limits.defaults(), damage))
        .extracting(message -> message.body().length)
        .startsWith(3_000, 2_999, 2_998);
    assertThat(damage).isNotEmpty();
  }

  @Test
  void isEmpty_whereNothingWasCaptured() throws IOException {
    assertThat(CaptureFilesTest.outcomes(container("null", 1), Limits.defaults())).isEmpty();
  }

  @Test
  void refusesOtherContainers() throws IOException {
    Schema other = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"X\",\"fields\":[]}");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(other))) {
      writer.create(other, out);
    }
    assertThat(CaptureFilesTest.outcomes(out.toByteArray(), Limits.defaults()))
        .containsExactly("damaged-file");
  }

  @Test
  void says_howToWriteAFileWhoseCodecIsUnknown() throws IOException {
    byte[] known = container("deflate", 1, CALL);
    String text = new String(known, StandardCharsets.ISO_8859_1).replace("deflate", "unknown");
    byte[] file = text.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(details(file))
        .containsExactly(
            "the Avro header could not be read: the codec of the Avro file is neither \"null\" nor"
                + " \"deflate\": \"unknown\"; write the file again with one of the two codecs");
  }

  @Test
  void names_noClassOfJava_whereTheSchemaCannotBeRead() throws IOException {
    byte[] file = container("null", 1, CALL);
    String text =
        new String(file, StandardCharsets.ISO_8859_1)
            .replace("\"type\":\"record\"", "\"type\";\"record\"");
    assertThat(details(text.getBytes(StandardCharsets.ISO_8859_1)))
        .singleElement()
        .asString()
        .contains("the Avro schema cannot be read: Unexpected character")
        .doesNotContain("org.apache", "Exception", "\n");
  }

  @Test
  void says_thatAFileOfTooManyHeaderEntriesIsNotRead() throws IOException {
    byte[] file = Packed.join(new byte[] {'O', 'b', 'j', 1}, Packed.number(1001));
    assertThat(details(file))
        .containsExactly(
            "the Avro header could not be read: the header declares 1001 entries, more than the"
                + " 1000 that are allowed; the file is damaged, or Event Hubs Capture did not write"
                + " it");
  }

  @Test
  void says_thatAValueIsCut_whereItIsSkipped() throws IOException {
    String schema =
        """
        {"type":"record","name":"E","fields":[{"name":"Body","type":"bytes"},{"name":"x","type":"double"}]}""";
    byte[] event = Packed.join(Packed.bytes(CALL.getBytes(StandardCharsets.UTF_8)), new byte[8]);
    byte[] cut = Packed.join(event, Arrays.copyOf(event, event.length - 1));
    assertThat(details(Packed.container(schema, "null", Packed.block(2, cut))))
        .containsExactly(
            "the rest of an Avro block could not be read: the data ends within a value");
  }

  @Test
  void says_thatTheRestOfABlockIsUnread_whereAllItsEventsAreRead() throws IOException {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(Packed.event(CALL));
    byte[] data = new byte[10_000];
    int length = deflater.deflate(data, 0, data.length, Deflater.SYNC_FLUSH);
    deflater.end();
    byte[] block = Packed.block(1, Arrays.copyOf(data, length));
    byte[] file = Packed.container(Packed.EVENT_DATA, "deflate", block);
    assertThat(CaptureFilesTest.outcomes(file, Limits.defaults()))
        .containsExactly("call-1@0", "damaged-file");
    assertThat(details(file))
        .containsExactly(
            "the rest of an Avro block could not be read: Unexpected end of ZLIB input stream");
  }

  @Test
  void says_thatABlockHasMoreBytesThanItsEvents() throws IOException {
    byte[] data = Packed.join(Packed.event(CALL), new byte[1]);
    assertThat(details(Packed.container(Packed.EVENT_DATA, "null", Packed.block(1, data))))
        .containsExactly(
            "an Avro block has bytes after the last event that it declares (events: 1)");
  }

  @Test
  void says_thatTheRestOfTheFileIsNotRead_whereNoMarkerFollows() throws IOException {
    byte[] negative = Packed.join(Packed.number(-1), Packed.number(-5));
    String damage =
        "an Avro block is damaged: it declares -1 events in -5 bytes, and at least one of these"
            + " numbers is negative or too large";
    byte[] last = Packed.container(Packed.EVENT_DATA, "null", negative, new byte[20]);
    assertThat(details(last)).containsExactly(damage + "; the rest of the file is not read");
    byte[] block = Packed.block(1, Packed.event(CALL));
    byte[] before = Packed.container(Packed.EVENT_DATA, "null", negative, Packed.SYNC, block);
    assertThat(details(before)).containsExactly(damage);
  }

  private static List<String> details(byte[] file) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    CaptureFilesTest.read(file, Limits.defaults(), outcomes);
    return outcomes.stream().map(each -> ((Outcome.Rejected) each).letter().getDetail()).toList();
  }

  @Test
  void endsQuietly_onAnyFlippedFile() throws IOException {
    Random random = new Random(3);
    for (String codec : List.of("null", "deflate")) {
      byte[] file = container(codec, 1, CALL, LINK, CALL);
      for (int i = 0; i < 1000; i++) {
        byte[] flipped = file.clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        assertThat(CaptureFilesTest.outcomes(flipped, Limits.defaults())).isNotNull();
      }
    }
  }

  private static byte[] container(String codec, int perBlock, String... bodies) throws IOException {
    Schema schema = new Schema.Parser().parse(EVENT_DATA);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.create(schema, out);
      int number = 0;
      for (String body : bodies) {
        GenericRecord event = new GenericData.Record(schema);
        event.put("SequenceNumber", 700L + number);
        event.put("Offset", "123456789012345678901");
        event.put(
            "EnqueuedTimeUtc",
            number % 2 == 0 ? "11/14/2025 2:00:30 PM" : "2025-11-14T14:00:30.1230000Z");
        event.put("SystemProperties", Map.of("a", 1L, "b", "text", "c", 1.5));
        event.put("Properties", Map.of());
        event.put("Body", ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
        writer.append(event);
        number++;
        if (number % perBlock == 0) {
          writer.sync();
        }
      }
    }
    return out.toByteArray();
  }
}
