package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.ConfigProblems;
import dev.lockstep.app.config.MissingExceptions;
import dev.lockstep.app.config.MissingNetworks;
import dev.lockstep.app.kafka.LocalStores;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.FileWarning;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Need;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks of the files and folders in a configuration. */
public final class FileChecks {
  /**
   * Age above which a GeoIP database is stale. The licence of GeoLite2 demands an update within 30
   * days of a release, and there are two releases a week.
   */
  private static final Duration STALE = Duration.ofDays(35);

  private static final Duration SOON = Duration.ofDays(14);

  private final Config config;
  private final InstantSource clock;

  public FileChecks(Config config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Adds the checks of the configured files and folders to a runner of checks. Files that the
   * configuration names wrongly are skipped.
   */
  public void addTo(CheckRunner doctor, ConfigProblems problems) {
    addDatabase(doctor, "geoip.city", config.geoip().city());
    addDatabase(doctor, "geoip.asn", config.geoip().asn());
    addDatabase(doctor, "geoip.anonymous", config.geoip().anonymous());
    add(doctor, problems, "networks", this::networks);
    add(doctor, problems, "partners", this::partners);
    if (config.exceptions() != null) {
      Path file = config.exceptions();
      doctor.add("exceptions", into -> exceptions(into, file));
    }
    doctor.add("kafka.stateDir", this::stateFolder);
  }

  private static void add(
      CheckRunner doctor, ConfigProblems problems, String section, CheckRunner.Check check) {
    doctor.add(
        section,
        problems.lacks(section) ? into -> into.skip("first fix its configuration", "") : check);
  }

  private void addDatabase(CheckRunner doctor, String key, @Nullable Path file) {
    if (file != null) {
      doctor.add(key, into -> database(into, key, file));
    }
  }

  private void database(CheckReport into, String key, Path file) throws IOException {
    into.begin("reading " + Quoted.of(file), "move the file to a faster disk");
    try (GeoDatabases databases =
        GeoDatabases.open(
            key.equals("geoip.city") ? file : null,
            key.equals("geoip.asn") ? file : null,
            key.equals("geoip.anonymous") ? file : null)) {
      for (Instant built : databases.builtAt().values()) {
        long days = Duration.between(built, clock.instant()).toDays();
        String what =
            "%s was built %s ago".formatted(Quoted.of(file), DisplayFormat.count(days, "day"));
        if (days > STALE.toDays()) {
          into.warn(
              what + ", and some addresses have moved since that day",
              "download a newer database (geoipupdate), at least once a month, and restart the"
                  + " service, which reads it at its start");
        } else {
          into.ok(what);
        }
      }
    } catch (FileProblemException e) {
      into.fail(OperatorException.of(e));
    }
  }

  private void networks(CheckReport into) {
    try {
      List<FileWarning> warnings = Networks.read(config.networks()).warnings();
      if (config.networks().isEmpty()) {
        into.warn(MissingNetworks.WHAT, MissingNetworks.fix());
        return;
      }
      warnings.forEach(warning -> into.warn(warning.what(), warning.fix()));
      if (!warnings.isEmpty()) {
        return;
      }
      into.ok(
          DisplayFormat.count(config.networks().size(), "file")
              + " read without a fault"
              + (config.bundledNetworks() ? ", and the bundled list of providers" : ""));
    } catch (FileProblemException e) {
      into.fail(OperatorException.of(e));
    }
  }

  private void partners(CheckReport into) {
    Path file = config.partners();
    if (file == null) {
      return; // the checks of rules report the consequence
    }
    try {
      Partners partners = Partners.read(file);
      partners.warnings().forEach(warning -> into.warn(warning.what(), warning.fix()));
      long learned = 0;
      for (Partner partner : partners.all()) {
        if (!partner.hasCidrs() && partner.networks().isEmpty()) {
          learned++;
          into.warn(
              "partner "
                  + Quoted.of(partner.id())
                  + " declares no network, so the partner's networks are learned first",
              "declare the partner's networks in its key \"cidrs\" or \"networks\", or wait until the"
                  + " partner has made calls on "
                  + DisplayFormat.count(daysToLearn(), "day"));
        }
      }
      if (partners.all().isEmpty()) {
        into.warn(
            Quoted.of(file) + " names no partner",
            "add the partners whose keys Lockstep should watch");
      } else if (learned == 0) {
        into.ok(
            DisplayFormat.count(partners.all().size(), "partner")
                + (partners.all().size() == 1 ? ", with networks" : ", each with networks"));
      }
    } catch (FileProblemException e) {
      into.fail(OperatorException.of(e));
    }
  }

  private int daysToLearn() {
    return config.rules().all().stream()
        .filter(rule -> rule.info().needs().contains(Need.PARTNERS))
        .mapToInt(rule -> rule.info().daysToLearn(rule.settings()))
        .max()
        .orElse(0);
  }

  private void exceptions(CheckReport into, Path file) {
    if (MissingExceptions.at(file)) {
      into.warn(MissingExceptions.what(file), MissingExceptions.fix());
      return;
    }
    try {
      Path registry = config.partners();
      Partners partners = registry == null ? Partners.none() : Partners.read(registry);
      List<ExceptionEntry> all = Exceptions.read(file, config.rules().ids(), partners).all();
      Instant now = clock.instant();
      int ending = 0;
      for (ExceptionEntry exception : all) {
        Instant end = Instant.ofEpochMilli(exception.expiresAt());
        if (end.isBefore(now.plus(SOON))) {
          ending++;
          into.warn(
              "exception %s of %s %s on %s"
                  .formatted(
                      exception.id(),
                      TextTable.shown(exception.owner()),
                      end.isAfter(now) ? "expires" : "expired",
                      end),
              "renew or remove it");
        }
      }
      if (ending == 0) {
        into.ok(all.size() + " in force");
      }
    } catch (FileProblemException e) {
      into.fail(OperatorException.of(e));
    }
  }

  private void stateFolder(CheckReport into) throws IOException {
    Path wanted = config.kafka().stateDir().toAbsolutePath();
    Path there = wanted;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null || !Files.isDirectory(there) || !Files.isWritable(there)) {
      Path at = there == null ? wanted : there;
      boolean isFile = there != null && !Files.isDirectory(there);
      String cause = Quoted.of(at) + (isFile ? " is a file" : " cannot be written to");
      into.fail(
          wanted.equals(at) ? cause : Quoted.of(wanted) + " cannot be created, because " + cause,
          (isFile ? "" : "grant write access, or ") + "name another folder, on a fast disk");
      return;
    }
    OperatorException refusal = there.equals(wanted) ? refusal(wanted) : null;
    if (refusal != null) {
      into.fail(refusal);
      return;
    }
    FileStore store = Files.getFileStore(there);
    DiskRoom.ofState(into, wanted, store.getTotalSpace(), store.getUsableSpace());
  }

  /**
   * Returns the reason why the start would refuse the state of an instance, or null if it would
   * refuse no state.
   */
  private static @Nullable OperatorException refusal(Path stateDir) throws IOException {
    List<Path> instances;
    try (Stream<Path> listed = Files.list(stateDir)) {
      instances =
          listed
              .filter(each -> each.getFileName().toString().startsWith("instance-"))
              .filter(each -> Files.isDirectory(each) && Files.isReadable(each))
              .sorted()
              .toList();
    }
    for (Path each : instances) {
      try {
        OperatorException refusal = LocalStores.refusal(each);
        if (refusal != null) {
          return refusal;
        }
      } catch (UncheckedIOException e) {
        continue; // a running service removes and creates stores meanwhile
      }
    }
    return null;
  }
}
