package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalSorterTest {
  private static final Path FULL = Path.of("/dev/full");
  private static final byte[] LONGER_THAN_A_BUFFER = new byte[600_000];

  @TempDir Path parent;

  private ArrivalSorter sorter(long memoryBytes) {
    return new ArrivalSorter(parent.resolve("sort"), memoryBytes, Arrays::compareUnsigned);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void handsOutInOrder_whatFitsIntoMemoryAndWhatDoesNot_andLeavesNothingBehind()
      throws IOException {
    List<String> order = new ArrayList<>();
    try (ArrivalSorter sorter = sorter(1)) { // a run for each, and more than are merged at once
      for (int i = 0; i < 150; i++) {
        sorter.add((i * 37) % 50, bytes("item " + (i % 2)));
      }
      sorter.drain(
          (at, item) ->
              order.add("%03d %s".formatted(at, new String(item, StandardCharsets.UTF_8))));
    }
    assertThat(order).hasSize(150).isSorted();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void saysWhereRoomIsMissing_andTheMend_whereARunDoesNotFit() throws IOException {
    assumeTrue(Files.isWritable(FULL), "no /dev/full here");
    try (ArrivalSorter sorter = sorter(1)) {
      sorter.add(1, bytes("fits"));
      Files.createSymbolicLink(parent.resolve("sort").resolve("run-1"), FULL);
      assertThatThrownBy(() -> sorter.add(2, LONGER_THAN_A_BUFFER))
          .isInstanceOf(OperatorException.class)
          .hasMessageStartingWith("could not sort the input: temporary files in \"" + parent)
          .hasMessageContaining("No space left on device")
          .hasMessageEndingWith("-Djava.io.tmpdir=FOLDER");
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void closesEachRun_whereTheReceiverFailsOrARunIsCut() throws IOException {
    Path open = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(open), "no /proc here");
    try (ArrivalSorter sorter = sorter(1)) {
      sorter.add(1, bytes("first"));
      sorter.add(2, bytes("second"));
      assertThatThrownBy(
              () ->
                  sorter.drain(
                      (at, item) -> {
                        throw new IllegalStateException("no room");
                      }))
          .hasMessage("no room");
      assertThat(openRuns(open)).isEmpty();
      Files.write(parent.resolve("sort").resolve("run-1"), new byte[7]);
      assertThatThrownBy(() -> sorter.drain((at, item) -> {}))
          .isInstanceOf(OperatorException.class);
      assertThat(openRuns(open)).isEmpty();
    }
  }

  private List<Path> openRuns(Path open) throws IOException {
    List<Path> runs = new ArrayList<>();
    try (Stream<Path> files = Files.list(open)) {
      for (Path file : files.toList()) {
        try {
          runs.add(Files.readSymbolicLink(file));
        } catch (NoSuchFileException e) {
          continue; // another thread has closed it since
        }
      }
    }
    Path sorted = parent.toRealPath();
    runs.removeIf(run -> !run.startsWith(sorted));
    return runs;
  }

  @Test
  void saysSo_whereRunsCannotBeMerged() throws IOException {
    assumeTrue(Files.isWritable(FULL), "no /dev/full here");
    try (ArrivalSorter sorter = sorter(1)) {
      for (int i = 0; i < 65; i++) {
        sorter.add(i, bytes("item"));
      }
      Files.createSymbolicLink(parent.resolve("sort").resolve("run-65"), FULL);
      assertThatThrownBy(() -> sorter.drain((at, item) -> {}))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("No space left on device");
    }
    assertThat(parent).isEmptyDirectory();
  }
}
