package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lockstep.app.terminal.OperatorException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StateFolderTest {
  @TempDir Path parent;

  @Test
  void isAnotherOne_whileTheFirstIsHeld_andTheSameAfterARestart() {
    Path first;
    String id;
    try (StateFolder one = StateFolder.take(parent);
        StateFolder two = StateFolder.take(parent)) {
      first = one.path();
      id = one.instanceId();
      assertThat(two.path()).isNotEqualTo(first).hasParent(parent);
      assertThat(two.instanceId()).isNotEqualTo(id);
    }
    try (StateFolder again = StateFolder.take(parent)) {
      assertThat(again.path()).isEqualTo(first);
      assertThat(again.instanceId()).isEqualTo(id);
    }
  }

  @ParameterizedTest
  @MethodSource("damagedIds")
  void makesANewId_whereTheOldOneIsDamaged(byte[] damaged) throws Exception {
    Path folder;
    try (StateFolder first = StateFolder.take(parent)) {
      folder = first.path();
    }
    Files.write(folder.resolve("instance-id"), damaged);
    String id;
    try (StateFolder second = StateFolder.take(parent)) {
      id = second.instanceId();
    }
    try (StateFolder third = StateFolder.take(parent)) {
      assertThat(third.instanceId()).isEqualTo(id).hasSize(36);
    }
  }

  static Stream<byte[]> damagedIds() {
    return Stream.of(new byte[0], new byte[37], new byte[] {(byte) 0xff, (byte) 0xfe});
  }

  @Test
  void removesTheStateOfTasks_andNothingElse_afterAnEndThatWasNotClean() throws Exception {
    Path folder;
    try (StateFolder first = StateFolder.take(parent)) {
      folder = first.path();
      first.recordEnd("a test");
    }
    Path store = folder.resolve("lockstep.detect/1_3/rocksdb/findings");
    Files.createDirectories(store);
    Files.writeString(store.resolve("CURRENT"), "x");
    Path identity = folder.resolve("lockstep.detect/kafka-streams-process-metadata");
    Files.writeString(identity, "{}");
    Files.createDirectories(folder.resolve("other/1_3_4"));
    try (StateFolder second = StateFolder.take(parent)) {
      assertThat(second.path().resolve("lockstep.detect/1_3")).doesNotExist();
      assertThat(identity).exists();
      assertThat(folder.resolve("other/1_3_4")).exists();
    }
    Files.createDirectories(store);
    try (StateFolder third = StateFolder.take(parent)) {
      assertThat(third.path().resolve("lockstep.detect/1_3")).exists();
    }
  }

  @Test
  void removesTheStateOfTasks_whoseChangelogsAreAllGone_only() throws Exception {
    Map<String, String> here = Map.of("a-x-changelog", "one/1", "a-y-changelog", "one/2");
    try (StateFolder folder = StateFolder.take(parent)) {
      Path task = Files.createDirectories(folder.path().resolve("lockstep.detect/1_3"));
      folder.removeUnlessOf("a", here);
      assertThat(task).as("state of an earlier version").exists();
      folder.recordChangelogs(here);
      folder.removeUnlessOf("a", here);
      folder.removeUnlessOf("a", Map.of("a-x-changelog", "one/1", "a-y-changelog", "one/3"));
      assertThat(task).as("one changelog is there").exists();
      folder.removeUnlessOf("a", Map.of("a-x-changelog", "two/1", "a-y-changelog", "two/2"));
      assertThat(task).doesNotExist();
      Files.createDirectories(task);
      folder.recordChangelogs(here);
      folder.removeUnlessOf("a", Map.of());
      assertThat(task).as("an empty cluster").doesNotExist();
    }
  }

  @Test
  void keepsTheStateOfTasks_whoseRecordOfChangelogsIsDamagedOrOfAnotherPrefix() throws Exception {
    Map<String, String> before = Map.of("a-x-changelog", "one/1");
    try (StateFolder folder = StateFolder.take(parent)) {
      Path task = Files.createDirectories(folder.path().resolve("a/1_3"));
      folder.recordChangelogs(before);
      folder.removeUnlessOf("b", Map.of());
      assertThat(task).as("another topicPrefix").exists();
      Path file = folder.path().resolve("changelogs");
      for (String damaged : List.of("", "a-x-chang", "a-x-changelog one", "a-\u0000\n\u00ff")) {
        Files.writeString(file, damaged, StandardCharsets.ISO_8859_1);
        folder.removeUnlessOf("a", before);
        assertThat(task).as(damaged).exists();
      }
      folder.recordChangelogs(before);
      folder.removeUnlessOf("a", Map.of());
      assertThat(task).doesNotExist();
    }
  }

  @Test
  void saysWhyItCannotBeUsed() throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "x");
    assertThatThrownBy(() -> StateFolder.take(file))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("/file\" cannot be used (FileAlreadyExistsException \"");
  }

  @Test
  void saysThatAFolderBelowCannotBeRead() throws Exception {
    Path below;
    try (StateFolder first = StateFolder.take(parent)) {
      below = Files.createDirectories(first.path().resolve("below"));
    }
    Files.setPosixFilePermissions(below, Set.of());
    assumeFalse(Files.isReadable(below), "root reads every folder");
    assertThatThrownBy(() -> StateFolder.take(parent))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("cannot be used (AccessDeniedException \"");
  }

  @Test
  void keepsItsMarkerAfterAnEndThatIsNotClean_only() {
    Path marker;
    try (StateFolder clean = StateFolder.take(parent)) {
      marker = clean.path().resolve(RunMarker.FILE);
      assertThat(marker).exists();
    }
    assertThat(marker).doesNotExist();
    try (StateFolder failing = StateFolder.take(parent)) {
      failing.recordEnd("out of memory");
    }
    assertThat(marker).exists();
  }

  @Test
  void namesACopyOfTheFolder_whereAnotherProcessHasItsId() {
    try (StateFolder held = StateFolder.take(parent)) {
      assertThat(held.sharedId(new KafkaException("x", new FencedInstanceIdException("fenced"))))
          .contains(
              held.path().toString(), "copied to another machine", "delete the file instance-id");
      assertThat(held.sharedId(new KafkaException("x", new TimeoutException("late")))).isNull();
    }
  }

  @Test
  void saysThatItsFilesAreGone_whereTheyAreDeletedWhileItIsHeld() throws Exception {
    try (StateFolder held = StateFolder.take(parent)) {
      assertThat(held.goneProblem()).isNull();
      try (Stream<Path> below = Files.walk(held.path())) {
        for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
      assertThat(held.goneProblem())
          .contains(held.path().toString(), "are gone: they were deleted", "restart this instance");
      assertThat(held.fullProblem()).as("room on the disk changes nothing").isNull();
    }
  }

  @Test
  void saysThatTheFolderOfKafkaStreamsIsGone_whereOnlyThatIsDeleted() throws Exception {
    try (StateFolder held = StateFolder.take(parent)) {
      held.watch("lockstep.detect");
      assertThat(held.goneProblem()).as("no store is on disk").isNull();
      Path streams = Files.createDirectories(held.path().resolve("lockstep.detect"));
      Path file = Files.createFile(streams.resolve("kafka-streams-process-metadata"));
      held.watch("lockstep.detect");
      assertThat(held.goneProblem()).isNull();
      Files.delete(file);
      Files.delete(streams);
      assertThat(held.goneProblem())
          .contains(streams.toString(), "are gone", "restart this instance");
      assertThat(held.fullProblem()).as("room on the disk changes nothing").isNull();
    }
  }
}
