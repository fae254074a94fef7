package dev.lockstep.app.wiring;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.file.FileAndFolder;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.rules.Setting;
import dev.lockstep.schemas.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Hash of the settings of an instance, by which the instances of one consumer group notice that
 * their settings differ. It is written as {@code settings-} with 12 hexadecimal digits.
 *
 * <p>It covers the rules with their settings and categories, the section {@code estate} of the
 * configuration, and the content of the files with networks, partners and exceptions. It also
 * covers which GeoIP databases are configured, and which optional logs may come from the sources.
 * Sigma rules are left out, because they change while an instance runs.
 */
public final class SettingsMark {
  private static final String WORD = "settings-";
  private static final int HASH_BYTES = 6;

  private SettingsMark() {}

  /**
   * Returns the hash of the settings that instances compare with one another, such as {@code
   * settings-3f9ac01b22d4}. The files that the configuration names have been read before, and are
   * read again for the hash.
   *
   * @throws UncheckedIOException if a file cannot be read any more
   */
  public static String of(Config config) {
    List<String> lines = new ArrayList<>();
    for (ConfiguredRule rule : config.rules().all()) {
      if (!(rule.entry().rule() instanceof SigmaSetRule)) {
        lines.add(line(rule));
      }
    }
    lines.add("caps %d %d".formatted(config.rules().setCap(), config.rules().repeatSeconds()));
    lines.add("bundled " + config.bundledNetworks());
    Config.Geoip geoip = config.geoip();
    lines.add("geoip " + (geoip.city() != null) + (geoip.asn() != null));
    if (geoip.anonymous() != null) {
      lines.add("geoip anonymous");
    }
    lines.add(Wiring.joinSettings(config).toString());
    estate(config.estate(), lines);
    MessageDigest hash = Sha256.digest();
    lines.forEach(each -> hash.update((each + "\n").getBytes(StandardCharsets.UTF_8)));
    try {
      config.networks().forEach(each -> add(hash, "networks", each));
      Path partners = config.partners();
      if (partners == null) {
        add(hash, "partners", null);
      } else {
        FileAndFolder.of(partners).files("partners").forEach(each -> add(hash, "partners", each));
      }
      Path exceptions = config.exceptions();
      if (exceptions != null && FileAndFolder.of(exceptions).exists()) {
        FileAndFolder.of(exceptions).files("exceptions").forEach(each -> add(hash, "", each));
      }
    } catch (FileProblemException e) {
      throw new UncheckedIOException(new IOException(e.getMessage(), e));
    }
    return WORD + HexFormat.of().formatHex(hash.digest(), 0, HASH_BYTES);
  }

  private static String line(ConfiguredRule rule) {
    StringBuilder line = new StringBuilder(rule.id());
    line.append(rule.settings().isEnabled()).append(rule.settings().isShadow());
    for (Setting setting : rule.info().settings()) {
      line.append(' ').append(setting.name()).append('=').append(rule.value(setting));
    }
    line.append(' ').append(new TreeSet<>(rule.info().categories()));
    var jar = rule.entry().jar();
    return line.append(jar == null ? "" : jar.sha256()).toString();
  }

  private static void estate(Estate estate, List<String> lines) {
    estate
        .gateways()
        .forEach(
            each ->
                lines.add(
                    "gateway %s %s %s %s"
                        .formatted(
                            each.name(),
                            new TreeSet<>(each.hosts()),
                            new TreeSet<>(each.resourceIds()),
                            new TreeSet<>(each.frontDoorIds()))));
    estate.apis().forEach(each -> lines.add(each.toString()));
    estate
        .privileged()
        .forEach(
            each ->
                lines.add(
                    "privileged %s %s %s %s"
                        .formatted(
                            each.name(),
                            each.operations(),
                            new TreeSet<>(each.roles()),
                            new TreeSet<>(each.standing()))));
    estate.vaults().forEach(each -> lines.add(each.toString()));
  }

  private static void add(MessageDigest hash, String kind, @Nullable Path file) {
    hash.update((kind + (file == null ? " none\n" : "\n")).getBytes(StandardCharsets.UTF_8));
    if (file != null) {
      try {
        hash.update(Sha256.digest().digest(Files.readAllBytes(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
