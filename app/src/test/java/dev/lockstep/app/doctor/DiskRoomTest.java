package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskRoomTest {
  private static final Path FOLDER = Path.of("/state");
  private static final long WHOLE = 8L << 30;
  private static final Path FILE = Path.of("/found.jsonl");

  private final CheckReport report = new CheckReport("it");

  @Test
  void failsWhereDetectStops_andWarnsBefore() {
    DiskRoom.ofState(report, FOLDER, WHOLE, (64L << 20) - 1);
    DiskRoom.ofState(report, FOLDER, WHOLE, 64L << 20);
    DiskRoom.ofState(report, FOLDER, WHOLE, 3L << 30);
    assertThat(report.lines())
        .extracting(CheckReport.Line::text)
        .containsExactly(
            "fail  it: \"/state\", its disk is full (63 MB left), so the role detect stops; make"
                + " room, and the role detect continues by itself",
            "warn  it: \"/state\", less than 1 GiB free; free disk space, or name a folder on a"
                + " larger disk",
            "ok    it: \"/state\", 3 GiB free");
  }

  @Test
  void aFileSystemWithoutAnyRoom_isNotCalledFull() {
    DiskRoom.ofState(report, FOLDER, 0, 0);
    assertThat(report.lines())
        .extracting(CheckReport.Line::text)
        .containsExactly(
            "fail  it: \"/state\" is on a file system that cannot store files; name another folder,"
                + " on a fast disk");
  }

  @Test
  void failsWhereABatchDoesNotFit_andWarnsBefore() {
    DiskRoom.ofFile(report, FILE, 61_000);
    DiskRoom.ofFile(report, FILE, 1L << 20);
    DiskRoom.ofFile(report, FILE, 64L << 20);
    assertThat(report.lines())
        .extracting(CheckReport.Line::text)
        .containsExactly(
            "fail  it: \"/found.jsonl\", its disk is full (59 KB left), so detections wait; make"
                + " room, and delivery continues by itself",
            "warn  it: \"/found.jsonl\", less than 64 MiB free on its disk; make room; detections"
                + " wait once there is none",
            "ok    it: \"/found.jsonl\" can be written to");
  }
}
