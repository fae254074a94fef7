package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.CasesReader;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DetectionLines;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.LogSource;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.ReferredDocuments;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.document.WrittenField;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compiler of Sigma documents into one set of rules, with the faults of documents that cannot be
 * used. The set is incomplete if there are faults.
 */
public final class SigmaLoader {
  /** Largest number of documents that a set may have. */
  public static final int MOST_DOCUMENTS = 5_000;

  /** Largest number of raw fields that the rules of a set may name. */
  public static final int MOST_RAW_FIELDS = 4_096;

  private final SigmaFields table;
  private final List<Loaded> documents = new ArrayList<>();
  private final List<DocumentFault> faults = new ArrayList<>();
  private final Map<String, String> files = new HashMap<>();
  private final Set<String> good = new LinkedHashSet<>();
  private final Set<String> bad = new HashSet<>();
  private final Set<String> refused = new HashSet<>();

  /** Document with the name of its file, without folder and ending. It equals only itself. */
  private static final class Loaded {
    private final SigmaDocument document;
    private final String name;

    Loaded(SigmaDocument document, String name) {
      this.document = document;
      this.name = name;
    }

    SigmaDocument document() {
      return document;
    }

    String name() {
      return name;
    }

    Header header() {
      return document.header();
    }
  }

  /**
   * Set of compiled Sigma rules, with the faults of documents and the files without a fault.
   *
   * @param set compiled rules; incomplete if there are faults
   * @param faults faults of all documents
   * @param good files without a fault
   */
  public record Result(SigmaSet set, List<DocumentFault> faults, List<String> good) {
    public Result {
      faults = List.copyOf(faults);
      good = List.copyOf(good);
    }
  }

  /** Creates a loader of rules whose fields are looked up in a table. */
  public SigmaLoader(SigmaFields table) {
    this.table = table;
  }

  /**
   * Adds the documents and the faults of a file.
   *
   * @param file path of the file for messages
   * @param name name of the file without folder and ending, which names its rules
   */
  public void add(String file, String name, List<SigmaDocument> read, List<DocumentFault> refused) {
    good.add(file);
    refused.forEach(this::refuse);
    String other = files.putIfAbsent(name.toLowerCase(Locale.ROOT), file);
    if (read.isEmpty() && !refused.isEmpty() && CasesReader.isMisnamed(file)) {
      return; // these faults ask for another name of the file
    }
    if (!Header.isName(name)) {
      refuse(
          new SourceLine(file, 1),
          "has a file name that cannot be the id of a rule",
          "rename the file: write at most %d letters from A to Z, digits, underscores and dashes, the"
                  .formatted(Header.MOST_NAME_CHARS)
              + " first a letter or a digit");
    } else if (other != null && !other.equals(file)) {
      refuse(
          new SourceLine(file, 1),
          "has the same file name as %s".formatted(Quoted.of(other)),
          "rename one of the two, because the file name is the id of the rule");
    } else {
      read.forEach(document -> documents.add(new Loaded(document, name)));
    }
  }

  /** Adds the result of reading one file. */
  public void add(String file, String name, DocumentReader.Reading reading) {
    reading.refused().forEach(word -> refused.add(key(word)));
    add(file, name, reading.documents(), reading.faults());
  }

  /** Adds a fault to the result, and marks its file as faulty. */
  public void refuse(DocumentFault fault) {
    faults.add(fault);
    bad.add(fault.at().file());
  }

  private void refuse(SourceLine at, String what, String fix) {
    refuse(new DocumentFault(at, what, fix));
  }

  /** Compiles the added documents into one set of rules. */
  public Result load() {
    if (documents.size() > MOST_DOCUMENTS) {
      refuse(
          documents.get(MOST_DOCUMENTS).header().at(),
          "is document %d, one more than all files may have together".formatted(MOST_DOCUMENTS + 1),
          "load at most %d documents, in all files together".formatted(MOST_DOCUMENTS));
      return new Result(SigmaSet.NONE, faults, List.of());
    }
    Set<String> paths = new HashSet<>();
    if (documents.stream().anyMatch(loaded -> namesTooMany(loaded.document(), paths))) {
      return new Result(SigmaSet.NONE, ordered(), sound());
    }
    Map<String, Loaded> byWord = byWord();
    Map<Loaded, List<FilterDocument>> filters = filters(byWord);
    Set<Loaded> silent = silentDocuments(byWord);
    Map<Loaded, String> ids = ids(silent);
    Map<String, List<Loaded>> byService = new TreeMap<>();
    for (Loaded loaded : documents) {
      if (loaded.document() instanceof RuleDocument rule) {
        byService.computeIfAbsent(rule.source().toString(), any -> new ArrayList<>()).add(loaded);
      }
    }
    IdentityHashMap<SigmaDocument, SigmaRule> compiled = new IdentityHashMap<>();
    List<ServiceRules> services = new ArrayList<>();
    for (List<Loaded> all : byService.values()) {
      LogSource source = ((RuleDocument) all.get(0).document()).source();
      List<SigmaRule> rules = new ArrayList<>();
      List<List<FilterDocument>> filtersOf = new ArrayList<>();
      for (Loaded each : all) {
        List<FilterDocument> own = filters.getOrDefault(each, List.of());
        SigmaRule rule =
            rule(each, ids.getOrDefault(each, each.name()), !silent.contains(each), own);
        compiled.put(each.document(), rule);
        rules.add(rule);
        filtersOf.add(own);
      }
      services.add(new ServiceRules(source, rules, filtersOf, table));
    }
    List<CorrelationRule> correlations = correlations(silent, ids, compiled);
    for (CorrelationRule rule : correlations) {
      paths.addAll(rule.info().rawFields());
      if (paths.size() > MOST_RAW_FIELDS) {
        refuseFields(rule.document().header().at(), "groups or counts by fields");
        break;
      }
    }
    return new Result(
        new SigmaSet(services, correlations, documents.stream().map(Loaded::document).toList()),
        ordered(),
        sound());
  }

  private List<String> sound() {
    return good.stream().filter(file -> !bad.contains(file)).toList();
  }

  private List<DocumentFault> ordered() {
    return faults.stream()
        .sorted(
            Comparator.comparing((DocumentFault fault) -> fault.at().file())
                .thenComparingLong(fault -> fault.at().line()))
        .toList();
  }

  /**
   * Adds the raw fields of a document to those of the set, and returns whether the set now has too
   * many. If so, the document is refused. The limit is for the set, because ingest looks for all of
   * its raw fields in each record.
   */
  private boolean namesTooMany(SigmaDocument document, Set<String> paths) {
    LogSource source;
    DetectionLines lines;
    if (document instanceof RuleDocument rule) {
      source = rule.source();
      lines = rule.lines();
    } else if (document instanceof FilterDocument filter) {
      source = filter.source();
      lines = filter.lines();
    } else {
      return false;
    }
    for (WrittenField field : lines.fields()) {
      paths.addAll(table.source(source.service(), field.name()).rawPaths());
      if (field.hasModifier("fieldref")) {
        for (String other : field.values()) {
          paths.addAll(table.source(source.service(), other).rawPaths());
        }
      }
      if (paths.size() > MOST_RAW_FIELDS) {
        refuseFields(field.at(), "has the field %s".formatted(Quoted.of(field.name())));
        return true;
      }
    }
    return false;
  }

  private void refuseFields(SourceLine at, String what) {
    refuse(
        at,
        "%s, and so the loaded rules name more than %d different fields of records"
            .formatted(what, MOST_RAW_FIELDS),
        "load fewer rules, or rules with fewer fields; in each record, Lockstep looks for all"
            + " fields that the rules of the record's log source use");
  }

  private List<CorrelationRule> correlations(
      Set<Loaded> silent,
      Map<Loaded, String> ids,
      IdentityHashMap<SigmaDocument, SigmaRule> compiled) {
    ReferredDocuments known =
        new ReferredDocuments(documents.stream().map(Loaded::document).toList());
    List<CorrelationDocument> all = new ArrayList<>();
    for (Loaded loaded : documents) {
      if (loaded.document() instanceof CorrelationDocument correlation) {
        all.add(correlation);
      }
    }
    CorrelationCompiler compiler = new CorrelationCompiler(known, compiled, table, this::refuse);
    CorrelationGraph graph = new CorrelationGraph(all, known, this::refuse);
    List<CorrelationRule> correlations = new ArrayList<>();
    for (Loaded loaded : documents) {
      if (loaded.document() instanceof CorrelationDocument correlation
          && compiler.check(correlation)
          && graph.isSound(correlation)
          && !silent.contains(loaded)) {
        correlations.add(compiler.compile(ids.getOrDefault(loaded, loaded.name()), correlation));
      }
    }
    return correlations;
  }

  private SigmaRule rule(
      Loaded loaded, String id, boolean generates, List<FilterDocument> filters) {
    RuleDocument document = (RuleDocument) loaded.document();
    FieldUse use = new FieldUse(document.source(), table);
    use.read(document.detection());
    Set<String> lacks = new LinkedHashSet<>(use.lacking(document.detection()));
    for (FilterDocument filter : filters) {
      use.read(filter.detection());
      lacks.addAll(use.lacking(filter.detection()));
    }
    return new SigmaRule(id, document, generates, filters, use.paths(), List.copyOf(lacks));
  }

  private Map<String, Loaded> byWord() {
    Map<String, Loaded> byWord = new LinkedHashMap<>();
    for (Loaded loaded : documents) {
      Header header = loaded.header();
      put(byWord, header.id(), "id", loaded);
      put(byWord, header.name(), "name", loaded);
    }
    return byWord;
  }

  private void put(Map<String, Loaded> byWord, @Nullable String word, String what, Loaded loaded) {
    Loaded other = word == null ? null : byWord.putIfAbsent(key(word), loaded);
    if (other != null && other != loaded) {
      refuse(
          loaded.header().at(),
          "has the same %s, %s, as the document at %s"
              .formatted(what, Quoted.of(word), Quoted.of(other.header().at())),
          "give one of the two documents another " + what);
    }
  }

  private static String key(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  private @Nullable Loaded referred(Map<String, Loaded> byWord, Reference reference) {
    Loaded found = byWord.get(key(reference.word()));
    if (found == null && refused.contains(key(reference.word()))) {
      bad.add(reference.at().file()); // the fault is the one of that document
    } else if (found == null) {
      refuse(
          reference.at(),
          "refers to %s, which no document has as its id or name"
              .formatted(Quoted.of(reference.word())),
          fix(byWord, reference));
    }
    return found;
  }

  private String fix(Map<String, Loaded> byWord, Reference reference) {
    for (Loaded loaded : documents) {
      if (key(loaded.header().title()).equals(key(reference.word()))) {
        return ("refer to the document at %s by its id or name, not by its title; if the document"
                + " has neither, give it a name")
            .formatted(Quoted.of(loaded.header().at()));
      }
    }
    String nearest = NearestNames.similarAmong(byWord.keySet(), reference.word());
    return nearest.isEmpty()
        ? "load that document too"
        : "load that document too, or correct the word; the nearest known one is "
            + Quoted.of(nearest);
  }

  private Map<Loaded, List<FilterDocument>> filters(Map<String, Loaded> byWord) {
    Map<Loaded, List<FilterDocument>> filters = new HashMap<>();
    for (Loaded loaded : documents) {
      if (!(loaded.document() instanceof FilterDocument filter)) {
        continue;
      }
      for (Loaded other : documents) {
        if (filter.any()
            && other.document() instanceof RuleDocument rule
            && isSame(rule.source(), filter.source())) {
          filters.computeIfAbsent(other, any -> new ArrayList<>()).add(filter);
        }
      }
      for (Reference reference : filter.rules()) {
        Loaded target = referred(byWord, reference);
        if (target == null) {
          continue;
        }
        if (!(target.document() instanceof RuleDocument rule)) {
          refuse(
              reference.at(),
              "filters %s, which is not a rule about single events but a correlation or a filter"
                  .formatted(Quoted.of(reference.word())),
              "name rules; for a correlation, name the rules that it refers to");
        } else if (!isSame(rule.source(), filter.source())) {
          refuse(
              reference.at(),
              "filters %s, which has the log source %s, although the filter has the log source %s"
                  .formatted(Quoted.of(reference.word()), rule.source(), filter.source()),
              "write a separate filter for each log source");
        } else {
          filters.computeIfAbsent(target, any -> new ArrayList<>()).add(filter);
        }
      }
    }
    return filters;
  }

  private static boolean isSame(LogSource one, LogSource other) {
    return one.product().equals(other.product()) && one.service().equals(other.service());
  }

  /**
   * Returns the rules and correlations that give no findings of their own. Correlations refer to
   * them, and none of these correlations has {@code generate: true}. Refuses a correlation that
   * refers to a filter, or that refers to one document twice.
   */
  private Set<Loaded> silentDocuments(Map<String, Loaded> byWord) {
    Set<Loaded> silent = new HashSet<>();
    Set<Loaded> generating = new HashSet<>();
    for (Loaded loaded : documents) {
      if (loaded.document() instanceof CorrelationDocument correlation) {
        Map<Loaded, Reference> listed = new HashMap<>();
        for (Reference reference : correlation.rules()) {
          Loaded target = referred(byWord, reference);
          Reference other = target == null ? null : listed.putIfAbsent(target, reference);
          if (other != null) {
            refuse(
                reference.at(),
                "lists the rule %s twice, also as %s"
                    .formatted(Quoted.of(reference.word()), Quoted.of(other.word())),
                "remove one of the two");
          }
          if (target != null && target.document() instanceof FilterDocument) {
            refuse(
                reference.at(),
                "correlates %s, which is a filter".formatted(Quoted.of(reference.word())),
                "refer to rules and correlations only");
          } else if (target != null) {
            silent.add(target);
            if (correlation.generate()) {
              generating.add(target);
            }
          }
        }
      }
    }
    silent.removeAll(generating);
    return silent;
  }

  /**
   * Returns the rule id of each rule and correlation that gives findings of its own, which means
   * that it is not in {@code silent}. The id of the first of these in a file is the name of the
   * file. The id of a later one also contains a name of its own.
   */
  private Map<Loaded, String> ids(Set<Loaded> silent) {
    Map<Loaded, String> ids = new HashMap<>();
    Map<String, Loaded> known = new HashMap<>();
    Map<String, Loaded> titled = new HashMap<>();
    for (Loaded loaded : documents) {
      if (loaded.document() instanceof FilterDocument || silent.contains(loaded)) {
        continue;
      }
      if (loaded.header().id() == null) {
        refuseSameTitle(loaded, titled.putIfAbsent(loaded.header().title(), loaded));
      }
      String id = loaded.name();
      if (known.containsKey(id)) {
        id = loaded.header().idWithin(loaded.name());
      }
      Loaded other = known.putIfAbsent(id, loaded);
      if (other != null) {
        refuse(
            loaded.header().at(),
            "has the same name as the document at %s in the same file"
                .formatted(Quoted.of(other.header().at())),
            "give each document of the file a different name");
      }
      ids.put(loaded, id);
    }
    return ids;
  }

  private void refuseSameTitle(Loaded loaded, @Nullable Loaded other) {
    if (other != null) {
      refuse(
          loaded.header().at(),
          "has no id, and the same title, %s, as the document at %s, which has no id either"
              .formatted(Quoted.of(loaded.header().title()), Quoted.of(other.header().at())),
          "give one of the two an id or another title, because the id of a document, or its title"
              + " if it has no id, identifies its state and findings");
    }
  }
}
