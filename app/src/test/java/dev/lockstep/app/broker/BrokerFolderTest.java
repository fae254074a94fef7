package dev.lockstep.app.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerFolderTest {
  @TempDir Path folder;

  @Test
  void keepsItsClusterId_fromOneOpeningToTheNext() {
    String first;
    try (BrokerFolder opened = BrokerFolder.open(folder.resolve("a/b"))) {
      first = opened.clusterId();
      assertThat(opened.unformatted()).isTrue();
    }
    try (BrokerFolder opened = BrokerFolder.open(folder.resolve("a/b"))) {
      assertThat(opened.clusterId()).isEqualTo(first);
    }
  }

  @Test
  void refusesAFolderOfSomethingElse_andLeavesItAlone() throws IOException {
    Files.writeString(folder.resolve("thesis.txt"), "mine");
    assertThatThrownBy(() -> BrokerFolder.open(folder))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(
            "has content, but no file lockstep-broker.id of a local broker; name an empty folder");
    try (var content = Files.list(folder)) {
      assertThat(content).containsExactly(folder.resolve("thesis.txt"));
    }
  }

  @Test
  void refusesLogsOfAnotherCluster() throws IOException {
    BrokerFolder.open(folder).close();
    Files.writeString(
        folder.resolve("log/meta.properties"), "version=1\nnode.id=1\ncluster.id=other\n");
    assertThatThrownBy(() -> BrokerFolder.open(folder))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("contains Kafka logs of cluster id \"other\"");
  }

  @Test
  void refusesAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> BrokerFolder.open(file))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("is a file; name a folder");
  }
}
