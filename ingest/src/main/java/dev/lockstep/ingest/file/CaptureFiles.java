package dev.lockstep.ingest.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.NextRecordFinder;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.split.ExportReader;
import dev.lockstep.ingest.split.PeekedInput;
import dev.lockstep.ingest.split.RowWindow;
import dev.lockstep.ingest.split.TextSplitter;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reader of captured messages from files and folders. Formats are JSON lines, JSON documents,
 * Azure's storage export, Event Hubs Capture, answers of the Log Analytics query API, and CSV
 * exports of a portal; plain, gzip or zstd, UTF-8 or UTF-16 with a byte order mark. The content
 * tells the format. The reader holds at most two messages of the largest allowed size, or one block
 * of an Avro container.
 *
 * <p>A folder is walked in the order of names. Hidden files and folders are left out, and so are
 * files with the extensions {@code .yaml .yml .md .txt .mmdb .xml .html .sh} and {@code .csv} files
 * with an unknown header. A file whose own path is given is read whatever its name.
 */
public final class CaptureFiles {
  private static final Set<String> NO_CAPTURE =
      Set.of("yaml", "yml", "md", "txt", "mmdb", "xml", "html", "sh");
  private static final String STANDARD_INPUT = "-";
  private static final String ZIP =
      "the file is a ZIP archive or an Excel workbook; unpack the archive, or save the workbook as"
          + " CSV";
  private static final int WRAPPINGS = 3;

  /**
   * Base-2 logarithm of the largest zstd window, 8 MiB. Every decoder supports this window, and
   * compression levels up to 19 use it.
   */
  private static final int ZSTD_WINDOW_LOG = 23;

  /**
   * Largest number of gzip bytes that are read at once. It is small, because the check of the ratio
   * of decompressed to compressed bytes counts bytes that are read ahead as if they were
   * decompressed already.
   */
  private static final int GZIP_READ_BYTES = 1 << 10;

  private static final int ZSTD_READ_BYTES = 1 << 13;

  private final Limits limits;
  private final JsonFactory json;
  private final NextRecordFinder shape;
  private final ExportReader exports;

  /**
   * File or standard input, with its name, and whether the file was found in a given folder.
   *
   * @param path path, or null for standard input
   * @param name name as given; for a walked file the folder as given and the path below it
   * @param walked whether the file was found in a given folder
   */
  public record NamedFile(@Nullable Path path, String name, boolean walked) {
    /**
     * Returns whether this file is left out, and not rejected, if its header is unknown. This is so
     * for CSV files that were found in a folder.
     */
    public boolean isLeftOutIfUnknown() {
      return walked && ExportReader.isCsv(name);
    }
  }

  /**
   * Creates a reader of captured messages. A message above the size limit is cut to at most one
   * byte more than the limit.
   */
  public CaptureFiles(Limits limits) {
    this.limits = limits;
    MessageReader reader = new MessageReader(limits);
    this.json = reader.strict;
    this.shape = reader.shape;
    this.exports = new ExportReader(limits, reader.keys, json);
  }

  /**
   * Reads all messages of files and folders, and passes each message to {@code sink}.
   *
   * @param paths files and folders; {@code -} is standard input
   * @param in standard input, which is not closed
   * @param sink receiver of each message
   * @param damage receiver of a rejection for each damaged place of a file
   * @param bytesRead receiver of the total number of bytes read so far, before decompression, now
   *     and then
   * @throws IOException if a path does not exist or cannot be read
   */
  public void read(
      List<String> paths,
      InputStream in,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage,
      LongConsumer bytesRead)
      throws IOException {
    long[] total = {0};
    LongConsumer more =
        bytes -> {
          total[0] += bytes;
          bytesRead.accept(total[0]);
        };
    for (NamedFile named : found(paths)) {
      if (named.path() == null) {
        readOne(new CountedInput(in, more), named, sink, damage);
      } else {
        readFile(named.path(), named, sink, damage, more);
      }
    }
  }

  /** Reads a file that was found in a folder. */
  public void readWalked(Path path, Consumer<SourceMessage> sink, Consumer<Outcome> damage)
      throws IOException {
    NamedFile named = new NamedFile(path, path.toString().replace('\\', '/'), true);
    readFile(path, named, sink, damage, bytes -> {});
  }

  private void readFile(
      Path path,
      NamedFile named,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage,
      LongConsumer more)
      throws IOException {
    try (CountedInput file = new CountedInput(Files.newInputStream(path), more)) {
      readOne(file, named, sink, damage);
    } catch (IOException e) {
      throw unreadable(named.name(), "could not be read (" + cause(e) + ")", e);
    }
  }

  /**
   * Returns the number of bytes that {@link #read} will read from disk, before decompression, or -1
   * if it is unknown.
   */
  public long totalBytes(List<String> paths) {
    long total = 0;
    try {
      for (NamedFile named : found(paths)) {
        if (named.path() == null) {
          return -1;
        }
        total += Files.size(named.path());
      }
    } catch (IOException e) {
      return -1;
    }
    return total;
  }

  /**
   * Reads a file. Once a read of the disk has failed, no more messages or damage are passed on. The
   * bytes so far may end within a record, so that an intact file seems damaged. What is passed on
   * would be skipped when the file is read again.
   */
  private void readOne(
      CountedInput file, NamedFile named, Consumer<SourceMessage> sink, Consumer<Outcome> damage)
      throws IOException {
    long[] line = {1};
    try {
      readContent(
          file,
          named,
          message -> {
            if (!file.hasFailed()) {
              sink.accept(message);
            }
          },
          outcome -> {
            if (!file.hasFailed()) {
              damage.accept(outcome);
            }
          },
          null,
          0,
          line);
      file.throwFailure();
    } catch (IOException e) {
      file.throwFailure();
      boolean window = isWindowTooLarge(e);
      boolean bomb = e instanceof DecompressionLimit.BombException || window;
      String fix =
          window
              ? "; compress it with a window of at most %d MiB"
                  .formatted(1 << (ZSTD_WINDOW_LOG - 20))
              : "";
      damage.accept(
          new Slice(new byte[0], 0, 0, Origin.file(named.name(), line[0], 0), null)
              .rejected(
                  bomb ? Reason.DECOMPRESSION_BOMB : Reason.DAMAGED_FILE,
                  (bomb
                          ? "the rest of the file is not read: "
                          : "the file is damaged, and reading ends here: ")
                      + Quoted.excerpt(String.valueOf(e.getMessage()), 160)
                      + fix));
    }
  }

  private static boolean isWindowTooLarge(IOException e) {
    // A window takes memory before any content is decoded.
    return e instanceof ZstdIOException zstd
        && zstd.getErrorCode() == Zstd.errFrameParameterWindowTooLarge();
  }

  /**
   * Reads the messages in the content of a file, which is decompressed first if it is gzip or zstd.
   *
   * @param whole limit on the decompressed size of the file; null if nothing of it was decompressed
   *     so far
   */
  private void readContent(
      InputStream stored,
      NamedFile named,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage,
      @Nullable DecompressionLimit whole,
      int wrapping,
      long[] line)
      throws IOException {
    PeekedInput content = new PeekedInput(stored, 4);
    boolean gzip = content.startsWith(0x1f, 0x8b);
    boolean zstd = content.startsWith(0x28, 0xb5, 0x2f, 0xfd);
    if ((gzip || zstd) && wrapping == WRAPPINGS) {
      throw new DecompressionLimit.BombException(
          "the file is compressed in more than %d layers".formatted(WRAPPINGS));
    } else if (gzip || zstd) {
      SmallReadsInputStream compressed =
          new SmallReadsInputStream(content, gzip ? GZIP_READ_BYTES : ZSTD_READ_BYTES);
      try (InputStream plain = gzip ? new GzipMembers(compressed) : zstd(compressed)) {
        DecompressionLimit bound =
            whole == null ? new DecompressionLimit(limits, compressed::taken) : whole;
        readContent(bound.bounded(plain), named, sink, damage, bound, wrapping + 1, line);
      }
    } else if (content.startsWith('P', 'K', 3, 4)) {
      damage.accept(
          new Slice(new byte[0], 0, 0, Origin.file(named.name(), 1, 0), null)
              .rejected(Reason.DAMAGED_FILE, ZIP));
    } else if (content.startsWith('O', 'b', 'j', 1)) {
      AvroContainer events = new AvroContainer(content, named.name(), limits, whole, sink, damage);
      try {
        events.run();
      } finally {
        line[0] = events.position();
      }
    } else if (content.startsWith(0xff, 0xfe)) {
      readText(new Utf16Input(content, StandardCharsets.UTF_16LE), named, sink, damage, line);
    } else if (content.startsWith(0xfe, 0xff)) {
      readText(new Utf16Input(content, StandardCharsets.UTF_16BE), named, sink, damage, line);
    } else if (!content.isEmpty()) {
      readText(content, named, sink, damage, line);
    }
  }

  private static InputStream zstd(InputStream stored) throws IOException {
    ZstdInputStreamNoFinalizer frames = new ZstdInputStreamNoFinalizer(stored);
    frames.setLongMax(ZSTD_WINDOW_LOG);
    return frames;
  }

  private void readText(
      InputStream content,
      NamedFile named,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage,
      long[] line)
      throws IOException {
    PeekedInput peeked = new PeekedInput(content, ExportReader.HEAD_BYTES);
    RowWindow rows = exports.read(peeked, named.name(), named.walked(), sink, damage);
    IOException failure;
    if (rows != null) {
      line[0] = rows.line();
      failure = rows.failure();
    } else {
      TextSplitter text = new TextSplitter(peeked, named.name(), limits, json, shape, sink, damage);
      failure = text.run();
      line[0] = text.line();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Returns the files that {@link #read} would read. Files in folders are included.
   *
   * @throws IOException if a path does not exist or cannot be read
   */
  public static List<Path> files(List<String> paths) throws IOException {
    return found(paths).stream().map(NamedFile::path).filter(Objects::nonNull).toList();
  }

  public static List<NamedFile> found(List<String> paths) throws IOException {
    List<NamedFile> found = new ArrayList<>();
    for (String text : paths) {
      if (text.equals(STANDARD_INPUT)) {
        found.add(new NamedFile(null, text, false));
        continue;
      }
      Path path = path(text);
      if (!Files.exists(path)) {
        throw unreadable(text, "does not exist", null);
      } else if (!Files.isDirectory(path)) {
        found.add(new NamedFile(path, text.replace('\\', '/'), false));
      } else {
        walk(path, text, CaptureFiles::mayBeCapture, found);
      }
    }
    return found;
  }

  /**
   * Returns the names of the files in the given folders that {@link #read} leaves out because of
   * their extension. Hidden files are not among them.
   *
   * @throws IOException if a folder cannot be read
   */
  public static List<String> leftOutByExtension(List<String> paths) throws IOException {
    List<NamedFile> leftOut = new ArrayList<>();
    for (String text : paths) {
      if (!text.equals(STANDARD_INPUT) && Files.isDirectory(path(text))) {
        walk(path(text), text, file -> !mayBeCapture(file), leftOut);
      }
    }
    return leftOut.stream().map(NamedFile::name).toList();
  }

  private static Path path(String text) throws IOException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw unreadable(text, "is not a path", e);
    }
  }

  private static void walk(Path folder, String text, Predicate<Path> wanted, List<NamedFile> found)
      throws IOException {
    String base = text.replace('\\', '/');
    while (base.length() > 1 && base.endsWith("/")) {
      base = base.substring(0, base.length() - 1);
    }
    String prefix = base.endsWith("/") ? base : base + "/";
    List<NamedFile> inFolder = new ArrayList<>();
    Path root = folder.toRealPath(); // the folder may be a link, and a link is not walked
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return !dir.equals(root) && isHidden(dir)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file) && wanted.test(file) && Files.isRegularFile(file)) {
              Path below = root.relativize(file);
              String name = prefix + below.toString().replace('\\', '/');
              inFolder.add(new NamedFile(folder.resolve(below), name, true));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException && !file.equals(root)) {
              return FileVisitResult.CONTINUE; // it was deleted after its folder was listed
            }
            throw unreadable(file.toString(), "could not be read (" + cause(e) + ")", e);
          }
        });
    inFolder.sort(Comparator.comparing(NamedFile::name));
    found.addAll(inFolder);
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }

  private static boolean mayBeCapture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !NO_CAPTURE.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /** Returns why a file could not be read, without the path of the file. */
  private static @Nullable String cause(IOException e) {
    if (e instanceof FileSystemException failure) {
      return failure.getReason() == null ? e.getClass().getSimpleName() : failure.getReason();
    }
    return e.getMessage();
  }

  private static IOException unreadable(String text, String what, @Nullable Exception cause) {
    return new IOException(
        "could not read the capture: %s %s; check the path, and give this process read access"
            .formatted(Quoted.of(text), what),
        cause);
  }
}
