package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.wiring.ConnectionStringPlace;
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
      doctor.add(
          "source " + source.name(),
          into -> {
            check.look(into);
            warnOfOtherPlace(into, source);
            ClusterChecks.warnOfMisspelt(into, into.check() + " properties", source.properties());
          });
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

  /** Warns of a connection string that names another hub or namespace than the source does. */
  static void warnOfOtherPlace(CheckReport into, Config.Source source) {
    ConnectionStringPlace named = ConnectionStringPlace.of(source);
    if (named == null) {
      return;
    }
    if (named.hub() != null && !named.hub().equalsIgnoreCase(source.hub())) {
      into.warn(
          "the connection string is for the hub %s (its EntityPath), but the source has the hub %s"
              .formatted(Quoted.of(named.hub()), Quoted.of(source.hub())),
          "take the connection string of a policy of the hub that the source names, or of its"
              + " namespace, or correct the key \"hub\" of the source");
    }
    String namespace = source.namespace();
    if (namespace != null
        && !source.properties().values().containsKey("bootstrap.servers")
        && !named.namespace().equalsIgnoreCase(namespace)) {
      into.warn(
          "the connection string is for the namespace %s, but the source has the namespace %s; Lockstep reads the namespace of the connection string"
              .formatted(Quoted.of(named.namespace()), Quoted.of(namespace)),
          "take the connection string of the namespace that the source names, or remove the key"
              + " \"namespace\" of the source");
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
