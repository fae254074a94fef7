package dev.lockstep.ingest.capture;

import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.schemas.FileRead;
import dev.lockstep.schemas.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Progress in each file of a folder of captured files: the number of entries read, kept in stored
 * positions. Files whose paths are equal up to the day share one position. A file without a date in
 * its path has a position of its own. A position names every file that was begun, so that a file
 * that arrives late or grows is not missed.
 */
final class CaptureProgress {
  /**
   * Largest number of files of one day that share a stored position. Each further file has a
   * position of its own.
   */
  private static final int MOST_FILES_OF_DAY = 5_000;

  private static final FileRead UNREAD = new FileRead("", 0L, -1L);

  private final SourcePartition partition;
  private final Map<String, Map<String, FileRead>> filesByDay = new LinkedHashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final @Nullable Position last;

  /**
   * Creates the progress from the folder's stored positions.
   *
   * @param stored positions, the latest written last
   */
  CaptureProgress(SourcePartition partition, List<Position> stored) {
    this.partition = partition;
    for (Position position : stored) {
      String dayPath = position.getShelf();
      if (dayPath != null) {
        Map<String, FileRead> files = new LinkedHashMap<>();
        position.getFiles().forEach(file -> files.put(file.getName(), file));
        filesByDay.put(dayPath, files);
      }
    }
    last = stored.isEmpty() ? null : stored.get(stored.size() - 1);
  }

  /**
   * Returns the position that was stored last before this progress was created, or null if none was
   * stored. It has the watermark.
   */
  @Nullable Position last() {
    return last;
  }

  FileRead of(CapturePath path) {
    Map<String, FileRead> own = filesByDay.get(path.path());
    if (own != null && own.containsKey("")) {
      return own.getOrDefault("", UNREAD);
    }
    return filesByDay.getOrDefault(path.dayPath(), Map.of()).getOrDefault(path.name(), UNREAD);
  }

  /**
   * Records the progress of a file.
   *
   * @param entries number of entries that are taken
   * @param bytes size of the file if it is read completely, otherwise -1
   */
  void record(CapturePath path, long entries, long bytes) {
    Map<String, FileRead> day = filesByDay.getOrDefault(path.dayPath(), Map.of());
    boolean apart = !day.containsKey(path.name()) && day.size() >= MOST_FILES_OF_DAY;
    String dayPath = apart ? path.path() : path.dayPath();
    String name = apart ? "" : path.name();
    FileRead read = new FileRead(name, entries, bytes);
    FileRead before =
        filesByDay.computeIfAbsent(dayPath, key -> new LinkedHashMap<>()).put(name, read);
    if (!read.equals(before)) {
      changed.add(dayPath);
    }
  }

  /** Returns whether a position changed since the previous call of {@link #changed}. */
  boolean hasChanged() {
    return !changed.isEmpty();
  }

  /** Returns the positions that changed since the previous call of this method. */
  List<Position> changed() {
    List<Position> positions = new ArrayList<>();
    for (String dayPath : changed) {
      positions.add(position(dayPath));
    }
    changed.clear();
    return positions;
  }

  List<Position> all() {
    return filesByDay.keySet().stream().map(this::position).toList();
  }

  private Position position(String dayPath) {
    Map<String, FileRead> files = filesByDay.getOrDefault(dayPath, Map.of());
    Position position =
        partition.position(files.values().stream().mapToLong(FileRead::getEntries).sum());
    position.setShelf(dayPath);
    position.setFiles(List.copyOf(files.values()));
    return position;
  }
}
