package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.Port;
import dev.lockstep.app.setting.Section;
import java.util.List;

/**
 * Reader of the section {@code metrics}, with the declaration of its keys. The section has the
 * address at which metrics and health are served.
 */
final class MetricsReader {
  private static final ConfigKey<String> HOST =
      ConfigKey.text("host", "The address at which metrics and health are served.")
          .byDefault("127.0.0.1");
  private static final ConfigKey<Integer> PORT =
      Port.listenKey("port", "The port; 0 takes a free one and prints it.")
          .byDefault(Config.Metrics.USUAL_PORT);
  static final ConfigKeys KEYS =
      ConfigKeys.mapping("metrics", "The address of metrics and health.", List.of(HOST, PORT))
          .readBy("run");

  private MetricsReader() {}

  static Config.Metrics read(Section root) {
    Section metrics = root.section(KEYS);
    return new Config.Metrics(metrics.value(HOST), metrics.value(PORT));
  }
}
