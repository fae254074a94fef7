package dev.lockstep.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.network.ServiceTags;
import dev.lockstep.enrichment.network.TagClasses;
import dev.lockstep.enrichment.network.TaggedNetworks;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code networks import}, which writes a networks file from Azure's service tags. */
@Command(
    name = "import",
    description = {
      "Writes a networks file from the service tags that Azure publishes.",
      "Name the new file in the configuration after your own networks file, whose rows take"
          + " precedence."
    })
final class NetworksImportCommand implements Callable<Integer> {
  private static final String LEAVE_OUT = "none";
  private static final int SHOWN = 10;

  @Parameters(paramLabel = "FILE", description = "JSON file of service tags.")
  private Path file = Path.of("");

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "Networks file to write (default: standard output); a file that an earlier import wrote"
              + " is replaced.")
  private @Nullable String output;

  @Option(
      names = "--tag",
      paramLabel = "NAME=CLASS",
      description =
          "Network class for a tag and the tags below it. NAME=none leaves these tags out."
              + " Repeatable.")
  private List<String> classes = List.of();

  @Option(
      names = "--only",
      paramLabel = "NAME",
      description = "Import only this tag and the tags below it. Repeatable.")
  private List<String> only = List.of();

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Imported row whose network class differs from the class in the operator's own files. */
  private record Conflict(TaggedNetworks.Row row, NetworkClass own) {}

  @Override
  public Integer call() throws IOException {
    TagClasses chosen = TagClasses.usual().only(only);
    for (String each : classes) {
      chosen = chosen(chosen, each);
    }
    Path target = output == null || StandardOutput.isNamed(output) ? null : Path.of(output);
    checkReplaceable(target);
    TaggedNetworks rows = rows(chosen);
    if (target == null) {
      print(rows.text());
    } else {
      AtomicFile.replace(target, rows.text());
    }
    Config read;
    List<Conflict> conflicts;
    try {
      read = config.read(); // read after the file exists, because the configuration may name it
      conflicts = conflicts(rows, own(read, target));
    } catch (OperatorException e) {
      if (target != null) {
        spec.commandLine()
            .getErr()
            .printf(
                "%s is written, but could not be compared with your own networks:%n",
                Quoted.visible(target.toString()));
      }
      throw e;
    }
    PrintStream summary = target == null ? System.err : System.out;
    if (json) {
      summary.println(asJson(rows, conflicts));
    } else {
      summarise(summary, rows);
    }
    warn(rows, conflicts);
    if (target != null && !names(read.networks(), target)) {
      System.err.printf(
          "To use the file, name it in the configuration after your own file: networks:"
              + " [networks.csv, %s]%n",
          Quoted.visible(inConfiguration(target).toString()));
    }
    return ExitCode.DONE;
  }

  /**
   * Returns the path by which the configuration can name a file; a relative path starts at the
   * folder of the configuration. A path that was given as absolute is returned as it is, and so is
   * any path if there is no configuration.
   */
  private Path inConfiguration(Path target) {
    Path found = config.file();
    Path folder = found == null ? null : found.toAbsolutePath().normalize().getParent();
    Path whole = target.toAbsolutePath().normalize();
    if (folder == null || target.isAbsolute()) {
      return target;
    }
    return whole.startsWith(folder) ? folder.relativize(whole) : whole;
  }

  private TagClasses chosen(TagClasses classes, String text) {
    int equals = text.lastIndexOf('=');
    String word = text.substring(equals + 1).strip();
    String name = equals < 0 ? "" : text.substring(0, equals).strip();
    NetworkClass networkClass = NetworkClass.ofWord(word);
    if (name.isEmpty() || (networkClass == null && !word.equals(LEAVE_OUT))) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --tag: %s is not NAME=CLASS with one of the classes %s; write AppService=hosting, or PowerBI=none to leave a tag out"
              .formatted(
                  Quoted.of(text),
                  Arrays.stream(NetworkClass.values())
                      .map(NetworkClass::word)
                      .collect(Collectors.joining(", "))));
    }
    return classes.with(name, networkClass);
  }

  private static void checkReplaceable(@Nullable Path target) throws IOException {
    if (target == null || !Files.exists(target)) {
      return;
    }
    if (Files.isDirectory(target)) {
      throw new OperatorException(
          "could not write %s: it is a folder; name a file".formatted(Quoted.of(target)));
    }
    byte[] mark = TaggedNetworks.MARK.getBytes(StandardCharsets.UTF_8);
    boolean ours = false;
    if (Files.isRegularFile(target)) {
      try (var in = Files.newInputStream(target)) {
        ours = Arrays.equals(in.readNBytes(mark.length), mark);
      }
    }
    // any other file may be the work of a person
    if (!ours) {
      throw new OperatorException(
          "could not write %s: the file exists and was not written by an import; name another file, and list both files under \"networks\" in the configuration"
              .formatted(Quoted.of(target)));
    }
  }

  private TaggedNetworks rows(TagClasses chosen) {
    try {
      return ServiceTags.read(file).rows(chosen);
    } catch (FileProblemException e) {
      throw OperatorException.of(e);
    }
  }

  private static Networks own(Config config, @Nullable Path target) {
    try {
      return Networks.read(
          config.networks().stream()
              .filter(each -> target == null || !same(each, target))
              .toList());
    } catch (FileProblemException e) {
      throw OperatorException.of(e);
    }
  }

  private static boolean names(List<Path> networks, Path target) {
    return networks.stream().anyMatch(each -> same(each, target));
  }

  private static boolean same(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private static List<Conflict> conflicts(TaggedNetworks rows, Networks own) {
    List<Conflict> conflicts = new ArrayList<>();
    for (TaggedNetworks.Row row : rows.all()) {
      NetworkClass networkClass = own.classOf(row.cidr());
      if (networkClass != null && networkClass != row.networkClass()) {
        conflicts.add(new Conflict(row, networkClass));
      }
    }
    return conflicts;
  }

  private static void print(String text) {
    System.out.print(text);
    StandardOutput.check("write to a file by --output");
  }

  private static Map<NetworkClass, Long> byClass(TaggedNetworks rows) {
    Map<NetworkClass, Long> counts = new EnumMap<>(NetworkClass.class);
    rows.all().forEach(row -> counts.merge(row.networkClass(), 1L, Long::sum));
    return counts;
  }

  private static void summarise(PrintStream out, TaggedNetworks rows) {
    TextTable table = new TextTable("Class", "Rows");
    byClass(rows)
        .forEach((each, count) -> table.row(List.of(each.word(), DisplayFormat.number(count))));
    table.row(List.of("all", DisplayFormat.number(rows.all().size())));
    table.print(out);
  }

  private static void warn(TaggedNetworks rows, List<Conflict> conflicts) {
    if (!rows.unreadable().isEmpty()) {
      int left = rows.unreadable().size();
      System.err.printf(
          left == 1
              ? "Left out: %s entry of the service tags that is not an address range: %s%n"
              : "Left out: %s entries of the service tags that are not address ranges; the first is %s%n",
          DisplayFormat.number(left),
          Quoted.visible(rows.unreadable().get(0)));
    }
    if (!conflicts.isEmpty()) {
      System.err.printf(
          "Your own networks files give another class to %s of the imported rows. Your class counts if your files come before the imported file in the list \"networks\" of the configuration. These rows have another class:%n",
          DisplayFormat.number(conflicts.size()));
      for (Conflict conflict : conflicts.subList(0, Math.min(SHOWN, conflicts.size()))) {
        System.err.printf(
            "  %s has the class %s in your files, and the class %s by the service tag %s%n",
            conflict.row().cidr(),
            conflict.own().word(),
            conflict.row().networkClass().word(),
            TextTable.shown(conflict.row().tag()));
      }
      if (conflicts.size() > SHOWN) {
        System.err.printf("  and %s more%n", DisplayFormat.number(conflicts.size() - SHOWN));
      }
    }
  }

  private static String asJson(TaggedNetworks rows, List<Conflict> conflicts) {
    return JsonText.object(
        json -> {
          json.writeNumberField("rows", rows.all().size());
          json.writeObjectFieldStart("byClass");
          for (Map.Entry<NetworkClass, Long> count : byClass(rows).entrySet()) {
            json.writeNumberField(count.getKey().word(), count.getValue());
          }
          json.writeEndObject();
          json.writeNumberField("unreadable", rows.unreadable().size());
          JsonText.writeObjects(json, "conflicts", conflicts, one -> write(json, one));
        });
  }

  private static void write(JsonGenerator json, Conflict conflict) throws IOException {
    json.writeStringField("cidr", conflict.row().cidr());
    json.writeStringField("own", conflict.own().word());
    json.writeStringField("imported", conflict.row().networkClass().word());
    json.writeStringField("tag", conflict.row().tag());
  }
}
