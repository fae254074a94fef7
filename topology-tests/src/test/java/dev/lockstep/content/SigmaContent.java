package dev.lockstep.content;

import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.field.LogSourceScope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Sigma rules in {@code deploy/sigma}. A document's name is its file below the folder, without the
 * ending; a further document of a file has its own name behind that.
 */
final class SigmaContent {
  static final Path FOLDER = Path.of("../deploy/sigma");
  private static final String ENDING = ".yml";
  private static final List<String> ENRICHED =
      List.of("lockstep.ip.", "lockstep.partner.", "lockstep.principal.type");

  private final SigmaDocuments files;
  private final Map<String, SigmaDocument> documents = new LinkedHashMap<>();
  private final Map<String, SigmaDocument> rules = new LinkedHashMap<>();
  private final Map<String, SigmaDocument> byName = new HashMap<>();
  private final Map<String, SigmaSetRule> loaded = new HashMap<>();

  private SigmaContent(SigmaDocuments files) {
    this.files = files;
    new TreeMap<>(files.documents())
        .forEach(
            (file, all) -> {
              String name = FOLDER.relativize(Path.of(file)).toString().replace(ENDING, "");
              for (SigmaDocument document : all) {
                boolean isFirst = document.header().number() == 1;
                documents.put(isFirst ? name : name + "/" + document.header().name(), document);
                byName.put(String.valueOf(document.header().name()), document);
              }
            });
    Set<SigmaDocument> silent = CorrelationDocument.silent(documents.values());
    documents.forEach(
        (name, document) -> {
          if (!silent.contains(document)) {
            rules.put(name, document);
          }
        });
    files.load().set().rules().forEach(rule -> loaded.put(rule.info().id(), rule));
  }

  static SigmaContent read() {
    return new SigmaContent(SigmaDocuments.of(List.of(FOLDER)));
  }

  SigmaDocuments files() {
    return files;
  }

  /** Returns all documents by name. */
  Map<String, SigmaDocument> documents() {
    return documents;
  }

  /** Returns the documents with findings of their own, by name. */
  Map<String, SigmaDocument> rules() {
    return rules;
  }

  SigmaDocument rule(String name) {
    return Objects.requireNonNull(rules.get(name), name);
  }

  /** Returns the id of a rule in lists and in findings. */
  String id(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  /** Returns a hash of what a rule matches; it does not change with the words of a rule. */
  String meaning(String name) {
    String meaning = Objects.requireNonNull(loaded.get(id(name))).info().meaning();
    // The first line tells what the rule keeps in state, which is no matter of what it matches.
    String matches = meaning.replaceFirst("^sigma with (addresses|names)\n", "sigma\n");
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(matches.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform lacks SHA-256", e);
    }
  }

  /** Returns the services of the log sources of each rule, by its name. */
  Map<String, Set<String>> services() {
    Map<String, Set<String>> services = new LinkedHashMap<>();
    for (String name : rules.keySet()) {
      Set<String> of = new TreeSet<>();
      parts(rule(name)).forEach(part -> of.add(part.source().service()));
      services.put(name, of);
    }
    return services;
  }

  /** Returns the log categories of each log source that a rule reads. */
  List<List<String>> categories(String name) {
    return parts(rule(name)).stream()
        .map(RuleDocument::source)
        .distinct()
        .map(source -> LogSourceScope.of(source.product(), source.service()))
        .map(scope -> Objects.requireNonNull(scope).categories())
        .distinct()
        .toList();
  }

  /** Returns whether a rule compares, counts or groups by what only enrichment knows. */
  boolean isEnriched(String name) {
    List<String> fields = new ArrayList<>();
    SigmaDocument rule = rule(name);
    parts(rule).forEach(part -> part.lines().fields().forEach(field -> fields.add(field.name())));
    if (rule instanceof CorrelationDocument correlation) {
      fields.addAll(correlation.fields());
      correlation.rules().stream()
          .map(each -> byName.get(each.word()))
          .filter(CorrelationDocument.class::isInstance)
          .forEach(each -> fields.addAll(((CorrelationDocument) each).fields()));
    }
    return fields.stream()
        .map(field -> field.toLowerCase(Locale.ROOT))
        .anyMatch(field -> ENRICHED.stream().anyMatch(field::startsWith));
  }

  /** Returns the rules about single events that a document is or refers to. */
  private List<RuleDocument> parts(SigmaDocument document) {
    List<RuleDocument> parts = new ArrayList<>();
    if (document instanceof RuleDocument rule) {
      parts.add(rule);
    } else if (document instanceof CorrelationDocument correlation) {
      for (Reference reference : correlation.rules()) {
        parts.addAll(parts(Objects.requireNonNull(byName.get(reference.word()))));
      }
    }
    return parts;
  }
}
