package dev.lockstep.enrichment.exception;

import dev.lockstep.enrichment.file.FileAndFolder;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.YamlText;
import dev.lockstep.enrichment.partner.Partners;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collection of the entries of all exceptions files. Each entry describes findings that the
 * operator expects. Immutable.
 */
public final class Exceptions {

  private static final Exceptions NONE = new Exceptions(List.of(), Map.of());

  private final List<ExceptionEntry> all;
  private final Map<String, String> fileById;
  private final Map<String, ExceptionEntry> byId = new HashMap<>();
  private final Map<String, List<ExceptionEntry>> byRule = new HashMap<>();

  private Exceptions(List<ExceptionEntry> all, Map<String, String> fileById) {
    this.all = List.copyOf(all);
    this.fileById = Map.copyOf(fileById);
    for (ExceptionEntry entry : all) {
      byId.put(entry.id(), entry);
      byRule.computeIfAbsent(entry.rule(), rule -> new ArrayList<>()).add(entry);
    }
  }

  /**
   * Reads exceptions from a file and the folder beside it, or from a folder alone. The folder
   * beside {@code exceptions.yaml} is {@code exceptions.d}. If only one of file and folder exists,
   * it is read alone. Of a folder, the YAML files are read. All files are in UTF-8.
   *
   * @param configured folder, or file that is read together with the folder beside it
   * @param rules ids of the rules that an entry may name
   * @param partners registry of the partners that an entry may name
   * @throws FileProblemException if a file cannot be read, a line is wrong, or two entries are
   *     about the same findings
   */
  public static Exceptions read(Path configured, Collection<String> rules, Partners partners)
      throws FileProblemException {
    return ExceptionsFile.parse(texts(configured), rules, partners);
  }

  /**
   * Returns the text of a new exceptions file with one entry. The entry is checked together with
   * the existing exceptions.
   *
   * @param configured file or folder, as {@link #read} takes it
   * @param added path of the new file
   * @throws FileProblemException if the entry or another file is wrong, or if another entry is
   *     about the same findings
   */
  public static String added(
      Path configured,
      Path added,
      ExceptionEntry entry,
      Collection<String> rules,
      Partners partners)
      throws FileProblemException {
    String text = "exceptions:\n  - " + String.join("\n    ", lines(entry)) + "\n";
    Map<String, String> texts =
        FileAndFolder.of(configured).exists() ? texts(configured) : new LinkedHashMap<>();
    texts.put(added.toString(), text);
    ExceptionsFile.parse(texts, rules, partners);
    return text;
  }

  private static Map<String, String> texts(Path configured) throws FileProblemException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Path file : FileAndFolder.of(configured).files(ExceptionsFile.KIND)) {
      texts.put(file.toString(), TextFile.read(ExceptionsFile.KIND, file));
    }
    return texts;
  }

  /** Returns an entry as the lines of a YAML mapping. */
  public static List<String> lines(ExceptionEntry entry) {
    List<String> lines = new ArrayList<>();
    lines.add("id: " + YamlText.scalar(entry.id()));
    lines.add("rule: " + YamlText.scalar(entry.rule()));
    if (entry.principal() != null) {
      lines.add("principal: " + YamlText.scalar(entry.principal()));
    }
    if (entry.partner() != null) {
      lines.add("partner: " + YamlText.scalar(entry.partner()));
    }
    if (entry.network() != null) {
      lines.add("network: " + YamlText.scalar(entry.network().toString()));
    }
    lines.add("reason: " + YamlText.scalar(entry.reason()));
    lines.add("owner: " + YamlText.scalar(entry.owner()));
    String expires = Instant.ofEpochMilli(entry.expiresAt()).toString();
    boolean wholeDay = expires.length() == 20 && expires.endsWith("T00:00:00Z");
    lines.add("expires: " + (wholeDay ? expires.substring(0, 10) : YamlText.scalar(expires)));
    return lines;
  }

  /** Returns a collection of the given entries. Their ids must differ. */
  public static Exceptions of(List<ExceptionEntry> all) {
    return new Exceptions(all, Map.of());
  }

  static Exceptions of(List<ExceptionEntry> all, Map<String, String> fileById) {
    return new Exceptions(all, fileById);
  }

  /** Returns a collection without entries. */
  public static Exceptions none() {
    return NONE;
  }

  /** Returns all entries in the order of the files. */
  public List<ExceptionEntry> all() {
    return all;
  }

  /** Returns the entries of a rule in the order of the files. */
  public List<ExceptionEntry> of(String rule) {
    return byRule.getOrDefault(rule, List.of());
  }

  /**
   * Returns the existing entry about the same findings as the given entry, or null if there is
   * none. A file that has both entries is refused, even if one of them has expired.
   */
  public @Nullable ExceptionEntry ofSame(ExceptionEntry entry) {
    return of(entry.rule()).stream().filter(entry::isOfSame).findFirst().orElse(null);
  }

  /**
   * Returns the entry, with another id if one of these exceptions already has its id. Expired
   * exceptions count too.
   */
  public ExceptionEntry withUnusedId(ExceptionEntry entry) {
    String id = entry.id();
    for (int number = 2; byId.containsKey(id); number++) {
      id = ExceptionEntry.numbered(entry.id(), number);
    }
    return entry.withId(id);
  }

  /**
   * Returns the path of the file that has the entry with the given id, or null if no file has it.
   * An entry that was not read from a file has no path.
   */
  public @Nullable String fileOf(String id) {
    return fileById.get(id);
  }

  /** Returns the entry with the given id, or null if there is none. */
  public @Nullable ExceptionEntry byId(String id) {
    return byId.get(id);
  }
}
