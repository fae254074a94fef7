package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;

/** Static methods that add the check of each configured source, by its type, to a runner. */
final class SourceChecks {
  private SourceChecks() {}

  /** Adds the check of each source to a runner of checks. Without any source it adds a warning. */
  static void addTo(
      CheckRunner doctor,
      Config config,
      ClusterChecks cluster,
      HubSample sample,
      InstantSource clock) {
    for (Config.Source source : config.sources()) {
      CheckRunner.Check check =
          switch (source.type()) {
            case EVENT_HUBS_KAFKA, KAFKA ->
                new KafkaSourceChecks(config, source, cluster.positions, sample, clock)::look;
            case EVENT_HUBS_AMQP -> into -> AmqpSourceChecks.look(into, source);
            case CAPTURE -> {
              Path folder = Objects.requireNonNull(source.capture()).folder();
              yield into -> lookAt(folder, into);
            }
          };
      doctor.add("source " + source.name(), check);
    }
    if (config.sources().isEmpty()) {
      doctor.add(
          "sources",
          into ->
              into.warn(
                  "the configuration has no source",
                  "add a source, or run without the role ingest"));
    }
  }

  private static void lookAt(Path folder, CheckReport into) {
    if (Files.isDirectory(folder) && Files.isReadable(folder)) {
      into.ok("the folder " + Quoted.of(folder) + " can be read");
    } else {
      into.fail(
          "the folder " + Quoted.of(folder) + " does not exist, or cannot be read",
          "fix the path, mount the folder, or grant read access");
    }
  }
}
