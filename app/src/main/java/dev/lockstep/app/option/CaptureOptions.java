package dev.lockstep.app.option;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.file.RealPath;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.ReplaySummary;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command-line options for the captured logs that a command reads, and for the display of progress.
 */
public final class CaptureOptions {
  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files or folders with captured logs; give - for standard input.")
  private List<String> paths = List.of();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  public List<String> paths() {
    if (paths.stream().anyMatch(String::isBlank)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not read the captured logs: a PATH is empty; name a file or folder");
    }
    return paths;
  }

  /**
   * Throws an exception if a captured file or folder does not exist, or the files in a folder
   * cannot be listed.
   */
  public void refuseMissing() {
    List<Path> unused = files(paths());
  }

  private static List<Path> files(List<String> paths) {
    try {
      return CaptureFiles.files(paths);
    } catch (IOException e) {
      throw OperatorException.of(e);
    }
  }

  /**
   * Throws an exception if a command would overwrite a file that the command or the service reads.
   * These files are the captured logs, the configuration, the files that the configuration names,
   * and the files of other options.
   *
   * @param option option that names the file to write
   * @param config configuration file; null if there is none
   * @param others files that other options read, each with the name of its option
   */
  public void checkApart(
      Path written, String option, @Nullable Path config, Config read, Map<Path, String> others) {
    Path target = RealPath.of(written);
    for (Path each : files(paths())) {
      if (target.equals(RealPath.of(each))) {
        throw overwritten(written, option, "an input file");
      }
    }
    if (config != null && target.equals(RealPath.of(config))) {
      throw overwritten(written, option, "the configuration");
    }
    for (Map.Entry<Path, String> other : others.entrySet()) {
      if (target.equals(RealPath.of(other.getKey()))) {
        throw overwritten(written, option, "a file of " + other.getValue());
      }
    }
    String key = read.files().keyOf(written);
    if (key != null) {
      throw overwritten(
          written, option, "a file that the configuration names with the key %s".formatted(key));
    }
    for (Config.Source source : read.sources()) {
      if (source.capture() != null && isReadIn(source.capture().folder(), target)) {
        throw overwritten(
            written,
            option,
            "a captured file of the source %s of the configuration"
                .formatted(Quoted.of(source.name())));
      }
    }
  }

  private static boolean isReadIn(Path folder, Path target) {
    return Files.isDirectory(folder)
        && target.startsWith(RealPath.of(folder))
        && files(List.of(folder.toString())).stream()
            .anyMatch(each -> target.equals(RealPath.of(each)));
  }

  /**
   * Returns sentences about files in the given folders that are not read or may not have been read.
   * If there are no such files, the result is an empty text. A file with an extension that no
   * capture has is not read. A CSV file is not read if its columns belong to no table. Files that
   * are not read are not counted as rejected.
   */
  public static String leftOut(List<String> paths) throws IOException {
    StringBuilder text = new StringBuilder();
    List<String> names = CaptureFiles.leftOutByExtension(paths);
    if (names.size() == 1) {
      text.append(
          " The file %s was left out because of its name; to read it, give the file itself as a PATH."
              .formatted(Quoted.of(names.get(0))));
    } else if (!names.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              " %,d files were left out because of their names; the first file is %s; to read a file, give the file itself as a PATH.",
              names.size(),
              Quoted.of(names.get(0))));
    }
    CaptureFiles.found(paths).stream()
        .filter(CaptureFiles.NamedFile::isLeftOutIfUnknown)
        .findFirst()
        .ifPresent(
            file ->
                text.append(
                    " A CSV file in a folder is left out if its columns belong to no table that Lockstep reads; to see whether that is so for the file %s, give the file itself as a PATH."
                        .formatted(Quoted.of(file.name()))));
    return text.toString();
  }

  /**
   * Returns the exit code of a command that has read the captured logs. Writes a message to
   * standard error if no record was read, or if all were rejected.
   */
  public int end(IngestCounts counts) throws IOException {
    IngestCounts.Totals read = counts.total();
    if (read.read() == 0) {
      System.err.println(
          "Nothing was read: the input has no record, or none that arrived between --from and --to."
              + leftOut(paths()));
    }
    String unreadable = ReplaySummary.unreadable(counts);
    if (unreadable != null) {
      System.err.println(unreadable);
    }
    return read.rejected() > 0 ? ExitCode.DONE_WITH_REJECTIONS : ExitCode.DONE;
  }

  private CommandLine.ParameterException overwritten(Path written, String option, String what) {
    return new CommandLine.ParameterException(
        spec.commandLine(),
        "could not write %s: it is %s and would be overwritten; name another file by %s"
            .formatted(Quoted.of(written.toString()), what, option));
  }

  public Progress progress() {
    return Progress.of(quiet);
  }
}
