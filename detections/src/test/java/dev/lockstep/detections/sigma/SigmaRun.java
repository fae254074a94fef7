package dev.lockstep.detections.sigma;

import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sigma documents of a test, compiled and run by the engine. */
final class SigmaRun {
  private SigmaRun() {}

  /** Returns the result of loading the documents of one file. */
  static SigmaLoader.Result load(String yaml) {
    DocumentReader.Reading reading =
        new DocumentReader(Placeholders.NONE)
            .read("rules.yml", yaml.getBytes(StandardCharsets.UTF_8));
    SigmaLoader loader = new SigmaLoader(SigmaFields.bundled());
    loader.add("rules.yml", "rules", reading.documents(), reading.faults());
    return loader.load();
  }

  /** Returns the active rules of the documents of one file. */
  static List<ActiveRule> rules(String yaml) {
    SigmaLoader.Result result = load(yaml);
    if (!result.faults().isEmpty()) {
      throw new IllegalArgumentException(
          result.faults().stream().map(DocumentFault::message).toList().toString());
    }
    List<ActiveRule> rules = new ArrayList<>();
    for (SigmaSetRule rule : result.set().rules()) {
      rules.add(new ActiveRule(rules.size(), rule, Settings.defaults(rule.info())));
    }
    return rules;
  }

  /** Returns an engine of rules. */
  static LocalEngine engine(List<ActiveRule> rules) {
    return new LocalEngine(rules, Enrichment.none(), new MemoryRecords(), 1_000);
  }
}
