package dev.lockstep.detections;

import dev.lockstep.detections.Witness.AddressUse;
import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.enrichment.Provenance;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who used an address, and where records have it. */
final class AddressUses {
  private static final int MOST_ROWS = 2_000;
  private static final int MOST_PLACES = 20;
  private static final int MOST_NAMES = 100_000;
  private static final int SHOWN_TOKENS = 10;

  private final Enrichment enrichment;
  private final String address;
  private final Map<Key, Use> uses = new LinkedHashMap<>();
  private final Set<RecordGeo> geos = new HashSet<>();
  private final Map<String, String> names = new HashMap<>();
  private boolean bareRecord;
  private long leftOut;

  private record Key(
      @Nullable String principal, @Nullable String partner, String event, String outcome) {}

  private static final class Use {
    private final Span span = new Span();
    private final TreeSet<String> tokens = new TreeSet<>();
    private @Nullable Principal principal;
  }

  AddressUses(Enrichment enrichment, String address) {
    this.enrichment = enrichment;
    this.address = address;
  }

  /** Remembers a principal's name, since calls have none. */
  void name(@Nullable Principal principal) {
    if (principal != null && principal.getName() != null && names.size() < MOST_NAMES) {
      names.putIfAbsent(principal.getId(), principal.getName());
    }
  }

  /** Adds an event that came from the address. */
  void add(Activity activity, Observer observer) {
    RecordGeo geo = activity.getGeo();
    if (geo == null) {
      bareRecord = true;
    } else if (geos.size() < MOST_PLACES) {
      geos.add(geo);
    }
    boolean signIn = activity.getKind() == ActivityKind.SIGN_IN;
    boolean taken = signIn ? activity.getStatus() == 0 : Observer.accepted(activity.getStatus());
    Partner partner = signIn ? null : observer.partnerOf(activity);
    Principal principal = activity.getPrincipal();
    Key key =
        new Key(
            principal == null ? null : principal.getId(),
            partner == null ? null : partner.id(),
            Witness.event(activity),
            signIn ? (taken ? "successful" : "failed") : taken ? "accepted" : "refused");
    Use use = uses.get(key);
    if (use == null) {
      if (uses.size() >= MOST_ROWS) {
        leftOut++;
        return;
      }
      use = new Use();
      uses.put(key, use);
    }
    use.span.add(activity.getEventAt());
    use.principal = principal;
    Token token = activity.getToken();
    if (token != null && token.getUti() != null && use.tokens.size() < MOST_ROWS) {
      use.tokens.add(token.getUti());
    }
  }

  /** Returns the latest first. */
  List<AddressUse> rows() {
    List<AddressUse> rows = new ArrayList<>();
    uses.forEach(
        (key, use) ->
            rows.add(
                new AddressUse(
                    named(use.principal),
                    key.partner(),
                    key.event(),
                    key.outcome(),
                    use.span.events(),
                    use.span.firstAt(),
                    use.span.lastAt(),
                    use.tokens.stream().limit(SHOWN_TOKENS).toList(),
                    Math.max(0, use.tokens.size() - SHOWN_TOKENS))));
    rows.sort(
        Comparator.comparing(AddressUse::lastAt)
            .reversed()
            .thenComparing(AddressUse::firstAt)
            .thenComparing(use -> use.event() + use.outcome())
            .thenComparing(use -> use.principal() == null ? "" : use.principal().getId()));
    return rows;
  }

  private @Nullable Principal named(@Nullable Principal principal) {
    return principal == null
        ? null
        : new Principal(
            principal.getId(),
            principal.getName() == null ? names.get(principal.getId()) : principal.getName(),
            principal.getType());
  }

  /** Returns what the address is, in each way that records have it. */
  List<Provenance> places() {
    Address parsed = Objects.requireNonNull(Address.parse(address));
    List<Provenance> places = new ArrayList<>();
    if (bareRecord || geos.isEmpty()) {
      places.add(enrichment.provenance(parsed, null));
    }
    geos.stream()
        .sorted(Comparator.comparing(RecordGeo::toString))
        .map(geo -> enrichment.provenance(parsed, geo))
        .forEach(places::add);
    return places.stream().distinct().toList();
  }

  /** Returns how many events are in no row, since there were too many. */
  long leftOut() {
    return leftOut;
  }
}
