package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Loader of rules in jars and Sigma documents, from the configured folders and from files that a
 * command adds. Jars of folders and Sigma documents are loaded only once, even if the configuration
 * is read several times.
 *
 * <p>The code of jars runs with all rights of this process. So a jar, or a folder with jars, is
 * rejected if users other than its owner may write to it.
 */
public final class RuleLoader {
  private static final String JAR = ".jar";

  private final Map<Path, List<RuleJar>> read = new HashMap<>();
  private final Map<List<Path>, SigmaLoader.Result> sigma = new HashMap<>();
  private final List<Path> added;
  private final List<Path> leftOut;
  private boolean refused;

  /** Creates a loader of the rules in the configured folders. */
  public RuleLoader() {
    this(List.of(), List.of());
  }

  private RuleLoader(List<Path> added, List<Path> leftOut) {
    this.added = List.copyOf(added);
    this.leftOut = List.copyOf(leftOut);
  }

  /** Returns a loader that also loads the rules of the given jars and Sigma files. */
  public static RuleLoader adding(List<Path> files) {
    return new RuleLoader(files, List.of());
  }

  /** Returns a loader that leaves out the given jars and Sigma files of the configured folders. */
  public static RuleLoader without(List<Path> files) {
    return new RuleLoader(List.of(), files);
  }

  boolean hasAdded() {
    return !documents(added).isEmpty();
  }

  private static List<Path> documents(List<Path> files) {
    return files.stream().filter(file -> !isJar(file)).toList();
  }

  private static boolean isJar(Path file) {
    return file.toString().endsWith(JAR);
  }

  /**
   * Returns the jars of the option {@code --rule} that are not in the given folders. The key of
   * each jar is the value of the command line that error messages about the jar name.
   *
   * @throws OperatorException if one of them cannot be used
   */
  Map<ConfigValue, RuleJar> added(List<ConfigValue> folders) {
    List<Path> known = new ArrayList<>();
    folders.forEach(folder -> known.add(SigmaFolders.real(folder.path())));
    Map<ConfigValue, RuleJar> jars = new LinkedHashMap<>();
    for (Path file : added) {
      Path real = SigmaFolders.real(file);
      if (isJar(file) && !known.contains(real.getParent())) {
        ConfigValue place =
            new ConfigValue(
                "--rule", file.toString(), file.toString(), "the command line", Path.of(""));
        try {
          refuseIfShared(place, file, real);
        } catch (IOException e) {
          throw place.bad(
              "is a jar that cannot be read (" + Failures.message(e) + ")",
              "give a jar to which this process has read access");
        }
        jars.put(place, RuleJar.read(place, file));
      }
    }
    return jars;
  }

  /**
   * Returns the jars in a folder that was given on the command line. Error messages about the jars
   * name the command line and not the configuration.
   *
   * @throws OperatorException if one of them cannot be used
   */
  public static List<RuleJar> jarsIn(Path folder) {
    String named = folder.toString();
    return new RuleLoader()
        .in(new ConfigValue("the folder", named, named, "the command line", Path.of("")));
  }

  /**
   * Returns the configured folders, or else the first Sigma file of the option {@code --rule}, for
   * error messages about a Sigma rule.
   */
  List<ConfigValue> foldersOrFile(List<ConfigValue> folders) {
    if (!folders.isEmpty()) {
      return folders;
    }
    String file = documents(added).get(0).toString();
    return List.of(new ConfigValue("--rule", file, file, "the command line", Path.of("")));
  }

  boolean leavesOut() {
    return !leftOut.isEmpty();
  }

  void refuse() {
    refused = true;
  }

  /**
   * Returns whether some rules could not be loaded. The settings that the configuration may have
   * for these rules are then unknown.
   */
  boolean wereRefused() {
    return refused;
  }

  SigmaLoader.Result sigma(List<ConfigValue> folders) {
    List<Path> paths = folders.stream().map(ConfigValue::path).toList();
    SigmaLoader.Result known = sigma.get(paths);
    if (known == null) {
      known = SigmaFolders.load(folders, documents(added), documents(leftOut));
      sigma.put(paths, known);
    }
    return known;
  }

  List<RuleJar> in(ConfigValue setting) {
    Path folder = setting.path();
    List<RuleJar> jars = read.get(folder);
    if (jars == null) {
      jars = load(setting, folder);
      read.put(folder, jars);
    }
    return jars;
  }

  private List<RuleJar> load(ConfigValue setting, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw setting.bad(
          "does not name an existing folder (" + Quoted.of(folder) + ")",
          "create the folder, or correct the path; relative paths start from the folder of the"
              + " configuration");
    }
    List<RuleJar> jars = new ArrayList<>();
    try {
      Set<Path> files = files(folder);
      if (!files.isEmpty() || !SigmaFolders.hasAny(setting)) { // Sigma rules are no code
        refuseIfShared(setting, folder, "is a folder");
      }
      for (Path file : files) {
        Path real = file.toRealPath();
        if (leftOut.stream().map(SigmaFolders::real).noneMatch(real::equals)) {
          refuseIfShared(setting, file, real);
          jars.add(RuleJar.read(setting, file));
        }
      }
    } catch (IOException e) {
      throw setting.bad(
          "names a folder that cannot be read (" + Failures.message(e) + ")",
          "give this process read access to " + Quoted.of(folder) + " and its jars");
    }
    return jars;
  }

  /** Returns whether a folder has a jar. It is false if the folder cannot be read. */
  public static boolean hasJar(Path folder) {
    try {
      return !files(folder).isEmpty();
    } catch (IOException e) {
      return false; // reading the folder says why it cannot be used
    }
  }

  private static Set<Path> files(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.jar")) {
      return sorted(all);
    }
  }

  static Set<Path> sorted(DirectoryStream<Path> all) throws IOException {
    Set<Path> files = new TreeSet<>();
    try {
      all.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  /**
   * Refuses a jar if users other than the owner may write to the jar or to its folder.
   *
   * @param named path by which the jar was found, which may be a link
   * @param jar path of the jar, without links
   */
  private static void refuseIfShared(ConfigValue setting, Path named, Path jar) throws IOException {
    Path parent = jar.getParent();
    String held = RuleJar.holding(setting, String.valueOf(named.getFileName()));
    if (parent != null) {
      refuseIfShared(setting, parent, held + " in a folder");
    }
    refuseIfShared(setting, jar, held);
  }

  private static void refuseIfShared(ConfigValue setting, Path path, String what)
      throws IOException {
    if (!Files.getFileStore(path).supportsFileAttributeView("posix")
        || Files.getFileStore(path).isReadOnly()) {
      return;
    }
    Set<PosixFilePermission> given = Files.getPosixFilePermissions(path);
    if (given.contains(PosixFilePermission.GROUP_WRITE)
        || given.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw setting.bad(
          what
              + " to which users other than its owner may write, although jars run with all rights",
          "remove the write access of other users with chmod go-w " + Quoted.of(path));
    }
  }
}
