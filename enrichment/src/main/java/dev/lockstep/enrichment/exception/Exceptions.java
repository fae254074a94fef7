package dev.lockstep.enrichment.exception;

import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.partner.Partners;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The findings that an operator has agreed to expect. Immutable. */
public final class Exceptions {

  private static final Exceptions NONE = new Exceptions(List.of());

  private final List<ExceptionEntry> all;
  private final Map<String, ExceptionEntry> byId = new HashMap<>();
  private final Map<String, List<ExceptionEntry>> byRule = new HashMap<>();

  private Exceptions(List<ExceptionEntry> all) {
    this.all = List.copyOf(all);
    for (ExceptionEntry entry : all) {
      byId.put(entry.id(), entry);
      byRule.computeIfAbsent(entry.rule(), rule -> new ArrayList<>()).add(entry);
    }
  }

  /**
   * Reads a file of exceptions: YAML, UTF-8.
   *
   * @param rules the ids that an exception may be about
   * @param partners the registry that partners are of
   * @throws FileProblem if it cannot be read or a line of it is wrong
   */
  public static Exceptions read(Path file, Collection<String> rules, Partners partners)
      throws FileProblem {
    return ExceptionsFile.parse(
        file.toString(), TextFile.read(ExceptionsFile.KIND, file), rules, partners);
  }

  /**
   * Returns the text of a file with an exception added, comments and order as they were.
   *
   * @param fileName for messages
   * @param text of the file, empty for a new one
   * @throws FileProblem if the text is wrong, has such an exception, or is laid out so that nothing
   *     can be added safely
   */
  public static String add(
      String fileName,
      String text,
      ExceptionEntry entry,
      Collection<String> rules,
      Partners partners)
      throws FileProblem {
    return ExceptionsEdit.add(fileName, text, entry, rules, partners);
  }

  /** Returns an exception as the lines of a mapping in YAML. */
  public static List<String> lines(ExceptionEntry entry) {
    return ExceptionsEdit.lines(entry);
  }

  /** Returns these exceptions, whose ids differ. */
  public static Exceptions of(List<ExceptionEntry> all) {
    return new Exceptions(all);
  }

  /** Returns that nothing is excepted. */
  public static Exceptions none() {
    return NONE;
  }

  /** Returns all, as listed. */
  public List<ExceptionEntry> all() {
    return all;
  }

  /** Returns those about a rule, as listed. */
  public List<ExceptionEntry> of(String rule) {
    return byRule.getOrDefault(rule, List.of());
  }

  /** Returns the exception with the id, or null. */
  public @Nullable ExceptionEntry byId(String id) {
    return byId.get(id);
  }
}
