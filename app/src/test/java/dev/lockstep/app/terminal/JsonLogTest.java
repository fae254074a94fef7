package dev.lockstep.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonLogTest {
  private static final String TIME = "2026-11-28T12:00:00.123+01:00";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ErrorOutput err = new ErrorOutput(new PrintStream(bytes, true, UTF_8));

  private List<JsonNode> written() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : bytes.toString(UTF_8).lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** Writes an entry as the logger does: its line, the stack, and a flush. */
  private void log(String line, @Nullable Throwable failure) {
    err.println(line);
    if (failure != null) {
      failure.printStackTrace(err);
    }
    err.flush();
  }

  @Test
  void isAnObjectForEachEntry_withTheStackInIt() throws IOException {
    err.json(InstantSource.fixed(Instant.parse("2026-11-28T13:00:00Z")));
    log(TIME + " [INFO] Service - source a: \"x\" - and [more]\u001b", null);
    log(TIME + " [ERROR] Forwarder - failed", new IllegalStateException("boom\nsecond"));
    log(TIME + " [WARN] Ingest - once more", null);
    List<JsonNode> lines = written();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).toString())
        .isEqualTo(
            "{\"time\":\"2026-11-28T11:00:00.123Z\",\"level\":\"INFO\",\"logger\":\"Service\","
                + "\"message\":\"source a: \\\"x\\\" - and [more]\\\\u001b\"}");
    assertThat(lines.get(1).path("message").textValue()).isEqualTo("failed");
    assertThat(lines.get(1).path("stack").textValue().lines().toList())
        .startsWith("java.lang.IllegalStateException: boom", "second")
        .anyMatch(line -> line.startsWith("\\tat ") || line.startsWith("\tat "));
    assertThat(lines.get(2).has("stack")).isFalse();
  }

  @Test
  void isAnErrorOfItsOwn_whereALineIsNoEntry() throws IOException {
    err.json(InstantSource.fixed(Instant.parse("2026-11-28T13:00:00Z")));
    err.println(
        "could not run: no sources [yet] - add one; AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0");
    err.println();
    JsonNode line = written().get(0);
    assertThat(written()).hasSize(1);
    assertThat(line.path("level").textValue()).isEqualTo("ERROR");
    assertThat(line.path("time").textValue()).isEqualTo("2026-11-28T13:00:00.000Z");
    assertThat(line.path("message").textValue())
        .startsWith("could not run: no sources")
        .doesNotContain("c2VjcmV0");
  }

  @Test
  void isText_unlessAskedFor() {
    log(TIME + " [INFO] Service - started", null);
    assertThat(bytes.toString(UTF_8).strip()).isEqualTo(TIME + " [INFO] Service - started");
  }
}
