package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.app.terminal.TimeText;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what an instance says of itself to Sentinel. */
final class HeartbeatReader {
  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofDays(1);

  private HeartbeatReader() {}

  static Config.@Nullable Heartbeat read(Section root, Map<String, String> variables) {
    if (root.isOff("heartbeat")) {
      return null;
    }
    Section section =
        root.section(
            "heartbeat", Keys.of("interval", "stream", "instance", "laggingAfter", "silentAfter"));
    ConfiguredValue stream = section.setting("stream");
    ConfiguredValue instance = section.setting("instance");
    return new Config.Heartbeat(
        duration(section, "interval", Duration.ofMinutes(5)),
        stream == null ? "Custom-LockstepHeartbeat_CL" : SentinelReader.stream(stream),
        instance == null ? pod(variables) : instance.text(),
        duration(section, "laggingAfter", Duration.ofMinutes(10)),
        duration(section, "silentAfter", Duration.ofHours(6)));
  }

  private static Duration duration(Section section, String key, Duration otherwise) {
    ConfiguredValue setting = section.setting(key);
    if (setting == null) {
      return otherwise;
    }
    Duration given = TimeText.duration(setting.text());
    if (given == null || given.compareTo(SHORTEST) < 0 || given.compareTo(LONGEST) > 0) {
      throw setting.bad("is no time from 10 s to a day", "give one like 30s, 5m or 2h");
    }
    return given;
  }

  /** Returns the name that a container has from outside, or null. */
  private static @Nullable String pod(Map<String, String> variables) {
    String named = variables.get("HOSTNAME");
    return named == null || named.isBlank() ? null : named;
  }
}
