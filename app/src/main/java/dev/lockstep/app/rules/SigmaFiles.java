package dev.lockstep.app.rules;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.schemas.Sha256;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Snapshot of Sigma files and of the files with the values of their placeholders. Immutable. */
public final class SigmaFiles {
  /** Problem of a path that is a folder, a pipe or a device. */
  static final String NO_FILE = "is not a regular file";

  private final List<SigmaFile> files;
  private final Map<String, SigmaFile> placeholders;
  private final String hash;

  /**
   * File with its content, or with the reason why it could not be read.
   *
   * @param shown name for messages
   * @param placeholders name of the file that gives the values of this file's placeholders; it need
   *     not exist
   * @param problem reason why the content is unknown, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record SigmaFile(String shown, String placeholders, byte[] content, @Nullable String problem) {}

  private SigmaFiles(List<SigmaFile> files, Map<String, SigmaFile> placeholders) {
    this.files = List.copyOf(files);
    this.placeholders = new LinkedHashMap<>(placeholders);
    this.hash = hash(files, placeholders);
  }

  /**
   * Reads the Sigma documents and placeholder files of folders. A file of two folders is read once,
   * with the placeholders of the first folder.
   *
   * @param folders map from each folder to its name in messages, with which the names of its files
   *     begin
   * @throws IOException if a folder cannot be read, or has too many files
   */
  static SigmaFiles read(Map<Path, String> folders) throws IOException {
    List<SigmaFile> files = new ArrayList<>();
    Map<String, SigmaFile> placeholders = new LinkedHashMap<>();
    Set<Path> known = new HashSet<>();
    for (Map.Entry<Path, String> folder : folders.entrySet()) {
      Path root = folder.getKey();
      Path written = Path.of(folder.getValue());
      String values = written.resolve(SigmaDocuments.PLACEHOLDERS).toString();
      for (Path path : in(root)) {
        if (known.add(SigmaFolders.real(path))) {
          files.add(read(path, written.resolve(root.relativize(path)).toString(), values));
        }
      }
      Path file = root.resolve(SigmaDocuments.PLACEHOLDERS);
      if (Files.exists(file)) {
        placeholders.put(
            values,
            Files.isRegularFile(file)
                ? read(file, values, values)
                : new SigmaFile(values, values, new byte[0], NO_FILE));
      }
    }
    return new SigmaFiles(files, placeholders);
  }

  private static List<Path> in(Path root) throws IOException {
    try {
      List<Path> files = SigmaDocuments.in(root);
      if (files.size() > SigmaDocuments.MOST_FILES) {
        throw new IOException(
            "the folder %s has more than %d files that end in .yml"
                .formatted(Quoted.of(root), SigmaDocuments.MOST_FILES));
      }
      return files;
    } catch (UncheckedIOException e) {
      throw new IOException(Failures.message(e), e);
    }
  }

  @Nullable SigmaFile firstUnread() {
    return Stream.concat(files.stream(), placeholders.values().stream())
        .filter(file -> file.problem() != null)
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns the content of a file. Of a file that is larger than Sigma files may be, or that never
   * ends, it returns one byte more than they may have.
   */
  static byte[] content(Path path) throws IOException {
    try (InputStream from = Files.newInputStream(path)) {
      return from.readNBytes(DocumentReader.MOST_BYTES + 1);
    }
  }

  private static SigmaFile read(Path path, String shown, String placeholders) {
    try {
      return new SigmaFile(shown, placeholders, content(path), null);
    } catch (IOException e) {
      return new SigmaFile(
          shown, placeholders, new byte[0], "cannot be read (" + Failures.message(e) + ")");
    }
  }

  /**
   * Returns the Sigma files with the given contents by file name. The names have forward slashes.
   */
  public static SigmaFiles of(SortedMap<String, byte[]> contents) {
    List<SigmaFile> files = new ArrayList<>();
    Map<String, SigmaFile> placeholders = new LinkedHashMap<>();
    contents.forEach(
        (name, content) -> {
          SigmaFile file = new SigmaFile(name, SigmaDocuments.PLACEHOLDERS, content, null);
          if (name.equals(SigmaDocuments.PLACEHOLDERS)) {
            placeholders.put(name, file);
          } else {
            files.add(file);
          }
        });
    return new SigmaFiles(files, placeholders);
  }

  /** Returns the contents of the rule files and the files of placeholders, by file name. */
  public SortedMap<String, byte[]> contents() {
    SortedMap<String, byte[]> contents = new TreeMap<>();
    files.forEach(file -> contents.put(file.shown(), file.content().clone()));
    placeholders.forEach((name, file) -> contents.put(name, file.content().clone()));
    return contents;
  }

  private static String hash(List<SigmaFile> files, Map<String, SigmaFile> placeholders) {
    MessageDigest digest = Sha256.digest();
    for (SigmaFile file : files) {
      update(digest, file);
    }
    placeholders.values().forEach(file -> update(digest, file));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, SigmaFile file) {
    update(digest, file.shown().getBytes(StandardCharsets.UTF_8));
    update(digest, String.valueOf(file.problem()).getBytes(StandardCharsets.UTF_8));
    update(digest, file.content());
  }

  private static void update(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  List<SigmaFile> files() {
    return files;
  }

  @Nullable SigmaFile placeholders(String name) {
    return placeholders.get(name);
  }

  public int size() {
    return files.size();
  }

  /** Returns the SHA-256 of the names and contents of all files, in hexadecimal digits. */
  public String hash() {
    return hash;
  }
}
