package dev.lockstep.ingest.file;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.LINK;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.github.luben.zstd.Zstd;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureFilesTest {
  private static final Limits SMALL = new Limits(64, 100, 262_144, 256, 2000, 50_000);

  @TempDir Path folder;

  @Test
  void namesTheFolderThatCannotBeRead_andTheFix() throws IOException {
    // Paths that are too long for the system cannot be read, not even by root.
    List<Path> parts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path part = Files.createDirectories(folder.resolve("p" + i).resolve("d".repeat(200)));
      for (int level = 1; level < 3; level++) {
        part = Files.createDirectory(part.resolve("d".repeat(200)));
      }
      if (i > 0) {
        Path before = parts.get(i - 1);
        Files.move(before, part.resolve(before.getFileName()));
      }
      parts.add(folder.resolve("p" + i));
    }
    try {
      assertThatThrownBy(() -> CaptureFiles.found(List.of(folder.toString())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("could not read the capture: \"" + folder)
          .hasMessageContaining("; check the path, and give this process read access")
          .extracting(e -> e.getMessage().length(), as(INTEGER))
          .isLessThan(300);
    } finally {
      for (int i = parts.size() - 1; i > 0; i--) {
        Path leaf = parts.get(i);
        for (int level = 0; level < 3; level++) {
          leaf = leaf.resolve("d".repeat(200));
        }
        Files.move(leaf.resolve(parts.get(i - 1).getFileName()), parts.get(i - 1));
      }
    }
  }

  @Test
  void saysOfAZipArchive_whatToDoWithIt() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("capture.jsonl"));
      zip.write(CALL.getBytes(StandardCharsets.UTF_8));
    }
    for (byte[] file : List.of(out.toByteArray(), gzip(out.toByteArray()))) {
      List<Outcome> damage = new ArrayList<>();
      assertThat(read(file, Limits.defaults(), damage)).isEmpty();
      assertThat(damage)
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.Rejected.class,
              rejected -> {
                assertThat(rejected.letter().getReason()).isEqualTo("damaged-file");
                assertThat(rejected.letter().getDetail())
                    .startsWith("the file is a ZIP archive or an Excel workbook;")
                    .contains("unpack the archive");
              });
    }
  }

  @Test
  void readsAMessageALine_withItsLine() {
    String lines =
        "\ufeff" + CALL + "\r\n\r\n  " + LINK + "\r\n{\"records\":[" + CALL + "," + CALL + "]}";
    assertThat(messages(lines))
        .containsExactly(
            "1#0 " + CALL, "3#0 " + LINK, "4#0 {\"records\":[" + CALL + "," + CALL + "]}");
    assertThat(messages(lines + "\r\n" + lines + "\r\n\ufeff")).hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"records\":[%s]}",
        "[%s]",
        "[{\"records\":[%s]}]",
        "{\"count\":2,\n\"records\":\n[\n%s\n]\n}"
      })
  void readsADocument_printedOverLines(String form) {
    String pretty = pretty(CALL);
    String document = "\n" + form.formatted(pretty + ",\n" + pretty) + "\n";
    assertThat(outcomes(document, Limits.defaults())).containsExactly("call-1@0", "call-1@1");
    assertThat(messages(document)).singleElement().asString().startsWith("2#0 ");
    assertThat(outcomes(pretty(CALL) + "\n" + pretty(SIGN_IN), Limits.defaults()))
        .containsExactly("call-1@0", Records.GUID + "@0");
    assertThat(
            outcomes(
                "\ufeff" + pretty(CALL) + "\r\n\ufeff" + pretty(SIGN_IN) + "\ufeff",
                Limits.defaults()))
        .containsExactly("call-1@0", Records.GUID + "@0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"records\":[%s]}",
        "[%s]",
        "{\"records\":\n[\n%s\n]\n}",
        "[\n%s\n]\n",
        "[{\"records\":[%s]}]"
      })
  void handsOutALargeDocument_recordByRecord(String form) {
    List<String> records = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      records.add(CALL.replace("call-1", "call-" + i));
      expected.add("call-" + i + "@" + i);
    }
    String document = form.formatted(String.join(form.contains("\n") ? ",\n" : ",", records));
    assertThat(outcomes(document, SMALL)).isEqualTo(expected);
    assertThat(outcomes(document + "\n" + document, SMALL)).hasSize(1000);
    assertThat(outcomes("\ufeff" + document + "\n\ufeff" + document, SMALL)).hasSize(1000);
    assertThat(read(document, SMALL)).allSatisfy(m -> assertThat(m.body().length).isLessThan(2010));
  }

  @Test
  void rejectsARecordThatIsTooLarge_andReadsOn() {
    String large = "{\"category\":\"X\",\"a\":[" + "1,".repeat(1500) + "1]}";
    String ending = "," + CALL + "]}";
    String filler = CALL + "," + CALL + "," + CALL + "," + CALL + ",";
    assertThat(outcomes("{\"records\":[" + filler + large + ending, SMALL))
        .containsExactly("call-1@0", "call-1@1", "call-1@2", "call-1@3", "too-large", "call-1@5");
    assertThat(outcomes(CALL + "\n" + large + "\n" + CALL, SMALL))
        .containsExactly("call-1@0", "too-large", "call-1@0");
    assertThat(outcomes("x".repeat(9000) + "\n" + CALL, SMALL))
        .containsExactly("too-large", "call-1@0");
  }

  @Test
  void readsByLines_thoughTheFirstIsDamaged() {
    for (String first :
        List.of(
            "{\"time\":\"2025",
            "{\"a\":",
            "{\"a\":[",
            "[",
            "garbage",
            "{\"a\":1},",
            "}",
            "\u0000\u0001")) {
      assertThat(outcomes(first + "\n" + CALL + "\n" + CALL + "\n", Limits.defaults()))
          .as(first)
          .endsWith("call-1@0", "call-1@0")
          .hasSize(3);
    }
  }

  @Test
  void readsADamagedDocument_asFarAsRecordsAreWhole() {
    String document =
        "{\n\"records\":\n[\n" + pretty(CALL) + ",\n{\"a\": oops\n},\n" + pretty(CALL) + "\n]\n}\n";
    assertThat(outcomes(document, Limits.defaults()))
        .containsExactly("call-1@0", "not-json", "call-1@2");
    assertThat(outcomes(document.substring(0, document.length() - 40), Limits.defaults()))
        .containsExactly("call-1@0", "not-json", "not-json");
  }

  @ParameterizedTest
  @ValueSource(ints = {1998, 1999, 2000, 2001})
  void readsOn_afterALargeRecordWithAnEscapeAtTheLimit(int escapeAt) {
    String head = "{\"category\":\"X\",\"a\":\"";
    String large =
        head + "x".repeat(escapeAt - head.length()) + "\\\"" + "x".repeat(80_000) + "\"}";
    String records = (CALL + ",").repeat(300);
    byte[] document =
        ("{\"records\":[" + records + large + "," + CALL + "]}").getBytes(StandardCharsets.UTF_8);
    InputStream byBytes =
        new ByteArrayInputStream(document) {
          @Override
          public int read(byte[] into, int from, int most) {
            return super.read(into, from, Math.min(most, 1));
          }
        };
    assertThat(outcomes(byBytes, SMALL)).hasSize(302).endsWith("too-large", "call-1@301");
  }

  @Test
  void readsTheNextLine_afterALargeOneThatEndsWithinAnEscape() {
    String cut = "{\"category\":\"X\",\"a\":\"" + "x".repeat(3_000) + "\\\n";
    assertThat(outcomes(CALL + "\n" + cut + CALL + "\n" + CALL + "\n", SMALL))
        .containsExactly("call-1@0", "too-large", "call-1@0", "call-1@0");
  }

  @Test
  void findsTheNextRecord_afterOneWithoutEndInALargeDocument() {
    String records = (CALL + ",").repeat(20);
    String damaged = "{\"text\":\"stray\"\"},";
    List<String> words =
        outcomes("{\"records\":[" + records + damaged + records + CALL + "]}", SMALL);
    assertThat(words.stream().filter(word -> word.startsWith("call-1"))).hasSize(41);
    assertThat(words.stream().filter(word -> word.equals("not-json"))).hasSize(1);
  }

  @Test
  void saysThatALargeDocumentWasCut() {
    String cut = "{\"records\":[" + (CALL + ",").repeat(20);
    assertThat(outcomes(cut, SMALL)).hasSize(21).endsWith("not-json");
    assertThat(outcomes(cut + CALL.substring(0, 50), SMALL)).hasSize(21).endsWith("not-json");
  }

  @Test
  void readsCompressedFiles_concatenatedOnesToo() throws IOException {
    byte[] one = (CALL + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] gzip = gzip(one);
    byte[] zstd = Zstd.compress(one);
    assertThat(outcomes(gzip, Limits.defaults())).containsExactly("call-1@0");
    assertThat(outcomes(join(gzip, gzip, new byte[20]), Limits.defaults())).hasSize(2);
    assertThat(outcomes(join(zstd, zstd), Limits.defaults())).hasSize(2);
    assertThat(outcomes(gzip(zstd), Limits.defaults())).hasSize(1);
  }

  @Test
  void readsWhatADamagedCompressionLeaves_andSaysSoOnce() throws IOException {
    StringBuilder lines = new StringBuilder();
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      lines.append(CALL.replace("call-1", "call-" + random.nextLong())).append('\n');
    }
    byte[] plain = lines.toString().getBytes(StandardCharsets.UTF_8);
    for (byte[] packed : List.of(gzip(plain), Zstd.compress(plain))) {
      List<String> words = outcomes(Arrays.copyOf(packed, packed.length / 2), Limits.defaults());
      assertThat(words.stream().filter(word -> word.startsWith("call-")).count())
          .isGreaterThan(500);
      assertThat(words.stream().filter(word -> word.equals("damaged-file"))).hasSize(1);
    }
    byte[] second = join(gzip(plain), gzip(plain));
    second[second.length / 2 + 100] ^= 0x55;
    assertThat(outcomes(second, Limits.defaults()))
        .contains("damaged-file")
        .hasSizeGreaterThan(3000);
    assertThat(outcomes(join(gzip(plain), new byte[] {7}), Limits.defaults()))
        .hasSize(3001)
        .endsWith("damaged-file");
  }

  @Test
  void endsQuietly_onAnyFlippedFile() throws IOException {
    byte[] plain = (CALL + "\n" + SIGN_IN + "\n").getBytes(StandardCharsets.UTF_8);
    Random random = new Random(11);
    for (byte[] packed : List.of(plain, gzip(plain), Zstd.compress(plain))) {
      for (int i = 0; i < 500; i++) {
        byte[] flipped = packed.clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        assertThat(outcomes(flipped, Limits.defaults())).isNotNull();
      }
    }
  }

  @Test
  void walksAFolder_inOrder_withoutWhatIsNoCapture() throws IOException {
    Files.createDirectories(folder.resolve("b/.hidden"));
    for (String name :
        List.of("b/2.json", "a.jsonl", "b/1", "README.md", "x.MMDB", ".secret", "b/.hidden/c")) {
      Files.writeString(folder.resolve(name), CALL);
    }
    Files.writeString(folder.resolve("networks.csv"), "cidr,class\n10.0.0.0/8,corporate\n");
    List<String> files = new ArrayList<>();
    new CaptureFiles(Limits.defaults())
        .read(
            List.of(folder + "/", folder.resolve("README.md").toString()),
            InputStream.nullInputStream(),
            message -> files.add(String.valueOf(message.where().getFile())),
            damage -> files.add("damage"),
            bytes -> {});
    String base = folder.toString().replace('\\', '/');
    assertThat(files)
        .containsExactly(base + "/a.jsonl", base + "/b/1", base + "/b/2.json", base + "/README.md");
  }

  @Test
  void walksAFolder_thatIsALink() throws IOException {
    Path captures = Files.createDirectories(folder.resolve("2026/11"));
    Files.writeString(captures.resolve("a.jsonl"), CALL);
    Path link = Files.createSymbolicLink(folder.resolve("latest"), folder.resolve("2026"));

    assertThat(CaptureFiles.files(List.of(link.toString())))
        .containsExactly(link.resolve("11/a.jsonl"));
  }

  @Test
  void tellsHowMuchItHasRead_andHowMuchThereIs() throws IOException {
    Files.writeString(folder.resolve("a"), CALL);
    Files.write(folder.resolve("b"), gzip(CALL.getBytes(StandardCharsets.UTF_8)));
    long[] last = {0};
    CaptureFiles files = new CaptureFiles(Limits.defaults());
    files.read(
        List.of(folder.toString()),
        InputStream.nullInputStream(),
        message -> {},
        outcome -> {},
        bytes -> last[0] = bytes);
    assertThat(last[0]).isEqualTo(files.totalBytes(List.of(folder.toString()))).isPositive();
    assertThat(files.totalBytes(List.of("-"))).isEqualTo(-1);
    assertThat(files.totalBytes(List.of("missing"))).isEqualTo(-1);
  }

  @Test
  void namesTheCause_whenAFileCannotBeOpened() {
    Path gone = folder.resolve("gone.jsonl");
    assertThatThrownBy(() -> new CaptureFiles(SMALL).readWalked(gone, message -> {}, outcome -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "gone.jsonl\" could not be read (NoSuchFileException); check the path");
  }

  @Test
  void saysWhichPathIsMissing_beforeItReadsAny() {
    List<SourceMessage> read = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new CaptureFiles(Limits.defaults())
                    .read(
                        List.of("-", "no/such\nfile"),
                        new ByteArrayInputStream(CALL.getBytes(StandardCharsets.UTF_8)),
                        read::add,
                        outcome -> {},
                        bytes -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "could not read the capture: \"no/such\\nfile\" does not exist; check the path, and give this process read access");
    assertThat(read).isEmpty();
  }

  @Test
  void says_howToCompressAFileWhoseWindowIsTooLarge() throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    read(Packed.zstd(new byte[50_000_000], 27), Limits.defaults(), outcomes);
    assertThat(outcomes)
        .singleElement(as(type(Outcome.Rejected.class)))
        .extracting(rejected -> rejected.letter().getDetail(), as(STRING))
        .startsWith("the rest of the file is not read: ")
        .endsWith("; compress it with a window of at most 8 MiB");
  }

  @Test
  void throwsWhatTheDiskThrows() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }

          @Override
          public int read(byte[] into, int from, int most) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(
            () ->
                new CaptureFiles(Limits.defaults())
                    .read(List.of("-"), broken, message -> {}, outcome -> {}, bytes -> {}))
        .hasMessage("disk on fire");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lines", "gzip", "capture", "table"})
  void passesOnNothing_thatAFailureOfTheDiskMayHaveChanged(String form) {
    String lines = CALL + "\n" + SIGN_IN + "\n" + LINK + "\n";
    byte[] file =
        switch (form) {
          case "gzip" -> Packed.gzip(lines.getBytes(StandardCharsets.UTF_8));
          case "capture" ->
              Packed.container(
                  Packed.EVENT_DATA,
                  "null",
                  Packed.block(1, Packed.event(CALL)),
                  Packed.block(2, Packed.join(Packed.event(SIGN_IN), Packed.event(LINK))));
          case "table" ->
              ("TimeGenerated,CorrelationId,ApiId,ResponseCode\n"
                      + "2025-11-14T14:00:30Z,c-1,orders,200\n".repeat(9))
                  .getBytes(StandardCharsets.UTF_8);
          default -> lines.getBytes(StandardCharsets.UTF_8);
        };
    List<String> whole = new ArrayList<>();
    assertThat(entries(new ByteArrayInputStream(file), whole)).isNull();
    for (int at = 0; at <= file.length; at++) {
      List<String> before = new ArrayList<>();
      assertThat(entries(failingOnceAt(file, at), before)).as("byte %d", at).isNotNull();
      assertThat(before)
          .as("byte %d", at)
          .isEqualTo(whole.subList(0, Math.min(before.size(), whole.size())));
    }
  }

  /** Adds what a file has to a list, and returns the failure that ended the reading, or null. */
  private static @Nullable IOException entries(InputStream file, List<String> entries) {
    try {
      new CaptureFiles(SMALL)
          .read(
              List.of("-"),
              file,
              message -> entries.add(new String(message.body(), StandardCharsets.UTF_8)),
              damage -> entries.add(damage.toString()),
              bytes -> {});
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  /** Returns the bytes of a file; the first read at a position fails. */
  private static InputStream failingOnceAt(byte[] file, int at) {
    return new InputStream() {
      private int next;
      private boolean failed;

      @Override
      public int read() {
        throw new AssertionError("bytes are read singly");
      }

      @Override
      public int read(byte[] into, int from, int most) throws IOException {
        if (!failed && next == at) {
          failed = true;
          throw new IOException("the share is gone");
        }
        int count = Math.min(most, (failed ? file.length : at) - next);
        System.arraycopy(file, next, into, from, count);
        next += count;
        return count > 0 ? count : -1;
      }
    };
  }

  static List<SourceMessage> read(byte[] file, Limits limits, List<Outcome> damage) {
    return read(new ByteArrayInputStream(file), limits, damage);
  }

  private static List<SourceMessage> read(InputStream file, Limits limits, List<Outcome> damage) {
    List<SourceMessage> messages = new ArrayList<>();
    try {
      new CaptureFiles(limits).read(List.of("-"), file, messages::add, damage::add, b -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return messages;
  }

  /** Reads a file and its messages; damage to the file itself comes last. */
  static List<String> outcomes(byte[] file, Limits limits) {
    return outcomes(new ByteArrayInputStream(file), limits);
  }

  private static List<String> outcomes(InputStream file, Limits limits) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Outcome> damage = new ArrayList<>();
    MessageReader reader = new MessageReader(limits);
    for (SourceMessage message : read(file, limits, damage)) {
      reader.read(message, outcomes::add);
    }
    outcomes.addAll(damage);
    return Records.words(outcomes);
  }

  private static List<String> outcomes(String file, Limits limits) {
    return outcomes(file.getBytes(StandardCharsets.UTF_8), limits);
  }

  private static List<SourceMessage> read(String file, Limits limits) {
    return read(file.getBytes(StandardCharsets.UTF_8), limits, new ArrayList<>());
  }

  private static List<String> messages(String file) {
    return read(file, Limits.defaults()).stream()
        .map(
            message ->
                message.where().getPosition()
                    + "#"
                    + message.where().getIndex()
                    + " "
                    + new String(message.body(), StandardCharsets.UTF_8))
        .toList();
  }

  private static String pretty(String json) {
    return json.replace(",\"", ",\n  \"").replace("{", "{\n  ").replace("}", "\n}");
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
