package dev.lockstep.app;

import dev.lockstep.detections.Explainer;
import dev.lockstep.detections.RuleSettings;
import dev.lockstep.detections.Subject;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.detections.Witness;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.ingest.IngestCounts;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows subjects through a replay and explains each at its end. */
class Explaining implements Spectator {
  private final RuleSettings settings;
  private final Enrichment enrichment;
  private final @Nullable LocalDate at;
  private final Map<Subject, Witness> witnesses = new LinkedHashMap<>();
  private final Map<Subject, Principal> principals = new LinkedHashMap<>();
  private final List<Explanation> explanations = new ArrayList<>();

  /**
   * Creates one without subjects.
   *
   * @param at the day that a partner's networks are told for, null for its last
   */
  Explaining(RuleSettings settings, Enrichment enrichment, @Nullable LocalDate at) {
    this.settings = settings;
    this.enrichment = enrichment;
    this.at = at;
  }

  /** Adds a subject, before anything is entered. */
  void add(Subject subject, @Nullable Principal principal) {
    witnesses.put(subject, new Witness(settings, enrichment, subject));
    if (principal != null) {
      principals.put(subject, principal);
    }
  }

  @Override
  public void reads(Activity activity) {}

  @Override
  public void hasRead(IngestCounts counts) {}

  @Override
  public void enters(Activity activity) {
    witnesses.values().forEach(witness -> witness.see(activity));
  }

  @Override
  public void ends(HotPathDriver driver) {
    Explainer explainer = new Explainer(settings, driver::store);
    witnesses.forEach((subject, witness) -> explanations.add(explain(subject, witness, explainer)));
  }

  private Explanation explain(Subject subject, Witness witness, Explainer explainer) {
    String id = subject.id();
    boolean principal = subject.kind() == Subject.Kind.PRINCIPAL;
    List<TokenExplanation> tokens = List.of();
    if (principal) {
      tokens = explainer.tokensOf(id);
    } else if (subject.kind() == Subject.Kind.TOKEN) {
      TokenExplanation token = explainer.token(id);
      tokens = token == null ? List.of() : List.of(token);
    }
    Partner partner =
        subject.kind() == Subject.Kind.PARTNER ? enrichment.partners().byId(id) : null;
    return new Explanation(
        subject,
        principals.get(subject),
        witness,
        principal ? explainer.travel(id) : null,
        tokens,
        partner == null ? null : explainer.partner(partner, at),
        principal || subject.kind() == Subject.Kind.ADDRESS
            ? explainer.alerts(subject, witness)
            : List.of(),
        explainer.findings(subject));
  }

  /** Returns an explanation for each subject, in the order in which they were added. */
  List<Explanation> explanations() {
    return explanations;
  }
}
