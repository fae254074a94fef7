package dev.lockstep.ingest.capture;

import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.MessageReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reader of the list of files in a folder of captures, ordered by time. The time of a file is that
 * in its path, otherwise the arrival time of the first message that has one.
 */
public final class CaptureListing {
  /**
   * Largest number of messages that are read from the beginning of a file to find an arrival time.
   */
  private static final int PEEKED_MESSAGES = 64;

  private final Path folder;
  private final CaptureFiles files;
  private final MessageReader reader;

  /**
   * Arrival times of the files without a date in their paths, by path. The arrival time of a file
   * is the arrival time of its first message that has one. A file is absent if none of the messages
   * searched has an arrival time.
   */
  private final Map<String, Long> begins = new HashMap<>();

  /**
   * File in a folder of captures, with its time, its size and the time of its last change.
   *
   * @param at time in the path, otherwise the arrival time of the first message that has one, in
   *     milliseconds since 1970; 0 if unknown
   * @param bytes size in bytes
   * @param modifiedAt time of the last write in milliseconds since 1970
   */
  public record Listed(Path file, CapturePath path, long at, long bytes, long modifiedAt) {}

  /**
   * Exception that ends the search of a file for an arrival time. It is thrown when a time was
   * found, or enough messages were searched.
   */
  private static final class SeenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SeenException() {
      super("", null, false, false);
    }
  }

  CaptureListing(Path folder, CaptureFiles files, MessageReader reader) {
    this.folder = folder;
    this.files = files;
    this.reader = reader;
  }

  List<Listed> list() throws IOException {
    List<Listed> listed = new ArrayList<>();
    for (CaptureFiles.NamedFile named : CaptureFiles.found(List.of(folder.toString()))) {
      Path file = named.path();
      if (file != null) {
        try {
          listed.add(listed(file));
        } catch (IOException e) {
          if (Files.exists(file)) {
            throw e;
          } // else the file was deleted after it was found
        }
      }
    }
    listed.sort(Comparator.comparingLong(Listed::at).thenComparing(found -> found.path().path()));
    return listed;
  }

  private Listed listed(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    String below = folder.relativize(file).toString().replace('\\', '/');
    CapturePath path = CapturePath.of(below.isEmpty() ? String.valueOf(file.getFileName()) : below);
    long at = path.at() == CapturePath.UNDATED ? begin(file, path.path()) : path.at();
    return new Listed(file, path, at, attributes.size(), attributes.lastModifiedTime().toMillis());
  }

  private long begin(Path file, String path) {
    Long known = begins.get(path);
    if (known != null) {
      return known;
    }
    long[] begin = {0};
    int[] messages = {0};
    try {
      files.read(
          List.of(file.toString()),
          InputStream.nullInputStream(),
          message -> {
            begin[0] = reader.arrival(message, 0);
            if (begin[0] > 0 || ++messages[0] == PEEKED_MESSAGES) {
              throw new SeenException();
            }
          },
          damage -> {},
          bytes -> {});
    } catch (SeenException e) {
      // a time was found, or enough messages were read
    } catch (IOException e) {
      return 0; // the reading of the whole file reports the failure
    }
    if (begin[0] > 0) {
      begins.put(path, begin[0]);
    }
    return begin[0];
  }
}
