package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.TimeText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reader of the section {@code heartbeat}, with the declaration of its keys. */
final class HeartbeatReader {
  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final ConfigKey<Duration> INTERVAL =
      duration("interval", "The time between two heartbeats.").byDefault("5m");
  private static final ConfigKey<String> STREAM =
      SentinelReader.stream(
              "stream",
              "The stream to which heartbeats are sent, by its name in the data collection rule of"
                  + " `sentinel.ruleId`.")
          .byDefault("Custom-LockstepHeartbeat_CL");
  private static final ConfigKey<String> INSTANCE =
      ConfigKey.text(
          "instance",
          "The name of this instance; by default the name of the container or the machine.");
  private static final ConfigKey<Duration> LAGGING_AFTER =
      duration(
              "laggingAfter",
              "The age of the newest record that was read, above which a source with unread records counts as lagging.")
          .byDefault("10m");
  private static final ConfigKey<Duration> SILENT_AFTER =
      duration("silentAfter", "The time without any arrival after which a source counts as silent.")
          .byDefault("6h");
  static final ConfigKeys KEYS =
      ConfigKeys.mapping(
              "heartbeat",
              "Heartbeats, which a running instance sends to Sentinel about itself and its"
                  + " sources.",
              List.of(INTERVAL, STREAM, INSTANCE, LAGGING_AFTER, SILENT_AFTER))
          .switchable()
          .readBy("run", "cost", "doctor");

  private HeartbeatReader() {}

  static Config.@Nullable Heartbeat read(Section root, Map<String, String> variables) {
    if (root.isOff(KEYS)) {
      return null;
    }
    Section section = root.section(KEYS);
    String instance = section.optional(INSTANCE);
    return new Config.Heartbeat(
        section.value(INTERVAL),
        section.value(STREAM),
        instance == null ? pod(variables) : instance,
        section.value(LAGGING_AFTER),
        section.value(SILENT_AFTER));
  }

  private static ConfigKey<Duration> duration(String name, String sentence) {
    return ConfigKey.text(
        name,
        "a time from 10 s to a day, such as `30s`, `5m` or `2h`",
        HeartbeatReader::parse,
        sentence);
  }

  private static Duration parse(ConfigValue setting) {
    Duration given = TimeText.duration(setting.text());
    if (given == null || given.compareTo(SHORTEST) < 0 || given.compareTo(LONGEST) > 0) {
      throw setting.bad("is not a time from 10 s to a day", "give a time like 30s, 5m or 2h");
    }
    return given;
  }

  private static @Nullable String pod(Map<String, String> variables) {
    String named = variables.get("HOSTNAME");
    return named == null || named.isBlank() ? null : named;
  }
}
