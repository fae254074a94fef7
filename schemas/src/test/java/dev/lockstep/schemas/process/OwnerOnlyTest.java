package dev.lockstep.schemas.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Personal data on a disk are their owner's from the first moment on. */
final class OwnerOnlyTest {
  @TempDir Path folder;

  @Test
  void makes_everyMissingFolder_andLeavesThoseThatAreThere() throws IOException {
    open(folder, "rwxr-xr-x");
    OwnerOnly.folder(folder.resolve("a/b/c"));
    assertThat(mode(folder)).isEqualTo("rwxr-xr-x");
    for (String made : new String[] {"a", "a/b", "a/b/c"}) {
      assertThat(mode(folder.resolve(made))).isEqualTo("rwx------");
    }
  }

  @Test
  void closes_aFolderOfItsOwn_thatWasOpen() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    open(own, "rwxrwxr-x");
    OwnerOnly.ownFolder(own);
    assertThat(mode(own)).isEqualTo("rwx------");
  }

  @Test
  void replaces_theFileThatALinkNames_alsoIfThereIsNone() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    for (String text : new String[] {"new", "newer"}) {
      OwnerOnly.replace(link, out -> out.write(text.getBytes(UTF_8)));
      assertThat(Files.isSymbolicLink(link)).isTrue();
      assertThat(folder.resolve("file")).hasContent(text);
    }
  }

  @Test
  void replaces_noFileThatAShellPassesByItsDescriptor() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "old");
    try (var open = new RandomAccessFile(file.toFile(), "rw");
        Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      Path descriptor = descriptors.filter(each -> sameFile(each, file)).findFirst().orElseThrow();
      OwnerOnly.replace(descriptor, out -> out.write("new".getBytes(UTF_8)));
      assertThat(open.readLine()).isEqualTo("new");
    }
  }

  private static boolean sameFile(Path one, Path other) {
    try {
      return Files.exists(one) && Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void opens_aFileThatIsClosed_newOrNot() throws IOException {
    Path file = folder.resolve("f");
    OwnerOnly.write(file).close();
    assertThat(mode(file)).isEqualTo("rw-------");
    open(file, "rw-rw-rw-");
    try (OutputStream out =
        OwnerOnly.write(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      assertThat(mode(file)).isEqualTo("rw-------");
      out.write('x');
    }
  }

  @Test
  void replaces_aFile_thatOthersCouldRead_soThatTheyCanNotReadTheNew() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "old");
    open(file, "rw-r--r--");
    try (var before = Files.newInputStream(file)) {
      OwnerOnly.replace(file, out -> out.write("new".getBytes(UTF_8)));
      assertThat(before.readAllBytes()).isEqualTo("old".getBytes(UTF_8)); // whoever had it open
    }
    assertThat(Files.readString(file)).isEqualTo("new");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(left()).isEqualTo(1);
  }

  @Test
  void keeps_theFileOfBefore_whereTheNewCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "old");
    assertThatThrownBy(
            () ->
                OwnerOnly.replace(
                    file,
                    out -> {
                      out.write('n');
                      throw new IOException("full");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(Files.readString(file)).isEqualTo("old");
    assertThat(left()).isEqualTo(1);
  }

  @Test
  void follows_aLink_andWritesToADevice() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("f"));
    OwnerOnly.replace(link, out -> out.write("new".getBytes(UTF_8)));
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readString(file)).isEqualTo("new");
    OwnerOnly.replace(Path.of("/dev/null"), out -> out.write('x'));
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void writesToAPipe_thatAShellNamesByADescriptor() throws Exception {
    Path copy = folder.resolve("copy");
    Process reader = new ProcessBuilder("cat").redirectOutput(copy.toFile()).start();
    try {
      Path descriptor = Path.of("/proc/%d/fd/0".formatted(reader.pid())); // Linux only
      Path pipe = Files.exists(descriptor) ? descriptor : Path.of("/dev/null");
      OwnerOnly.replace(pipe, out -> out.write("new".getBytes(UTF_8)));
      reader.getOutputStream().close();
      assertThat(reader.waitFor()).isZero();
      assertThat(Files.readString(copy)).isEqualTo(pipe.equals(descriptor) ? "new" : "");
    } finally {
      reader.destroy();
    }
  }

  private long left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private static void open(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
