package dev.lockstep.ingest.file;

import static dev.lockstep.ingest.file.Packed.EVENT_DATA;
import static dev.lockstep.ingest.file.Packed.block;
import static dev.lockstep.ingest.file.Packed.container;
import static dev.lockstep.ingest.file.Packed.deflated;
import static dev.lockstep.ingest.file.Packed.event;
import static dev.lockstep.ingest.file.Packed.gzip;
import static dev.lockstep.ingest.file.Packed.join;
import static dev.lockstep.ingest.file.Packed.number;
import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecompressionLimitTest {
  private static final Limits USUAL = Limits.defaults();

  /** Sign-ins that differ in what no two sign-ins share, as a log does. */
  private static byte[] log(int records) {
    Random random = new Random(11);
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < records; i++) {
      log.append(
              SIGN_IN
                  .replace("\"id\":\"3f2504e0", "\"id\":\"%08x".formatted(random.nextInt()))
                  .replace(".1875602Z", ".%07dZ".formatted(random.nextInt(10_000_000))))
          .append('\n');
    }
    return log.toString().getBytes(UTF_8);
  }

  @Test
  void passesALog_thatCompressesWell() {
    byte[] log = log(5000);
    byte[] gzip = gzip(log);
    byte[] zstd = Zstd.compress(log, 19);
    assertThat(log.length / gzip.length).as("the ratio of gzip").isGreaterThan(20);
    assertThat(log.length / zstd.length).as("the ratio of zstd").isGreaterThan(50);
    assertThat(Packed.outcomes(gzip, USUAL)).hasSize(5000);
    assertThat(Packed.outcomes(zstd, USUAL)).hasSize(5000);
    assertThat(Packed.outcomes(gzip(gzip), USUAL)).hasSize(5000);
  }

  @Test
  void passesLinesThatAreAllTheSame() {
    byte[] lines = (CALL + "\n").repeat(10_000).getBytes(UTF_8);
    assertThat(Packed.outcomes(gzip(lines), USUAL)).hasSize(10_000);
  }

  @Test
  void passesASmallFile_asUniformAsItLikes() {
    assertThat(Packed.outcomes(gzip(new byte[1 << 20]), USUAL)).isEmpty();
    assertThat(Packed.outcomes(Zstd.compress(new byte[1 << 20]), USUAL)).isEmpty();
  }

  @Test
  void readsWhatIsBeforeABomb_andSaysWhereItIs() {
    byte[] file = gzip(join(log(2000), new byte[60_000_000]));
    List<Outcome> outcomes = Packed.outcomes(file, USUAL);
    assertThat(Records.words(outcomes))
        .hasSizeBetween(2001, 2002)
        .last()
        .isEqualTo("decompression-bomb");
    DeadLetter letter = ((Outcome.Rejected) outcomes.get(outcomes.size() - 1)).letter();
    assertThat(letter.getWhere().getFile()).isEqualTo("-");
    assertThat(letter.getWhere().getPosition()).isEqualTo(2001);
    assertThat(letter.getDetail())
        .startsWith("the rest of the file is not read: ")
        .contains(" compressed bytes expand to at least ", "more than 500 times as many; raise");
  }

  @Test
  void countsManyMembersTogether() {
    byte[] member = gzip(new byte[1 << 16]);
    byte[] members = new byte[0];
    for (int i = 0; i < 200; i++) {
      members = join(members, member);
    }
    assertThat(Records.words(Packed.outcomes(members, USUAL)))
        .containsExactly("decompression-bomb");
  }

  @Test
  void goesOnWithTheNextBlock_andTheNextFile(@TempDir Path folder) throws IOException {
    byte[] bomb = deflated(join(number(1), number(60_000_000), new byte[60_000_000]));
    byte[] avro =
        container(
            EVENT_DATA,
            "deflate",
            block(1, deflated(event(CALL))),
            block(1, bomb),
            block(2, deflated(join(event(CALL), event(CALL)))));
    Files.write(folder.resolve("1.gz"), gzip(new byte[60_000_000]));
    Files.write(folder.resolve("2.avro"), avro);
    Files.write(folder.resolve("3.zst"), Zstd.compress(new byte[60_000_000]));
    Files.write(folder.resolve("4.json"), CALL.getBytes(UTF_8));
    List<Outcome> outcomes = new ArrayList<>();
    MessageReader reader = new MessageReader(USUAL);
    new CaptureFiles(USUAL)
        .read(
            List.of(folder.toString()),
            InputStream.nullInputStream(),
            m -> reader.read(m.body(), m.where(), m.arrivalAt(), outcomes::add),
            outcomes::add,
            bytes -> {});
    assertThat(Records.words(outcomes))
        .containsExactly(
            "decompression-bomb",
            "call-1@0",
            "decompression-bomb",
            "call-1@0",
            "call-1@0",
            "decompression-bomb",
            "call-1@0");
  }

  @Test
  void saysThatAFileIsLargerThanAFileMayBe() {
    Limits little = new Limits(64, 100, 262_144, 256, 1_048_576, 50_000, 500, 2_000_000);
    byte[] log = log(2000);
    assertThat(Records.words(Packed.outcomes(gzip(log), little)))
        .last()
        .isEqualTo("decompression-bomb");
    assertThat(Packed.outcomes(log, little)).hasSize(2000);
  }

  @Test
  void doesNotTakeABlockForMoreThanItSays() {
    byte[] file = container(EVENT_DATA, "null", block(1, join(event(CALL), event(CALL))));
    assertThat(Records.words(Packed.outcomes(file, USUAL)))
        .containsExactly("call-1@0", "damaged-file");
  }

  @Test
  void rejectsAnEventThatIsLargerThanAMessage_andReadsTheNext() {
    String large = CALL + " ".repeat(3_000_000);
    byte[] file = container(EVENT_DATA, "null", block(2, join(event(large), event(CALL))));
    assertThat(Records.words(Packed.outcomes(file, USUAL)))
        .containsExactly("too-large", "call-1@0");
  }
}
