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
  private static final int SHELF_FILES = 5_000;

  private static final FileRead UNREAD = new FileRead("", 0L, -1L);

  private final SourcePartition partition;
  private final Map<String, Map<String, FileRead>> shelves = new LinkedHashMap<>();
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
      String shelf = position.getShelf();
      if (shelf != null) {
        Map<String, FileRead> files = new LinkedHashMap<>();
        position.getFiles().forEach(file -> files.put(file.getName(), file));
        shelves.put(shelf, files);
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
    Map<String, FileRead> own = shelves.get(path.path());
    if (own != null && own.containsKey("")) {
      return own.getOrDefault("", UNREAD);
    }
    return shelves.getOrDefault(path.shelf(), Map.of()).getOrDefault(path.name(), UNREAD);
  }

  /**
   * Records the progress of a file.
   *
   * @param entries number of entries that are taken
   * @param bytes size of the file if it is read completely, otherwise -1
   */
  void note(CapturePath path, long entries, long bytes) {
    Map<String, FileRead> day = shelves.getOrDefault(path.shelf(), Map.of());
    boolean apart = !day.containsKey(path.name()) && day.size() >= SHELF_FILES;
    String shelf = apart ? path.path() : path.shelf();
    String name = apart ? "" : path.name();
    FileRead read = new FileRead(name, entries, bytes);
    FileRead before = shelves.computeIfAbsent(shelf, key -> new LinkedHashMap<>()).put(name, read);
    if (!read.equals(before)) {
      changed.add(shelf);
    }
  }

  /** Returns whether a position changed since the previous call of {@link #changed}. */
  boolean hasChanged() {
    return !changed.isEmpty();
  }

  /** Returns the positions that changed since the previous call of this method. */
  List<Position> changed() {
    List<Position> positions = new ArrayList<>();
    for (String shelf : changed) {
      positions.add(position(shelf));
    }
    changed.clear();
    return positions;
  }

  List<Position> all() {
    return shelves.keySet().stream().map(this::position).toList();
  }

  private Position position(String shelf) {
    Map<String, FileRead> files = shelves.getOrDefault(shelf, Map.of());
    Position position =
        partition.position(files.values().stream().mapToLong(FileRead::getEntries).sum());
    position.setShelf(shelf);
    position.setFiles(List.copyOf(files.values()));
    return position;
  }
}
