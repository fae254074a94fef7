package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Check whether files of GeoIP databases were replaced after this instance read them. An instance
 * reads them at its start alone, so it needs a restart to use a newer database.
 */
final class GeoFileWatch {
  private final Map<String, Path> files = new LinkedHashMap<>();
  private final Map<String, Stamp> atStart = new LinkedHashMap<>();

  /** Size of a file and time of its last change, which show whether the file was replaced. */
  private record Stamp(long bytes, FileTime changedAt) {
    static @Nullable Stamp of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(now.size(), now.lastModifiedTime());
      } catch (IOException e) {
        return null; // a file that is away for a moment is not yet a newer one
      }
    }
  }

  /**
   * Creates the check, and records the present size and time of each file. Call this before the
   * files are read.
   */
  GeoFileWatch(Config.Geoip geoip) {
    put("city", geoip.city());
    put("asn", geoip.asn());
    put("anonymous", geoip.anonymous());
  }

  private void put(String key, @Nullable Path file) {
    if (file != null) {
      files.put(key, file);
      Stamp stamp = Stamp.of(file);
      if (stamp != null) {
        atStart.put(key, stamp);
      }
    }
  }

  /**
   * Returns a sentence for each database that this instance uses, with the day on which it was
   * built.
   *
   * @param builtAt build time of each database by its key, such as {@code city}
   */
  List<String> inUse(Map<String, Instant> builtAt) {
    List<String> inUse = new ArrayList<>();
    files.forEach(
        (key, file) ->
            inUse.add(
                "geoip.%s: this instance uses the database of the file %s, which was built on %s"
                    .formatted(key, Quoted.of(file), day(builtAt, key))));
    return inUse;
  }

  /**
   * Returns a message for each GeoIP file that has changed since this instance read the file. The
   * message contains the fix. Each file is reported once.
   *
   * @param builtAt build time of each database in use by its key, such as {@code city}
   */
  List<String> replaced(Map<String, Instant> builtAt) {
    List<String> replaced = new ArrayList<>();
    for (String key : List.copyOf(atStart.keySet())) {
      Path file = files.get(key);
      Stamp now = file == null ? null : Stamp.of(file);
      if (file != null && now != null && !now.equals(atStart.get(key))) {
        atStart.remove(key);
        replaced.add(
            "geoip.%s: the file %s has changed since this instance read it, and the database that was built on %s stays in use; restart this instance to use the new file"
                .formatted(key, Quoted.of(file), day(builtAt, key)));
      }
    }
    return replaced;
  }

  private static String day(Map<String, Instant> builtAt, String key) {
    Instant built = builtAt.get(key);
    return built == null ? "an unknown day" : built.atZone(ZoneOffset.UTC).toLocalDate().toString();
  }
}
