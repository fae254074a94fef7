package dev.lockstep.enrichment.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * YAML file that a person writes, and the folder beside it with the files that the command {@code
 * accept} adds. For example, {@code exceptions.d} is beside {@code exceptions.yaml}.
 *
 * @param file null where the folder alone is configured
 */
public record FileAndFolder(@Nullable Path file, Path folder) {

  private static final String FOLDER_END = ".d";

  /**
   * Returns the file and the folder that a configured path stands for. For {@code exceptions.yaml}
   * the folder is {@code exceptions.d}. If the path names a folder, there is no file. A path names
   * a folder if a folder is there, or if nothing is there and the path ends in {@code .d}.
   */
  public static FileAndFolder of(Path configured) {
    String name = String.valueOf(configured.getFileName());
    if (Files.isDirectory(configured) || (name.endsWith(FOLDER_END) && !Files.exists(configured))) {
      return new FileAndFolder(null, configured);
    }
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    return new FileAndFolder(configured, configured.resolveSibling(stem + FOLDER_END));
  }

  public boolean exists() {
    return (file != null && Files.exists(file)) || Files.isDirectory(folder);
  }

  /**
   * Returns the configured file, and then the YAML files of the folder in the order of their names.
   * A missing file is left out if the folder exists. A missing folder is left out if a file is
   * configured. Hidden files of the folder are left out.
   *
   * @throws FileProblemException if the folder cannot be read
   */
  public List<Path> files(String kind) throws FileProblemException {
    List<Path> files = new ArrayList<>();
    if (file != null && (Files.exists(file) || !Files.isDirectory(folder))) {
      files.add(file);
    }
    if (file == null || Files.isDirectory(folder)) {
      try (Stream<Path> listed = Files.list(folder)) {
        files.addAll(yaml(listed));
      } catch (IOException e) {
        throw unreadable(kind, e);
      }
    }
    return files;
  }

  /**
   * Returns the YAML files among the listed paths of a folder, sorted. A lazy listing can fail at
   * each path; then its {@code IOException} is thrown.
   */
  static List<Path> yaml(Stream<Path> listed) throws IOException {
    try {
      return listed.filter(FileAndFolder::isYaml).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private FileProblemException unreadable(String kind, IOException e) {
    return Files.isDirectory(folder)
        ? FileProblemException.of(
            kind,
            folder.toString(),
            "is a folder that cannot be read (" + e.getClass().getSimpleName() + ")",
            "give this process read access to it")
        : TextFile.unreadable(kind, folder, e);
  }

  private static boolean isYaml(Path path) {
    String name = String.valueOf(path.getFileName());
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }
}
