package dev.lockstep.sentinel.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.sentinel.delivery.FakeTime;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {
  private static final Instant NOW = FakeTime.START;
  private static final long LARGE = 1L << 30;

  @TempDir private Path folder;
  private FileSink sink = new FileSink("archive", RowFormat.PLAIN, Path.of("unused"), LARGE, false);

  @AfterEach
  void close() {
    sink.close();
  }

  private Path path() {
    return folder.resolve("detections.jsonl");
  }

  private void open(long rotateBytes, boolean daily) {
    sink.close();
    sink = new FileSink("archive", RowFormat.PLAIN, path(), rotateBytes, daily);
  }

  private Answer send(Instant at, String... ids) {
    List<Row> rows = Arrays.stream(ids).map(id -> sink.row(Findings.small(id, 1))).toList();
    return sink.send(rows, at);
  }

  private static String line(String id) {
    return AvroJson.of(Findings.small(id, 1));
  }

  @Test
  void appendsALineADetection_asAReplayPrintsIt() throws IOException {
    open(LARGE, false);
    assertThat(send(NOW, "a", "b").kind()).isEqualTo(AnswerClass.TAKEN);
    open(LARGE, false);
    assertThat(send(NOW, "c").kind()).isEqualTo(AnswerClass.TAKEN);
    assertThat(Files.readAllLines(path())).containsExactly(line("a"), line("b"), line("c"));
  }

  @Test
  void writesFindingsOfOcsf_whereThatIsTheFormat() throws IOException {
    sink.close();
    sink = new FileSink("archive", RowFormat.OCSF, path(), LARGE, false);
    send(NOW, "a");
    assertThat(Files.readString(path()))
        .contains("\"class_uid\":2004")
        .contains("\"uid\":\"a\"")
        .endsWith("\n");
  }

  @Test
  void takesOutTheLineThatACrashTore() throws IOException {
    String torn = line("torn").repeat(100); // longer than one piece that is looked through
    Files.writeString(path(), line("a") + "\n" + torn.substring(0, torn.length() - 1));
    open(LARGE, false);
    send(NOW, "b");
    assertThat(Files.readAllLines(path())).containsExactly(line("a"), line("b"));
  }

  @Test
  void beginsFromNothing_whereAllIsOneTornLine() throws IOException {
    Files.writeString(path(), "x".repeat(20_000));
    open(LARGE, false);
    send(NOW, "b");
    assertThat(Files.readAllLines(path())).containsExactly(line("b"));
  }

  @Test
  void beginsAnotherBesideTheFile_whereItsPathIsALink() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path file = disk.resolve("rows.jsonl");
    Files.createSymbolicLink(path(), file);
    open(1, false);
    send(NOW, "a");
    send(NOW, "b");
    assertThat(path()).isSymbolicLink();
    assertThat(Files.readAllLines(file)).containsExactly(line("b"));
    assertThat(Files.list(disk)).hasSize(2);
    assertThat(Files.list(folder)).containsExactlyInAnyOrder(path(), disk);
  }

  @Test
  void saysToMakeRoom_whereTheFileCannotBeCreated() {
    open(LARGE, false);
    assertThat(sink.fix(AnswerClass.MISCONFIGURED)).contains("its disk has room");
  }

  @Test
  void beginsAnother_whenItIsLarge() throws IOException {
    open(2L * line("a").length() + 2, false);
    send(NOW, "a");
    send(NOW, "b");
    send(NOW, "c");
    send(NOW, "d");
    send(NOW, "e");
    assertThat(files())
        .containsExactly(
            "detections-2026-11-02T09-00-00Z-2.jsonl",
            "detections-2026-11-02T09-00-00Z.jsonl",
            "detections.jsonl");
    assertThat(Files.readAllLines(folder.resolve("detections-2026-11-02T09-00-00Z-2.jsonl")))
        .containsExactly(line("c"), line("d"));
    assertThat(Files.readAllLines(path())).containsExactly(line("e"));
  }

  @Test
  void beginsAnother_withEachDay() throws IOException {
    open(LARGE, true);
    send(NOW, "a");
    send(NOW.plus(Duration.ofHours(14)), "b");
    send(NOW.plus(Duration.ofHours(15)), "c");
    assertThat(files())
        .containsExactly("detections-2026-11-03T00-00-00Z.jsonl", "detections.jsonl");
    assertThat(Files.readAllLines(path())).containsExactly(line("c"));
  }

  @Test
  void followsThePath_whenSomebodyMovesTheFile() throws IOException {
    open(LARGE, false);
    send(NOW, "a");
    Files.move(path(), folder.resolve("moved.jsonl"));
    send(NOW, "b");
    assertThat(Files.readAllLines(path())).containsExactly(line("b"));
  }

  @Test
  void letsNobodyElseWrite() throws IOException {
    open(LARGE, false);
    send(NOW, "a");
    try (FileSink other = new FileSink("other", RowFormat.PLAIN, path(), LARGE, false)) {
      Answer answer = other.send(List.of(other.row(Findings.small("b", 1))), NOW);
      assertThat(answer.kind()).isEqualTo(AnswerClass.MISCONFIGURED);
      assertThat(answer.message())
          .contains("another process, or another sink of this process, has this file open");
    }
    assertThat(Files.readAllLines(path())).containsExactly(line("a"));
  }

  @Test
  void saysThatTheFolderIsNotThere_andGoesOnWhenItIs() throws IOException {
    sink = new FileSink("archive", RowFormat.PLAIN, folder.resolve("later/x.jsonl"), LARGE, false);
    Answer answer = send(NOW, "a");
    assertThat(answer.kind()).isEqualTo(AnswerClass.MISCONFIGURED);
    assertThat(answer.message()).contains("later");
    Files.createDirectory(folder.resolve("later"));
    assertThat(send(NOW, "a").kind()).isEqualTo(AnswerClass.TAKEN);
  }

  @Test
  void refusesADevice_whichCannotBeSynced() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.isWritable(device), "no /dev/null here");
    sink = new FileSink("archive", RowFormat.PLAIN, device, LARGE, false);
    Answer answer = send(NOW, "a");
    assertThat(answer.kind()).isEqualTo(AnswerClass.MISCONFIGURED);
    assertThat(answer.message())
        .contains("/dev/null: this is not a regular file, so no lines can be appended to it");
  }

  @Test
  void refusesANamedPipe() throws Exception {
    Process made = new ProcessBuilder("mkfifo", path().toString()).start();
    assumeTrue(made.waitFor() == 0, "no mkfifo here");
    open(LARGE, false);
    try (RandomAccessFile reader = new RandomAccessFile(path().toFile(), "rw")) {
      Answer answer = send(NOW, "a");
      assertThat(answer.kind()).isEqualTo(AnswerClass.MISCONFIGURED);
      assertThat(answer.message())
          .contains("this is not a regular file, so no lines can be appended to it");
      assertThat(reader.getChannel().isOpen()).isTrue();
    }
  }

  @Test
  void writesOnBehindWhatIsThere_andNeverOverIt() throws IOException {
    open(LARGE, false);
    send(NOW, "a");
    Files.writeString(path(), "note\n", StandardOpenOption.APPEND);
    send(NOW, "b");
    assertThat(Files.readAllLines(path())).containsExactly(line("a"), "note", line("b"));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
