package dev.lockstep.app.config;

import dev.lockstep.app.file.RealPath;
import dev.lockstep.enrichment.file.FileAndFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders that a configuration names, such as networks and the files of secrets.
 *
 * @param keys key that names a path, by the path
 */
public record ConfiguredFiles(Map<Path, String> keys) {
  public ConfiguredFiles {
    keys = Map.copyOf(keys);
  }

  /**
   * Returns the configuration key that makes Lockstep read a file, or null if there is no such key.
   * The key names the file, or the file lies in a folder that is read for the key. A file that a
   * key names need not exist.
   */
  public @Nullable String keyOf(Path file) {
    Path real = RealPath.of(file);
    String found = null;
    for (Map.Entry<Path, String> each : keys.entrySet()) {
      Path named = each.getKey();
      if (real.equals(RealPath.of(named))) {
        return each.getValue();
      }
      if (isReadIn(FileAndFolder.of(named).folder(), real, endings(each.getValue()))) {
        found = each.getValue();
      }
    }
    return found;
  }

  private static List<String> endings(String key) {
    return switch (key) {
      case "rules.directories" -> List.of(".yml", ".jar", "placeholders.yaml");
      case "partners", "exceptions" -> List.of(".yml", ".yaml");
      default -> List.of();
    };
  }

  private static boolean isReadIn(Path folder, Path file, List<String> endings) {
    String name = file.toString();
    return endings.stream().anyMatch(name::endsWith)
        && Files.exists(file)
        && Files.isDirectory(folder)
        && file.startsWith(RealPath.of(folder));
  }
}
