package dev.lockstep.app.authoring;

import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.ReferredDocuments;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.page.RulePage;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Writer of Markdown pages about the Sigma rules in files: one for each rule that can fire by
 * itself, and an index. A page also has the filters of the rule, and the rules that a correlation
 * refers to.
 */
public final class RulePages {
  private static final String INDEX = "index.md";
  private static final String ENDING = ".md";

  private final SigmaFields table = SigmaFields.bundled();
  private final List<DocumentFault> faults;
  private final List<RulePage> pages = new ArrayList<>();
  private final Map<SigmaDocument, String> texts = new HashMap<>();
  private final ReferredDocuments referred;

  /** Prepares the pages about the Sigma rules in the given files. Nothing is written yet. */
  public RulePages(SigmaDocuments files) {
    SigmaLoader.Result result = files.load();
    this.faults = result.faults();
    List<SigmaDocument> all = new ArrayList<>();
    files
        .documents()
        .forEach(
            (file, documents) -> {
              List<String> lines = lines(Objects.requireNonNull(files.paths().get(file)));
              for (SigmaDocument document : documents) {
                all.add(document);
                texts.put(document, section(document, lines));
              }
            });
    this.referred = new ReferredDocuments(all);
    for (SigmaSetRule rule : result.set().rules()) {
      SigmaDocument document = rule.document();
      Set<SigmaDocument> below = referred.closure(document);
      below.remove(document);
      List<RulePage.Part> filters = new ArrayList<>();
      for (SigmaDocument each : all) {
        boolean isOwn =
            each instanceof FilterDocument filter
                && (isOf(filter, document) || below.stream().anyMatch(one -> isOf(filter, one)));
        if (isOwn) {
          filters.add(part(each));
        }
      }
      pages.add(
          new RulePage(
              rule.info().id(), part(document), below.stream().map(this::part).toList(), filters));
    }
  }

  private boolean isOf(FilterDocument filter, SigmaDocument document) {
    return document instanceof RuleDocument rule
        && rule.source().toString().equals(filter.source().toString())
        && (filter.any()
            || filter.rules().stream().anyMatch(each -> document.equals(referred.of(each))));
  }

  private RulePage.Part part(SigmaDocument document) {
    return new RulePage.Part(document, Objects.requireNonNull(texts.get(document)));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw OperatorException.of(new UncheckedIOException(e));
    }
  }

  private static String section(SigmaDocument document, List<String> lines) {
    String key =
        document instanceof RuleDocument
            ? "detection:"
            : document instanceof FilterDocument ? "filter:" : "correlation:";
    int at = (int) document.header().at().line() - 1;
    while (at < lines.size() && !lines.get(at).startsWith(key)) {
      at++;
    }
    StringBuilder text = new StringBuilder();
    for (int i = at; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean isBelow = line.isBlank() || line.charAt(0) == ' ' || line.charAt(0) == '#';
      if (i > at && !isBelow && !line.startsWith("- ")) {
        break;
      }
      text.append(line.stripTrailing()).append('\n');
    }
    while (text.toString().endsWith("\n\n")) {
      text.setLength(text.length() - 1);
    }
    return text.toString();
  }

  /** Returns the faults of documents that were refused and therefore have no page. */
  public List<DocumentFault> faults() {
    return faults;
  }

  /** Returns the number of pages about rules, without the index. */
  public int size() {
    return pages.size();
  }

  /** Returns all pages about rules as one text, without the index. */
  public String text() {
    List<String> all = pages.stream().map(page -> page.text(table)).toList();
    return String.join("\n", all);
  }

  /** Writes the pages and an index into a folder. The folder is created if it does not exist. */
  public void write(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new OperatorException(
          "could not write the pages: %s is a file; name a folder".formatted(Quoted.of(folder)));
    }
    Map<String, String> files = new LinkedHashMap<>();
    Map<RulePage, String> names = names();
    names.forEach((page, name) -> files.put(name, page.text(table)));
    files.put(INDEX, index(names));
    try {
      Files.createDirectories(folder);
      for (Map.Entry<String, String> file : files.entrySet()) {
        AtomicFile.replace(folder.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw OperatorException.of(new UncheckedIOException(e));
    }
  }

  private Map<RulePage, String> names() {
    Set<String> taken = new HashSet<>(Set.of(INDEX));
    Map<RulePage, String> names = new LinkedHashMap<>();
    for (RulePage page : pages) {
      String name = page.fileName();
      String stem = name.substring(0, name.length() - ENDING.length());
      // names that differ only in case are the same file on some disks
      for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
        name = stem + "-" + i + ENDING;
      }
      names.put(page, name);
    }
    return names;
  }

  private static String index(Map<RulePage, String> names) {
    StringBuilder index = new StringBuilder("# Rules\n\n");
    index.append("| rule | finds | severity | status | logs | ATT&CK | tests |\n");
    index.append("| --- | --- | --- | --- | --- | --- | --- |\n");
    names.forEach(
        (page, name) ->
            index
                .append("| [")
                .append(page.id())
                .append("](")
                .append(name)
                .append(") | ")
                .append(String.join(" | ", page.cells()))
                .append(" |\n"));
    return index.toString();
  }
}
