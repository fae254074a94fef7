package dev.lockstep.detections.explain;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.enrichment.geo.Provenance;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.ComparableText;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Events of one subject in their latest revision, with the reasons why rules did not use an event,
 * and related subjects. For an address it also has those who used it. For one thread.
 */
public final class SubjectEvents {
  private static final int MOST_EVENTS = 200_000;
  private static final int MOST_RELATED = 20_000;
  private static final int MOST_GEOS = 20;
  private static final int MOST_NAMES = 100_000;
  private static final int MOST_EXPIRIES = 20;
  private static final int SHOWN_TOKENS = 10;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final Set<Subject.Kind> CORRELATED =
      Set.of(Subject.Kind.ADDRESS, Subject.Kind.RESOURCE);

  /**
   * Word shown for an event without an outcome. Such an event is a call without a status, or is
   * neither a sign-in nor a call.
   */
  private static final String LOGGED = "logged";

  private final Subject subject;
  private final List<ActiveRule> rules;
  private final Enrichment enrichment;
  private final Map<Id, KeptEvent> events = new LinkedHashMap<>();
  private final Set<Id> behind = new HashSet<>();
  private final Set<Subject> related = new LinkedHashSet<>();
  private final Map<String, Map<String, Long>> gates = new TreeMap<>();
  private final Set<RecordGeo> geos = new HashSet<>();
  private final Map<String, String> names = new HashMap<>();
  private final TreeSet<String> declared = new TreeSet<>();
  private final TreeSet<Long> expiries = new TreeSet<>();
  private final BitSet correlations = new BitSet();
  private boolean bareRecord;
  private long leftOut;
  private long relatedLeftOut;

  private record Id(String category, String event) {}

  /**
   * Latest revision of an event.
   *
   * @param why reason of each rule for not using the event; null for a rule that used it
   * @param matched selections of each Sigma rule that matched the event, by the index of the rule
   */
  private record KeptEvent(
      String category,
      long at,
      String event,
      String outcome,
      int status,
      @Nullable String address,
      @Nullable Principal principal,
      @Nullable String partner,
      @Nullable String token,
      Event.Claims claims,
      List<@Nullable String> why,
      Map<Integer, List<String>> matched) {}

  /** Time span and number of similar events. */
  private static final class Span {
    private long events;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    void add(long at) {
      events++;
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  }

  SubjectEvents(Subject subject, List<ActiveRule> rules, Enrichment enrichment) {
    this.subject = subject;
    this.rules = rules;
    this.enrichment = enrichment;
  }

  boolean concerns(Event event) {
    return switch (subject.kind()) {
      case PRINCIPAL -> {
        Principal principal = event.principal();
        yield principal != null && principal.getId().equals(subject.id());
      }
      case TOKEN -> {
        Token token = event.activity().getToken();
        yield token != null && subject.id().equals(token.getUti());
      }
      case PARTNER -> {
        Partner partner = event.partner();
        yield partner != null && partner.id().equals(subject.id());
      }
      case ADDRESS -> {
        Address address = addressOf(event);
        yield address != null && address.text().equals(subject.id());
      }
      case SESSION -> {
        Principal principal = event.principal();
        Token token = event.token();
        yield principal != null
            && token != null
            && subject.id().equals(principal.getId() + " " + ComparableText.of(token.getSid()));
      }
      case RESOURCE -> isOfVault(event);
      case APPLICATION, GROUP, PLACE -> false;
    };
  }

  private static @Nullable Address addressOf(Event event) {
    return event.activity().getKind() == ActivityKind.EDGE_REQUEST
        ? Address.parse(event.activity().getSocketAddress())
        : event.address();
  }

  private boolean isOfVault(Event event) {
    Vault vault =
        event.activity().getKind() == ActivityKind.VAULT_CALL
            ? enrichment.estate().vault(event.activity().getResource())
            : null;
    if (vault == null) {
      return false;
    }
    Address address = event.address();
    return subject.id().equals(vault.name())
        || (address != null && subject.id().equals(vault.name() + " " + address.prefix()));
  }

  /**
   * Keeps the name of an event's principal, and the id of a call that was passed on, if the subject
   * is an address. {@link #uses} shows the name for events of the principal without a name, such as
   * calls. The event may have come from any address. A call was passed on if the gateway logged it
   * with the subject's address, but another client made it; {@link #callsBehind} counts these
   * calls.
   */
  void keepForAddress(Event event) {
    if (subject.kind() != Subject.Kind.ADDRESS) {
      return;
    }
    Principal principal = event.principal();
    if (principal != null && principal.getName() != null && names.size() < MOST_NAMES) {
      names.putIfAbsent(principal.getId(), principal.getName());
    }
    Address peer = event.isCall() ? Address.parse(event.activity().getAddress()) : null;
    if (peer == null || !peer.text().equals(subject.id())) {
      return;
    }
    if (concerns(event)) {
      behind.remove(idOf(event));
    } else if (behind.size() < MOST_EVENTS) {
      behind.add(idOf(event));
    }
  }

  private static Id idOf(Event event) {
    return new Id(event.activity().getCategory(), event.activity().getEventId());
  }

  /**
   * Adds an event to a subject that is a group, if a rule stated a fact about this group because of
   * the event.
   */
  void addOfGroup(ObservedEvent observed) {
    if (observed.subjects().contains(subject)) {
      add(observed);
    }
  }

  boolean isOfGroup() {
    return subject.kind() == Subject.Kind.GROUP;
  }

  void add(ObservedEvent observed) {
    Event event = observed.event();
    for (int i = 0; i < rules.size(); i++) {
      for (String gate : observed.byRule().get(i).gates()) {
        gates
            .computeIfAbsent(rules.get(i).info().id(), rule -> new TreeMap<>())
            .merge(gate, 1L, Long::sum);
      }
    }
    for (Subject other : observed.subjects()) {
      if (related.size() < MOST_RELATED) {
        related.add(other);
      } else if (!related.contains(other)) {
        relatedLeftOut++;
      }
    }
    Id id = idOf(event);
    KeptEvent before = events.get(id);
    if (before == null && events.size() >= MOST_EVENTS) {
      leftOut++;
      return;
    }
    look(event);
    Address address = addressOf(event);
    Partner partner = event.partner();
    Token token = event.activity().getToken();
    List<@Nullable String> why = new ArrayList<>(rules.size());
    Map<Integer, List<String>> matched = new TreeMap<>();
    for (int i = 0; i < rules.size(); i++) {
      ObservedEvent.ByRule rule = observed.byRule().get(i);
      if (!rule.selections().isEmpty()) {
        correlations.set(i, rules.get(i).info().subjects().contains(Subject.Kind.GROUP));
        if (rule.hasFacts()) {
          matched.put(i, rule.selections());
        }
      }
      why.add(before != null && rule.isSilent() ? before.why().get(i) : rule.why());
    }
    events.put(
        id,
        new KeptEvent(
            id.category(),
            event.at(),
            word(event),
            outcome(event),
            event.activity().getStatus(),
            address == null ? null : address.text(),
            event.principal(),
            partner == null ? null : partner.id(),
            token == null ? null : token.getUti(),
            event.claims(),
            why,
            matched));
  }

  private static String word(Event event) {
    return switch (event.activity().getKind()) {
      case SIGN_IN -> "sign-in";
      case AUDIT -> "change";
      case RISK -> "risk";
      case VAULT_CALL -> "vault call";
      case EDGE_REQUEST -> "edge request";
      case API_CALL -> "call";
      case IDENTITY_LINK, ALERT, CLOCK, OTHER -> "record";
    };
  }

  private static String outcome(Event event) {
    return switch (event.activity().getKind()) {
      case SIGN_IN -> event.isSuccessfulSignIn() ? "successful" : "failed";
      case VAULT_CALL ->
          switch (event.activity().getStatus()) {
            case -1 -> LOGGED;
            case 401, 403, 407, 429 -> "refused";
            default -> "accepted";
          };
      case API_CALL ->
          event.isAcceptedCall() ? "accepted" : event.isRefusedCall() ? "refused" : LOGGED;
      case AUDIT, RISK, EDGE_REQUEST, IDENTITY_LINK, ALERT, CLOCK, OTHER -> LOGGED;
    };
  }

  private void look(Event event) {
    RecordGeo geo = event.activity().getGeo();
    if (geo == null) {
      bareRecord = true;
    } else if (geos.size() < MOST_GEOS) {
      geos.add(geo);
    }
    Token token = event.activity().getToken();
    if (token != null && token.getExpiresAt() != null && expiries.size() < MOST_EXPIRIES) {
      expiries.add(token.getExpiresAt());
    }
    Partner partner = event.partner();
    Address address = event.address();
    if (partner != null && address != null && event.isAcceptedCall()) {
      declared.addAll(partner.declaring(address));
    }
  }

  /**
   * Removes the given revision of a call from the kept events. Another revision of the call stays.
   * Revisions are told apart by the state of their claims.
   */
  void retract(Event event) {
    Id id = idOf(event);
    KeptEvent known = events.get(id);
    if (known != null && known.claims() == event.claims()) {
      events.remove(id);
    }
  }

  /**
   * Returns the number of events of the subject. An event that is not kept counts each time that it
   * comes.
   */
  public long events() {
    return events.size() + leftOut;
  }

  /**
   * Returns the number of events beyond the limit of 200,000, which are not kept. Each counts as
   * often as it comes.
   */
  public long leftOut() {
    return leftOut;
  }

  /**
   * Returns the subjects about which rules stated facts for events of the watched subject, at most
   * 20,000.
   */
  public Set<Subject> related() {
    return related;
  }

  /**
   * Returns the number of related subjects beyond the limit of 20,000, which are not kept. Each
   * counts as often as it comes.
   */
  public long relatedLeftOut() {
    return relatedLeftOut;
  }

  /**
   * Returns, by rule and gate, how often the gate kept an event out of the facts of the rule. Each
   * revision of an event counts.
   */
  public Map<String, Map<String, Long>> gates() {
    return gates;
  }

  /**
   * Returns whether an event of the subject came from an address within 24 hours before or after a
   * time.
   */
  public boolean wasAt(String address, long time) {
    for (KeptEvent each : events.values()) {
      if (address.equals(each.address()) && Math.abs(each.at() - time) <= DAY_MILLIS) {
        return true;
      }
    }
    return false;
  }

  /**
   * Grouping key for events that a rule did not use. Events with the same key become one row, an
   * {@link UnusedEvents}, of what {@code lockstep explain} shows.
   */
  private record UnusedKey(
      String rule,
      String why,
      String event,
      String outcome,
      int status,
      long day,
      @Nullable String address) {}

  /**
   * Returns for each rule a summary of the events that the rule did not use, with the reasons, the
   * newest day first. Rules about other kinds of subjects are left out, and so are logs that a rule
   * does not read. If the subject is an address or a resource, correlations are listed all the
   * same, since their groups may have events of the subject.
   */
  public List<UnusedEvents> unused() {
    Map<UnusedKey, Span> spans = new LinkedHashMap<>();
    for (KeptEvent each : events.values()) {
      for (int i = 0; i < rules.size(); i++) {
        String why = each.why().get(i);
        RuleInfo rule = rules.get(i).info();
        boolean isOther =
            UnusedEvents.NOT_READ.equals(why) && !rule.categories().contains(each.category());
        if (why != null && !isOther && concernsSubject(i)) {
          UnusedKey key =
              new UnusedKey(
                  rule.id(),
                  why,
                  each.event(),
                  each.outcome(),
                  each.status(),
                  Math.floorDiv(each.at(), DAY_MILLIS),
                  each.address());
          spans.computeIfAbsent(key, none -> new Span()).add(each.at());
        }
      }
    }
    List<UnusedEvents> rows = new ArrayList<>();
    spans.forEach(
        (key, span) ->
            rows.add(
                new UnusedEvents(
                    key.rule(),
                    key.why(),
                    key.event(),
                    key.outcome(),
                    key.status(),
                    LocalDate.ofEpochDay(key.day()),
                    key.address(),
                    span.events,
                    span.first,
                    span.last)));
    rows.sort(
        Comparator.comparing(UnusedEvents::date)
            .reversed()
            .thenComparing(UnusedEvents::firstAt)
            .thenComparing(UnusedEvents::rule)
            .thenComparing(UnusedEvents::why)
            .thenComparing(row -> row.address() == null ? "" : row.address())
            .thenComparing(UnusedEvents::outcome)
            .thenComparing(UnusedEvents::status));
    return rows;
  }

  /**
   * Returns whether a rule can use events of this kind of subject, so that {@link #unused} lists
   * the events that the rule did not use.
   */
  private boolean concernsSubject(int rule) {
    return rules.get(rule).info().subjects().contains(subject.kind())
        || (correlations.get(rule) && CORRELATED.contains(subject.kind()));
  }

  /**
   * Grouping key for events that a Sigma rule matched. Events with the same key become one row, a
   * {@link MatchedEvents}, of what {@code lockstep explain} shows.
   */
  private record MatchedKey(
      String rule,
      List<String> selections,
      String event,
      String outcome,
      long day,
      @Nullable String address) {}

  /** Returns a summary of the events that Sigma rules matched, the newest day first. */
  public List<MatchedEvents> matched() {
    Map<MatchedKey, Span> spans = new LinkedHashMap<>();
    for (KeptEvent each : events.values()) {
      each.matched()
          .forEach(
              (rule, selections) ->
                  spans
                      .computeIfAbsent(
                          new MatchedKey(
                              rules.get(rule).info().id(),
                              selections,
                              each.event(),
                              each.outcome(),
                              Math.floorDiv(each.at(), DAY_MILLIS),
                              each.address()),
                          none -> new Span())
                      .add(each.at()));
    }
    List<MatchedEvents> rows = new ArrayList<>();
    spans.forEach(
        (key, span) ->
            rows.add(
                new MatchedEvents(
                    key.rule(),
                    key.selections(),
                    key.event(),
                    key.outcome(),
                    LocalDate.ofEpochDay(key.day()),
                    key.address(),
                    span.events,
                    span.first,
                    span.last)));
    rows.sort(
        Comparator.comparing(MatchedEvents::date)
            .reversed()
            .thenComparing(MatchedEvents::firstAt)
            .thenComparing(MatchedEvents::rule)
            .thenComparing(row -> String.join(";", row.selections())));
    return rows;
  }

  /**
   * Grouping key for events of an address, by principal, partner, kind of event and outcome. Events
   * with the same key become one row, an {@link AddressUse}, of what {@code lockstep explain}
   * shows.
   */
  private record UseKey(
      @Nullable String principal, @Nullable String partner, String event, String outcome) {}

  /** Uses of an address that have the same principal, partner, kind of event and outcome. */
  private static final class Uses {
    private final Span span = new Span();
    private final TreeSet<String> tokens = new TreeSet<>();
    private @Nullable Principal principal;
  }

  /**
   * Returns the uses of an address, summed up by principal, partner, kind of event and outcome. The
   * subject has to be an address. Each combination is one row, with the number of its events. The
   * row with the latest event comes first.
   */
  public List<AddressUse> uses() {
    Map<UseKey, Uses> uses = new LinkedHashMap<>();
    for (KeptEvent each : events.values()) {
      Principal principal = each.principal();
      Uses of =
          uses.computeIfAbsent(
              new UseKey(
                  principal == null ? null : principal.getId(),
                  each.partner(),
                  each.event(),
                  each.outcome()),
              none -> new Uses());
      of.span.add(each.at());
      if (of.principal == null || (principal != null && principal.getName() != null)) {
        of.principal = principal;
      }
      if (each.token() != null) {
        of.tokens.add(each.token());
      }
    }
    List<AddressUse> rows = new ArrayList<>();
    uses.forEach(
        (key, of) ->
            rows.add(
                new AddressUse(
                    named(of.principal),
                    key.partner(),
                    key.event(),
                    key.outcome(),
                    of.span.events,
                    of.span.first,
                    of.span.last,
                    of.tokens.stream().limit(SHOWN_TOKENS).toList(),
                    Math.max(0, of.tokens.size() - SHOWN_TOKENS))));
    rows.sort(
        Comparator.comparing(AddressUse::lastAt)
            .reversed()
            .thenComparing(AddressUse::firstAt)
            .thenComparing(use -> use.event() + use.outcome())
            .thenComparing(use -> use.principal() == null ? "" : use.principal().getId()));
    return rows;
  }

  private @Nullable Principal named(@Nullable Principal principal) {
    // Calls have no names, but another event may name their principal.
    return principal == null || principal.getName() != null
        ? principal
        : new Principal(principal.getId(), names.get(principal.getId()), principal.getType());
  }

  /**
   * Returns the distinct locations of the address that is the subject. Records of the address may
   * give it different places. For subjects of other kinds it must not be called.
   */
  public List<Provenance> places() {
    Address address = Objects.requireNonNull(Address.parse(subject.id()));
    List<Provenance> places = new ArrayList<>();
    if (bareRecord || geos.isEmpty()) {
      places.add(enrichment.provenance(address, null));
    }
    geos.stream()
        .sorted(Comparator.comparing(RecordGeo::toString))
        .map(geo -> enrichment.provenance(address, geo))
        .forEach(places::add);
    return places.stream().distinct().toList();
  }

  /**
   * Returns the number of calls that a trusted proxy at the subject's address passed on for other
   * clients, at most 200,000.
   */
  public long callsBehind() {
    return behind.stream().filter(id -> !events.containsKey(id)).count();
  }

  /**
   * Returns each address range that a partner declared and made accepted calls from. Only calls
   * among the subject's events count.
   */
  public Set<String> declaredSeen() {
    return declared;
  }

  /** Returns the distinct expiry times of tokens in the events, at most 20. */
  public Set<Long> expiries() {
    return expiries;
  }
}
