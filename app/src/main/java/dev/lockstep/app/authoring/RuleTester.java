package dev.lockstep.app.authoring;

import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.SigmaSet;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.ReferredDocuments;
import dev.lockstep.detections.sigma.document.RegressionCase;
import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Runner of the tests that authors write for their rules. A rule is tested together with its
 * filters and without any other rule; a correlation is tested together with the rules and
 * correlations that it refers to.
 */
public final class RuleTester {
  private final SigmaDocuments files;
  private final RuleCases cases;
  private final Enrichment enrichment;
  private final long seed;
  private final Map<SigmaDocument, String> fileOf = new LinkedHashMap<>();
  private final ReferredDocuments referred;
  private final List<DocumentFault> faults;
  private final Map<String, String> idBySha256 = new HashMap<>();

  /**
   * Creates a runner of the tests of Sigma rules and of Java rules.
   *
   * @param cases tests of Java rules
   * @param seed seed of the order in which records are shuffled
   */
  public RuleTester(SigmaDocuments files, RuleCases cases, Enrichment enrichment, long seed) {
    this.files = files;
    this.cases = cases;
    this.enrichment = enrichment;
    this.seed = seed;
    SigmaLoader.Result loaded = files.load();
    this.faults = loaded.faults();
    for (Rule each : loaded.set().rules()) {
      idBySha256.put(each.info().sha256(), each.info().id());
    }
    files
        .documents()
        .forEach((file, documents) -> documents.forEach(each -> fileOf.put(each, file)));
    this.referred = new ReferredDocuments(fileOf.keySet());
  }

  public TestReport run() {
    List<DocumentFault> all = new ArrayList<>(faults);
    all.addAll(cases.faults());
    List<TestOutcome> outcomes = new ArrayList<>();
    List<String> untested = new ArrayList<>();
    Set<SigmaDocument> silent = CorrelationDocument.silent(fileOf.keySet());
    fileOf.forEach(
        (document, file) -> {
          Header header = document.header();
          if (document instanceof FilterDocument) {
            return;
          }
          if (header.tests().isEmpty() && header.regressionTests() == null) {
            if (!silent.contains(document)) {
              untested.add(header.at().toString());
            }
            return;
          }
          test(document, file, outcomes);
        });
    for (RuleCases.OfRule of : cases.all()) {
      TestedRule rule = new TestedRule(of.file(), of.rule(), enrichment, seed);
      of.tests().forEach(test -> outcomes.add(rule.run(test)));
    }
    return new TestReport(files.size() + cases.size(), seed, all, outcomes, untested);
  }

  private void test(SigmaDocument document, String file, List<TestOutcome> outcomes) {
    TestedRule rule = tested(document);
    for (RuleCase test : document.header().tests()) {
      outcomes.add(rule.run(test));
    }
    String path = document.header().regressionTests();
    if (path != null) {
      RegressionFiles regression =
          new RegressionFiles(Objects.requireNonNull(files.paths().get(file)), path);
      for (RegressionCase test : regression.tests()) {
        outcomes.add(rule.run(test, regression));
      }
      regression
          .fault()
          .ifPresent(
              fault ->
                  outcomes.add(
                      new TestOutcome(
                          rule.shownId(), path, document.header().at(), List.of(fault), 0)));
    }
  }

  private TestedRule tested(SigmaDocument document) {
    Set<SigmaDocument> needed = referred.closure(document);
    List<TestedRule.Part> parts = new ArrayList<>();
    for (SigmaDocument each : needed) {
      if (each instanceof RuleDocument) {
        parts.add(new TestedRule.Part(each.header(), set(Set.of(each))));
      }
    }
    return new TestedRule(
        document.header(), idOf(document), set(needed), faults, parts, enrichment, seed);
  }

  /**
   * Returns the id that the rule of a document has in the service. A document that only serves
   * correlations, or that is refused, has no such id. The result is then the name of the file, and
   * also names the document if the file has several.
   */
  private String idOf(SigmaDocument document) {
    String file = Objects.requireNonNull(fileOf.get(document));
    String id = idBySha256.get(document.header().sha256());
    if (id != null) {
      return id;
    }
    long inFile =
        fileOf.entrySet().stream()
            .filter(each -> each.getValue().equals(file))
            .filter(each -> !(each.getKey() instanceof FilterDocument))
            .count();
    String stem = SigmaDocuments.stem(file);
    return inFile == 1 ? stem : document.header().idWithin(stem);
  }

  private SigmaSet set(Set<SigmaDocument> wanted) {
    SigmaLoader loader = new SigmaLoader(SigmaFields.bundled());
    // in the order of files, as in the service
    Map<String, List<SigmaDocument>> byFile = new LinkedHashMap<>();
    fileOf.forEach(
        (document, file) -> {
          if (wanted.contains(document) || document instanceof FilterDocument) {
            byFile.computeIfAbsent(file, any -> new ArrayList<>()).add(document);
          }
        });
    byFile.forEach(
        (file, documents) -> loader.add(file, SigmaDocuments.stem(file), documents, List.of()));
    return loader.load().set();
  }
}
