package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.process.OwnerOnly;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locked file to which blocks of whole lines are appended. It is renamed to make room for a new
 * file when it is large or, if set so, when a day is over. An incomplete line after a crash is
 * removed when the file is opened.
 */
final class LineFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);
  private static final int PIECE = 8_192;

  private final Path path;
  private final long rotateBytes;
  private final boolean daily;
  private @Nullable Open open;
  private boolean closed;

  /** File that is open for writing, with its lock and the day of its lines. */
  private record Open(
      RandomAccessFile file, FileLock lock, @Nullable Object fileKey, LocalDate day) {}

  LineFile(Path path, long rotateBytes, boolean daily) {
    this.path = path.toAbsolutePath();
    this.rotateBytes = rotateBytes;
    this.daily = daily;
  }

  Path path() {
    return path;
  }

  /**
   * Appends whole lines to the file. The lines are on disk when the method returns. If it throws,
   * they are removed as far as the disk allows.
   */
  synchronized void append(byte[] lines, Instant now) throws IOException {
    if (closed) {
      throw new IOException("the file " + path + " is closed");
    }
    Open to = current(now);
    long before = to.file().length();
    boolean full = before > 0 && before + lines.length > rotateBytes;
    if (before > 0 && (full || (daily && !to.day().equals(day(now))))) {
      rotate(now);
      to = current(now);
      before = to.file().length();
    }
    try {
      to.file().seek(before);
      to.file().write(lines);
      to.file().getFD().sync();
    } catch (IOException e) {
      truncateAfter(to, before, e);
      throw e;
    }
  }

  private void truncateAfter(Open to, long length, IOException cause) {
    try {
      to.file().setLength(length);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    shut(); // the next opening repairs the rest
  }

  private Open current(Instant now) throws IOException {
    Open at = open;
    if (at != null && !Objects.equals(at.fileKey(), fileKey())) {
      shut(); // another program moved the file
      at = null;
    }
    if (at == null) {
      at = begin(now);
      open = at;
    }
    return at;
  }

  private @Nullable Object fileKey() {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return "gone";
    }
  }

  private Open begin(Instant now) throws IOException {
    boolean fresh = !Files.exists(path);
    if (!fresh && !Files.isRegularFile(path)) {
      throw new FileSystemException(
          path.toString(), null, "this is not a regular file, so no lines can be appended to it");
    }
    OwnerOnly.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      FileLock lock = lock(file);
      long torn = removeIncompleteLine(file);
      if (torn > 0) {
        LOG.warn(
            "an incomplete last line was removed from {} (length in bytes: {}); if Lockstep wrote"
                + " the line, its detection is written again",
            path,
            torn);
      }
      if (fresh) {
        keepName();
      }
      Instant of = file.length() == 0 ? now : Files.getLastModifiedTime(path).toInstant();
      return new Open(file, lock, fileKey(), day(of));
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private FileLock lock(RandomAccessFile file) throws IOException {
    FileLock lock;
    try {
      lock = file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new FileSystemException(
          path.toString(),
          null,
          "another process, or another sink of this process, has this file open");
    }
    return lock;
  }

  private static long removeIncompleteLine(RandomAccessFile file) throws IOException {
    long length = file.length();
    long end = length;
    byte[] piece = new byte[PIECE];
    while (end > 0) {
      int size = (int) Math.min(PIECE, end);
      file.seek(end - size);
      file.readFully(piece, 0, size);
      int at = size - 1;
      while (at >= 0 && piece[at] != '\n') {
        at--;
      }
      end -= size - 1 - at;
      if (at >= 0) {
        break;
      }
    }
    if (end < length) {
      file.setLength(end);
      file.getFD().sync();
    }
    return length - end;
  }

  private void rotate(Instant now) throws IOException {
    shut();
    Path file = OwnerOnly.target(path); // a symbolic link stays, and leads to the new file
    Files.move(file, aside(file, now), StandardCopyOption.ATOMIC_MOVE);
    keepName();
  }

  private static Path aside(Path file, Instant now) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String stem = dot <= 0 ? name : name.substring(0, dot);
    String ending = dot <= 0 ? "" : name.substring(dot);
    String time = Instant.ofEpochSecond(now.getEpochSecond()).toString().replace(':', '-');
    Path aside = file.resolveSibling(stem + "-" + time + ending);
    for (int more = 2; Files.exists(aside); more++) {
      aside = file.resolveSibling(stem + "-" + time + "-" + more + ending);
    }
    return aside;
  }

  /** Writes the file's entry in its folder to disk, so that the name survives a loss of power. */
  private void keepName() {
    try {
      Path folder = OwnerOnly.target(path).getParent();
      if (folder == null) {
        return;
      }
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (IOException e) {
      LOG.debug(
          "could not write the entry of the file {} in its folder to disk; after a power failure"
              + " the file may be missing",
          path,
          e);
    }
  }

  private static LocalDate day(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC);
  }

  private void shut() {
    Open at = open;
    open = null;
    if (at != null) {
      try {
        at.lock().release();
        at.file().close();
      } catch (IOException e) {
        LOG.debug("could not close the file {}", path, e);
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    shut();
  }
}
