package dev.lockstep.app.option;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.ingest.kafka.DeadLetterReader;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.Quoted;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * Command-line options that select dead letters by reason and source. The class also prints a note
 * on an unknown reason or source, and parses ids of dead letters.
 */
public final class DeadLetterOptions {
  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only dead letters with this reason.")
  private @Nullable String reason;

  @Option(
      names = "--source",
      paramLabel = "NAME",
      description = "Only dead letters of this source.")
  private @Nullable String source;

  /** Returns whether a dead letter has the wanted reason and source. */
  public boolean includes(DeadLetter letter) {
    return (reason == null || reason.equals(letter.getReason()))
        && (source == null || source.equals(letter.getWhere().getSource()));
  }

  /** Prints a note on standard error if no dead letter has the wanted reason or source. */
  public void warnIfUnknown(DeadLetterReader reader, boolean quarantine) {
    if (reason == null && source == null) {
      return;
    }
    Set<String> reasons = new TreeSet<>();
    Set<String> sources = new TreeSet<>();
    reader.letters(
        entry -> {
          if (entry.letter() != null) {
            reasons.add(entry.letter().getReason());
            sources.add(entry.letter().getWhere().getSource());
          }
        });
    String what = quarantine ? "quarantined record" : "dead letter";
    if (reason != null && !reasons.contains(reason)) {
      System.err.println(unknown(what, "reason", reason, reasons));
    }
    if (source != null && !sources.contains(source)) {
      System.err.println(unknown(what, "source", source, sources));
    }
  }

  /**
   * Returns a note that no dead letter has a given reason or source. The note lists the reasons or
   * sources that exist.
   */
  static String unknown(String what, String option, String value, Set<String> values) {
    return "no %s has the %s %s; %s"
        .formatted(
            what,
            option,
            Quoted.of(value),
            values.isEmpty()
                ? "the topic has none at all"
                : "give one of these to --%s: %s"
                    .formatted(
                        option, DisplayFormat.some(values.stream().map(Quoted::visible).toList())));
  }

  /** Parses the id of a dead letter, and throws an error of usage if the text is not an id. */
  public static DeadLetterReader.Id id(CommandSpec command, String text) {
    DeadLetterReader.Id id = DeadLetterReader.Id.parse(text.strip());
    if (id == null) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "could not use the id of a dead letter: %s is not a partition and offset such as 0-17; %s shows the ids"
              .formatted(Quoted.of(text), ShellCommand.call("dead-letters list --letters")));
    }
    return id;
  }
}
