package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rule made from a Sigma document, which gives one finding for each subject and UTC day that has
 * matching events. {@link SigmaPass} matches the events. The count of a finding is the number of
 * distinct minutes with such events.
 *
 * <p>The subject is the principal. Without a principal it is the client's address, then the first
 * account and the first address that an alert names, then the resource.
 */
public final class SigmaRule implements SigmaSetRule {
  /** Reason of every finding of a Sigma rule about single events. */
  public static final String MATCH = "match";

  /**
   * Name of the gate that suppresses an event if its match depends on a part that ingest cut off
   * from the record.
   */
  public static final String CUT = "cut";

  /**
   * Name of the gate that suppresses matching events without a principal, address or resource that
   * could be the subject.
   */
  public static final String NO_SUBJECT = "no-subject";

  private static final int MOST_CONDITION_CHARS = 300;
  private static final FactKind MATCHED = FactKind.named(MATCH).retractable().addresses().declare();

  private final RuleDocument document;
  private final boolean generates;
  private final List<FilterDocument> filters;
  private final RuleInfo info;
  private @Nullable SigmaSet set;

  /**
   * Creates a rule of the engine from a document and its filters.
   *
   * @param id id in lists and configuration
   * @param generates if the rule gives findings of its own
   * @param filters filters of the rule
   * @param paths paths of raw fields that the rule and its filters read
   * @param lacks names of fields that have no source, so that the condition of the rule or of a
   *     filter can never hold
   */
  SigmaRule(
      String id,
      RuleDocument document,
      boolean generates,
      List<FilterDocument> filters,
      List<String> paths,
      List<String> lacks) {
    this.document = document;
    this.generates = generates;
    this.filters = List.copyOf(filters);
    Header header = document.header();
    AttackTags attack = AttackTags.of(header);
    List<String> gates = new ArrayList<>(List.of(CUT, NO_SUBJECT));
    filters.forEach(filter -> gates.add(gate(filter)));
    RuleInfo.Builder builder =
        RuleInfo.of(id, header.version(), header.title())
            .about(Subject.Kind.PRINCIPAL, Subject.Kind.ADDRESS, Subject.Kind.RESOURCE)
            .keeps(MATCHED)
            .reads(ServiceRules.scope(document.source()).categories().toArray(String[]::new))
            .rawFields(paths.toArray(String[]::new))
            .lacks(lacks.toArray(String[]::new))
            .reasons(MATCH)
            .severities(header.level().severity())
            .gates(gates.stream().distinct().toArray(String[]::new))
            .tactics(attack.tactics().toArray(String[]::new))
            .techniques(attack.techniques().toArray(String[]::new))
            .identity(header.identity())
            .meaning(
                String.join(
                    "\n",
                    "sigma with addresses",
                    header.identity(),
                    document.source().toString(),
                    document.detection().toString()))
            .sha256(header.sha256());
    this.info = (lacks.isEmpty() ? builder : builder.needs(Need.FIELD_SOURCES)).done();
  }

  static String gate(FilterDocument filter) {
    return "filter: " + filter.header().title();
  }

  List<FilterDocument> filters() {
    return filters;
  }

  void join(SigmaSet of) {
    set = of;
  }

  @Override
  public RuleDocument document() {
    return document;
  }

  @Override
  public List<SigmaRule> singles() {
    return List.of(this);
  }

  /** Returns whether the rule gives findings of its own. */
  public boolean generates() {
    return generates;
  }

  @Override
  public SigmaSet set() {
    SigmaSet of = set;
    if (of == null) {
      throw new IllegalStateException(
          "the Sigma rule %s is not in a loaded set of rules".formatted(info.id()));
    }
    return of;
  }

  @Override
  public RuleInfo info() {
    return info;
  }

  void state(Event event, Facts facts) {
    Subject subject = subject(event);
    if (subject == null) {
      facts.suppressed(NO_SUBJECT);
    } else {
      facts.about(subject, MATCHED).state();
    }
  }

  /**
   * Returns the principal, address or resource that a finding of an event is about, or null if the
   * event names none.
   */
  static @Nullable Subject subject(Event event) {
    Principal principal = event.principal();
    if (principal != null && !principal.getId().isEmpty()) {
      return new Subject(Subject.Kind.PRINCIPAL, principal.getId());
    }
    Address address = event.address();
    if (address != null) {
      return new Subject(Subject.Kind.ADDRESS, address.text());
    }
    Alert alert = event.activity().getAlert();
    if (alert != null && !alert.getAccounts().isEmpty()) {
      return new Subject(Subject.Kind.PRINCIPAL, alert.getAccounts().get(0));
    }
    if (alert != null && !alert.getAddresses().isEmpty()) {
      return new Subject(Subject.Kind.ADDRESS, alert.getAddresses().get(0));
    }
    String resource = event.activity().getResource();
    return resource == null || resource.isEmpty()
        ? null
        : new Subject(Subject.Kind.RESOURCE, resource.toLowerCase(Locale.ROOT));
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    for (Fact fact : day.today()) {
      verdicts.fires(MATCH, document.header().level().severity(), this::gates, fact);
    }
  }

  private List<GateChecked> gates() {
    return new Gates().adds("condition", Gates.FIRES, "condition", condition()).list();
  }

  private String condition() {
    return Quoted.cut(document.detection().condition().words(), MOST_CONDITION_CHARS);
  }

  @Override
  public Words tell(Finding finding) {
    Header header = document.header();
    Fact first = finding.first().fact(0);
    Words words =
        Words.of(
            header.title(),
            "%s Matching events in %s of the day, the first at %s."
                .formatted(
                    header.sentence(),
                    Phrases.minutes(finding.counted()),
                    Phrases.time(first.firstAt())));
    Subject subject = finding.of().subject();
    return subject.kind() == Subject.Kind.ADDRESS ? words.at(subject.id()) : words;
  }
}
