package dev.lockstep.ingest.file;

import static dev.lockstep.ingest.file.Packed.gzip;
import static dev.lockstep.ingest.file.Packed.join;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

class GzipMembersTest {
  private static final int HEADER_BYTES = 10;

  @Test
  void readsMembers_betweenAndBehindWhichAreZeros() throws IOException {
    byte[] one = gzip("one".getBytes(UTF_8));
    byte[] two = gzip("two".getBytes(UTF_8));
    byte[] none = gzip(new byte[0]);
    byte[] file = join(one, new byte[700], none, two, new byte[3000]);
    try (GzipMembers members = new GzipMembers(new ByteArrayInputStream(file))) {
      assertThat(new String(members.readAllBytes(), UTF_8)).isEqualTo("onetwo");
      assertThat(members.read()).isEqualTo(-1);
    }
  }

  @Test
  void handsOutAllThatPrecedesAnEarlyEnd_andThenReportsIt() throws Exception {
    byte[] plain = new byte[300_000];
    new Random(3).nextBytes(plain);
    byte[] file = gzip(plain);
    for (int length : new int[] {file.length / 3, file.length / 2, file.length - 9}) {
      byte[] cut = Arrays.copyOf(file, length);
      int whole = inflated(cut, plain.length);
      try (GzipMembers members = new GzipMembers(new ByteArrayInputStream(cut))) {
        assertThat(read(members, whole)).isEqualTo(Arrays.copyOf(plain, whole));
        assertThatThrownBy(members::read).hasMessage("gzip ends within a member");
        assertThatThrownBy(members::read).hasMessage("gzip ends within a member");
      }
    }
  }

  @Test
  void handsOutAMember_beforeItReportsThatItsChecksumIsWrong() throws IOException {
    byte[] file = gzip("text".getBytes(UTF_8));
    file[file.length - 8] ^= 1;
    try (GzipMembers members = new GzipMembers(new ByteArrayInputStream(file))) {
      assertThat(new String(read(members, 4), UTF_8)).isEqualTo("text");
      assertThatThrownBy(members::read).isInstanceOf(IOException.class).hasMessageContaining("CRC");
    }
  }

  /** Reads in large pieces, as the library would fill them before it reports anything. */
  private static byte[] read(InputStream in, int most) throws IOException {
    byte[] into = new byte[most];
    int at = 0;
    while (at < most) {
      int count = in.read(into, at, most - at);
      assertThat(count).isPositive();
      at += count;
    }
    return into;
  }

  private static int inflated(byte[] gzip, int most) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    inflater.setInput(gzip, HEADER_BYTES, gzip.length - HEADER_BYTES);
    int count = inflater.inflate(new byte[most]);
    inflater.end();
    return count;
  }
}
