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

/** Entries of the exceptions file: findings that the operator expects. Immutable. */
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
   * Reads a file of exceptions, which is YAML in UTF-8.
   *
   * @param rules ids of the rules that an entry may name
   * @param partners registry of the partners that an entry may name
   * @throws FileProblem if the file cannot be read or one of its lines is wrong
   */
  public static Exceptions read(Path file, Collection<String> rules, Partners partners)
      throws FileProblem {
    return ExceptionsFile.parse(
        file.toString(), TextFile.read(ExceptionsFile.KIND, file), rules, partners);
  }

  /**
   * Returns the text of a file with one entry added; comments and order stay.
   *
   * @param fileName name for messages
   * @param text text of the file, empty for a new one
   * @throws FileProblem if the text is wrong, already has the entry, or has a layout in which
   *     nothing can be added safely
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

  /** Returns an entry as the lines of a YAML mapping. */
  public static List<String> lines(ExceptionEntry entry) {
    return ExceptionsEdit.lines(entry);
  }

  /** Returns exceptions of these entries, whose ids must differ. */
  public static Exceptions of(List<ExceptionEntry> all) {
    return new Exceptions(all);
  }

  /** Returns exceptions without entries. */
  public static Exceptions none() {
    return NONE;
  }

  /** Returns all entries in the order of the file. */
  public List<ExceptionEntry> all() {
    return all;
  }

  /** Returns the entries of a rule in the order of the file. */
  public List<ExceptionEntry> of(String rule) {
    return byRule.getOrDefault(rule, List.of());
  }

  /** Returns the entry with an id, or null. */
  public @Nullable ExceptionEntry byId(String id) {
    return byId.get(id);
  }
}
