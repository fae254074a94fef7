package dev.lockstep.ingest.file;

import static dev.lockstep.ingest.file.Packed.EVENT_DATA;
import static dev.lockstep.ingest.file.Packed.block;
import static dev.lockstep.ingest.file.Packed.container;
import static dev.lockstep.ingest.file.Packed.deflated;
import static dev.lockstep.ingest.file.Packed.gzip;
import static dev.lockstep.ingest.file.Packed.join;
import static dev.lockstep.ingest.file.Packed.number;
import static dev.lockstep.ingest.message.Records.CALL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class BombTest {
  /** Two threads of one busy core have half of it each, and are charged for all. */
  private static final double MOST_MILLIS = 50;

  private static final long MOST_BYTES = 8_000_000;
  private static final int LEAST_RUNS = 3;
  private static final int MOST_RUNS = 500;
  private static final int MEGA = 1_000_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TestFactory
  Stream<DynamicTest> refusesARecord_soonAndWithLittleMemory() {
    String half = "x".repeat(MEGA / 2);
    return Stream.of(
        record("arrays without end", "{\"a\":" + "[".repeat(MEGA), "too-deep"),
        record("objects without end", "{\"a\":".repeat(MEGA / 6), "too-deep"),
        record("arrays", "{\"a\":" + "[".repeat(MEGA / 2) + "]".repeat(MEGA / 2) + "}", "too-deep"),
        record("envelopes", "{\"records\":[".repeat(MEGA / 12), "too-deep"),
        record("properties", "{\"properties\":".repeat(MEGA / 14), "too-deep"),
        record("arrays in a text", sign("[".repeat(200_000)), "too-deep"),
        record("a number", "{\"a\":" + "9".repeat(MEGA) + "}", "number-too-long"),
        record("a number that is read", status("9".repeat(MEGA)), "number-too-long"),
        record("an exponent", status("1e" + "9".repeat(MEGA)), "number-too-long"),
        record("a decimal", status("0." + "1".repeat(MEGA)), "number-too-long"),
        record("a text", "{\"a\":\"" + half + "\"}", "string-too-long"),
        record("a text that is read", CALL.replace("call-1", half), "string-too-long"),
        record("a text of escapes", text("\\\"".repeat(MEGA / 2)), "string-too-long"),
        record("a text of code points", text("\\u0041".repeat(MEGA / 6)), "ignored "),
        record("a text of three bytes each", text("\u20ac".repeat(MEGA / 10)), "string-too-long"),
        record("a key", "{\"" + half + "\":1}", "name-too-long"),
        record("a key without end", "{\"" + half, "name-too-long"),
        record("many tokens", "{\"a\":[" + "1,".repeat(MEGA / 2) + "1]}", "too-many-tokens"),
        record("many keys", "{" + "\"a\":1,".repeat(MEGA / 7) + "\"b\":2}", "too-many-tokens"),
        record("much", CALL + " ".repeat(2 * MEGA), "too-large"));
  }

  @TestFactory
  Stream<DynamicTest> refusesAFile_soonAndWithLittleMemory() {
    byte[] zeros = new byte[50 * MEGA];
    byte[] body = join(number(1), number(zeros.length), zeros);
    byte[] words = "bomb ".repeat(10 * MEGA).getBytes(UTF_8);
    byte[] four = gzip(gzip(gzip(gzip(CALL.getBytes(UTF_8)))));
    return Stream.of(
        file("gzip of zeros", gzip(zeros), "decompression-bomb"),
        file("gzip of a word", gzip(words), "decompression-bomb"),
        file("gzip in gzip", gzip(gzip(zeros)), "decompression-bomb"),
        file("gzip in gzip in gzip in gzip", four, "decompression-bomb"),
        file("zstd of zeros", Zstd.compress(zeros), "decompression-bomb"),
        file("zstd in gzip", gzip(Zstd.compress(zeros)), "decompression-bomb"),
        file("zstd with a window of 128 MiB", Packed.zstd(zeros, 27), "decompression-bomb"),
        avro("an Avro block", block(1, deflated(body)), "decompression-bomb"),
        file(
            "an Avro block in gzip",
            gzip(container(EVENT_DATA, "deflate", block(1, deflated(body)))),
            "decompression-bomb"),
        avro("the length of an Avro block", join(number(1), number(1L << 60)), "damaged-file"),
        avro("a length less than none", join(number(1), number(-9)), "damaged-file"),
        avro("a count of Avro events", block(1L << 60, new byte[0]), "damaged-file"),
        avro("a length of an Avro value", block(1, length(1L << 60)), "damaged-file"),
        avro("a length of an Avro value", block(1, length(1L << 28)), "damaged-file"),
        file("a deep Avro schema", container("[".repeat(900_000), "null"), "damaged-file"),
        file("a long Avro schema", container(" ".repeat(2 * MEGA), "null"), "damaged-file"),
        file(
            "an Avro schema of nothing",
            container(NOTHING, "null", block(1L << 60, new byte[0])),
            "damaged-file"),
        file(
            "an Avro schema that doubles",
            container(doubling(), "null", block(1L << 60, new byte[] {0})),
            "damaged-file"));
  }

  private static final String NOTHING =
      "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"Body\",\"type\":\"null\"}]}";

  /** Records within records, two of each kind, and nothing at their bottom. */
  private static String doubling() {
    String type = "{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}";
    for (int i = 1; i < 20; i++) {
      type =
          """
          {"type":"record","name":"R%d","fields":[{"name":"a","type":%s},{"name":"b","type":"R%d"}]}\
          """
              .formatted(i, type, i - 1);
    }
    return """
    {"type":"record","name":"E","fields":[{"name":"Body","type":"bytes"},{"name":"x","type":%s}]}\
    """
        .formatted(type);
  }

  private static byte[] length(long length) {
    return deflated(join(number(1), number(length)));
  }

  private static String text(String value) {
    return "{\"category\":\"X\",\"a\":\"" + value + "\"}";
  }

  private static String status(String number) {
    return CALL.replace(":200", ":" + number);
  }

  private static String sign(String properties) {
    return "{\"category\":\"SignInLogs\",\"properties\":\"{\\\"a\\\":" + properties + "\"}";
  }

  private static DynamicTest record(String name, String record, String outcome) {
    byte[] body = record.getBytes(UTF_8);
    MessageReader reader = new MessageReader(Limits.defaults());
    return measured(name, outcome, () -> Records.read(reader, body, null));
  }

  private static DynamicTest avro(String name, byte[] block, String outcome) {
    return file(name, container(EVENT_DATA, "deflate", block), outcome);
  }

  private static DynamicTest file(String name, byte[] file, String outcome) {
    return measured(name, outcome, () -> Packed.outcomes(file, Limits.defaults()));
  }

  private static DynamicTest measured(
      String name, String outcome, Supplier<List<Outcome>> reading) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          assertThat(Records.words(reading.get()))
              .anySatisfy(word -> assertThat(word).startsWith(outcome))
              .hasSizeLessThan(10);
          double millis = Double.MAX_VALUE;
          long bytes = Long.MAX_VALUE;
          // The best of some, and of more while compilers are still busy.
          for (int i = 0;
              i < LEAST_RUNS || (i < MOST_RUNS && (millis >= MOST_MILLIS || bytes >= MOST_BYTES));
              i++) {
            long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
            long nanosBefore = THREADS.getCurrentThreadCpuTime();
            List<Outcome> outcomes = reading.get();
            millis = Math.min(millis, (THREADS.getCurrentThreadCpuTime() - nanosBefore) / 1e6);
            bytes = Math.min(bytes, THREADS.getCurrentThreadAllocatedBytes() - bytesBefore);
            assertThat(outcomes).isNotEmpty();
          }
          String took =
              String.format(Locale.ROOT, "%s: %.2f ms, %,d bytes allocated", name, millis, bytes);
          System.out.println(took);
          assertThat(millis).as(took).isLessThan(MOST_MILLIS);
          assertThat(bytes).as(took).isLessThan(MOST_BYTES);
        });
  }
}
