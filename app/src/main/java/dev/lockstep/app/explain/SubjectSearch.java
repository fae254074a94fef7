package dev.lockstep.app.explain;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.ComparableText;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finder of the subject that a text names, in a capture, the partner registry or the estate. If the
 * text may mean several principals, the result is all of them. Safe for use by several threads.
 *
 * <p>A principal or workload is found by id, app id or name, a partner by id or name, a token by
 * any encoding of its id. Sessions, vaults of the estate and addresses are found too.
 */
public final class SubjectSearch {
  /** Largest number of ids and names that are kept to suggest similar ones. */
  private static final int MOST_NEAR = 50_000;

  private static final int MOST_LISTED = 20;
  private static final int MOST_SUGGESTED = 3;

  private final Subject.Kind kind;
  private final String asked;
  private final String wanted;
  private final Enrichment enrichment;
  private final ConcurrentMap<String, Principal> byId = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Principal> byName = new ConcurrentHashMap<>();
  private final Set<String> near = ConcurrentHashMap.newKeySet();
  private volatile boolean tokenFound;

  /**
   * Creates a search for the subject that a text names, for example a principal by user name.
   *
   * @throws IllegalArgumentException if the text should be an address and is not
   */
  public SubjectSearch(Subject.Kind kind, String asked, Enrichment enrichment) {
    this.kind = kind;
    this.asked = asked.strip();
    this.enrichment = enrichment;
    switch (kind) {
      case TOKEN -> wanted = TokenIds.normalised(this.asked);
      case ADDRESS -> {
        Address address = Address.parse(this.asked);
        if (address == null) {
          throw new IllegalArgumentException(
              "could not use --ip: "
                  + Quoted.of(asked)
                  + " is not an address; write an address like 203.0.113.7 or 2001:db8::7");
        }
        wanted = address.text();
      }
      case PRINCIPAL, APPLICATION, PARTNER -> wanted = this.asked.toLowerCase(Locale.ROOT);
      case SESSION, RESOURCE -> wanted = ComparableText.of(this.asked);
      default ->
          throw new IllegalStateException("there is no search for subjects of the kind " + kind);
    }
  }

  /**
   * Looks in an activity of the capture for the principal, token or session that the text names.
   * Other ids and names are kept to be suggested.
   */
  public void lookIn(Activity activity) {
    Token token = activity.getToken();
    if (kind == Subject.Kind.TOKEN) {
      if (token != null && token.getUti() != null) {
        if (token.getUti().equals(wanted)) {
          tokenFound = true;
        } else {
          keepToSuggest(token.getUti());
        }
      }
    } else if (kind == Subject.Kind.SESSION) {
      session(activity.getPrincipal(), token);
    } else if (kind == Subject.Kind.PRINCIPAL || kind == Subject.Kind.APPLICATION) {
      Principal principal = activity.getPrincipal();
      if (activity.getKind() == ActivityKind.IDENTITY_LINK && token != null) {
        principal = ofLink(token);
      }
      boolean isWorkload = principal != null && PrincipalTypes.isWorkload(principal);
      if (principal != null && (isWorkload || kind == Subject.Kind.PRINCIPAL)) {
        principal(principal, isWorkload ? token : null);
      }
    }
  }

  /**
   * Keeps the user of an event if the operator's text names the event's session. Events of two
   * users may name the same session, so both users are kept.
   */
  private void session(@Nullable Principal user, @Nullable Token token) {
    String session = token == null ? "" : ComparableText.of(token.getSid());
    if (user == null || session.isEmpty() || !PrincipalTypes.isUser(user)) {
      return;
    }
    if (session.equals(wanted) || (user.getId() + " " + session).equals(wanted)) {
      byId.merge(user.getId(), user, SubjectSearch::named);
    } else {
      keepToSuggest(session);
    }
  }

  private static @Nullable Principal ofLink(Token token) {
    String id = token.getOid();
    if (id == null && token.getAppOnly()) {
      id = token.getAppId();
    }
    return id == null
        ? null
        : new Principal(
            id, null, token.getAppOnly() ? PrincipalTypes.WORKLOAD : PrincipalTypes.USER);
  }

  private void principal(Principal principal, @Nullable Token ofWorkload) {
    String name = principal.getName();
    boolean isIt =
        principal.getId().toLowerCase(Locale.ROOT).equals(wanted)
            || (ofWorkload != null
                && ofWorkload.getAppId() != null
                && ofWorkload.getAppId().toLowerCase(Locale.ROOT).equals(wanted));
    if (isIt) {
      byId.merge(principal.getId(), principal, SubjectSearch::named);
    } else if (name != null && name.toLowerCase(Locale.ROOT).equals(wanted)) {
      byName.merge(principal.getId(), principal, SubjectSearch::named);
    } else {
      keepToSuggest(principal.getId());
      if (name != null) {
        keepToSuggest(name);
      }
    }
  }

  private static Principal named(Principal one, Principal other) {
    if (one.getName() == null || other.getName() == null) {
      return one.getName() == null ? other : one;
    }
    return one.getName().compareTo(other.getName()) <= 0 ? one : other;
  }

  private void keepToSuggest(String name) {
    if (near.size() < MOST_NEAR) {
      near.add(name);
    }
  }

  /**
   * Result of the search: one subject, or several principals from which the operator has to choose.
   *
   * @param subject found subject; null if the text names several principals
   * @param principals principals that the text names; empty if the found subject is no principal
   */
  public record Found(@Nullable Subject subject, List<Principal> principals) {}

  /**
   * Returns the subject that the searched text names, or all principals that an ambiguous text may
   * mean. The whole capture has to be read before.
   *
   * @param records number of records read
   * @throws OperatorException if the text names no subject
   */
  public Found found(long records) {
    return switch (kind) {
      case ADDRESS -> new Found(new Subject(kind, wanted), List.of());
      case TOKEN -> {
        if (!tokenFound) {
          throw unknown("token", records, near);
        }
        yield new Found(new Subject(kind, wanted), List.of());
      }
      case PARTNER -> new Found(new Subject(kind, partner(records).id()), List.of());
      case PRINCIPAL -> principal("principal", records);
      case APPLICATION -> principal("app", records);
      case SESSION -> {
        Found found = principal("session", records);
        Subject user = found.subject();
        yield user == null
            ? found
            : new Found(
                new Subject(kind, user.id() + " " + wanted.substring(wanted.lastIndexOf(' ') + 1)),
                List.of());
      }
      case RESOURCE -> new Found(new Subject(kind, vault().name()), List.of());
      case GROUP, PLACE ->
          throw new IllegalStateException("there is no search for subjects of the kind " + kind);
    };
  }

  private Found principal(String option, long records) {
    Collection<Principal> all = byId.isEmpty() ? byName.values() : byId.values();
    List<Principal> principals =
        all.stream().sorted(Comparator.comparing(Principal::getId)).toList();
    if (principals.isEmpty()) {
      throw unknown(option, records, near);
    }
    return new Found(
        principals.size() > 1
            ? null
            : new Subject(Subject.Kind.PRINCIPAL, principals.get(0).getId()),
        principals);
  }

  private Vault vault() {
    Vault vault = enrichment.estate().vault(asked);
    if (vault != null) {
      return vault;
    }
    List<String> known = enrichment.estate().vaults().stream().map(Vault::name).toList();
    throw new OperatorException(
        "could not explain --vault: %s is not a vault of the estate; %s"
            .formatted(
                Quoted.of(asked),
                known.isEmpty()
                    ? "list the vault in the configuration under estate.vaults"
                    : nearest(known, () -> "the estate has the vaults " + some(known))));
  }

  /**
   * Returns the lines of an error message for a searched text that fits several principals. The
   * message lists the principals, and says how to name one of them. It lists at most 20, and counts
   * the others.
   */
  public List<String> several(List<Principal> principals) {
    List<String> lines = new ArrayList<>();
    String message =
        switch (kind) {
          case SESSION ->
              "could not explain --session: %2$d users have the session %1$s; write the user's"
                  + " object id and a space before the session id, as in --session \"OBJECT-ID"
                  + " SESSION-ID\":";
          case APPLICATION ->
              "could not explain --app: %s names %d workloads; name one of them by its id:";
          default ->
              "could not explain --principal: %s names %d principals; name one of them by its id:";
        };
    lines.add(message.formatted(Quoted.of(asked), principals.size()));
    for (Principal principal : principals.subList(0, Math.min(MOST_LISTED, principals.size()))) {
      lines.add(
          "  "
              + TextTable.shown(principal.getId())
              + "  "
              + principal.getType()
              + "  "
              + TextTable.shown(String.valueOf(principal.getName())));
    }
    if (principals.size() > MOST_LISTED) {
      lines.add("  and " + (principals.size() - MOST_LISTED) + " more");
    }
    return lines;
  }

  private Partner partner(long records) {
    Partner partner = enrichment.partners().byId(asked);
    if (partner != null) {
      return partner;
    }
    TreeSet<String> known = new TreeSet<>();
    for (Partner each : enrichment.partners().all()) {
      if (each.name().equalsIgnoreCase(asked)) {
        return each;
      }
      known.add(each.id());
    }
    if (known.isEmpty()) {
      throw new OperatorException(
          "could not explain --partner: %s is unknown, because no partner is defined; define it in a file that the key \"partners\" of the configuration names"
              .formatted(Quoted.of(asked)));
    }
    throw unknown("partner", records, known);
  }

  private OperatorException unknown(String what, long records, Collection<String> known) {
    boolean isPartner = what.equals("partner");
    String noun = what.equals("app") ? "workload" : what;
    String fix =
        known.isEmpty()
            ? "no " + noun + " at all was found there; add the logs of the days in question"
            : nearest(
                known,
                () ->
                    isPartner
                        ? "its partners are " + some(known)
                        : "no similar name was found; check the spelling, and add"
                            + " the logs of the days in question");
    String named =
        isPartner ? "partner of the configuration" : noun + " in " + recordsRead(records);
    return new OperatorException(
        "could not explain --%s: %s names no %s; %s".formatted(what, Quoted.of(asked), named, fix));
  }

  /** Returns words for records that were read, such as {@code the 1,204 records that were read}. */
  static String recordsRead(long records) {
    return records == 1
        ? "the one record that was read"
        : "the " + DisplayFormat.number(records) + " records that were read";
  }

  private static String some(Collection<String> names) {
    return DisplayFormat.some(names.stream().sorted().map(Quoted::of).toList());
  }

  /**
   * Returns a hint with at most three known names that contain the searched text or are similar to
   * it, the nearest first.
   *
   * @param otherwise words if there is no such name
   */
  private String nearest(Collection<String> known, Supplier<String> otherwise) {
    String part = asked.toLowerCase(Locale.ROOT);
    List<String> others = new ArrayList<>(known);
    List<String> nearest = new ArrayList<>();
    known.stream()
        .filter(name -> !part.isEmpty() && name.toLowerCase(Locale.ROOT).contains(part))
        .sorted()
        .limit(MOST_SUGGESTED)
        .forEach(nearest::add);
    others.removeAll(nearest);
    while (nearest.size() < MOST_SUGGESTED) {
      String next = similar(others);
      if (next.isEmpty()) {
        break;
      }
      nearest.add(next);
      others.remove(next);
    }
    return nearest.isEmpty()
        ? otherwise.get()
        : "the nearest "
            + (nearest.size() == 1 ? "is " : "are ")
            + nearest.stream().map(Quoted::of).collect(Collectors.joining(", "));
  }

  /**
   * Returns the most similar name, or an empty text if none is similar. User names that have the
   * domain of the searched text are compared without the domain, because all of them would be
   * similar with it. A searched text without a domain is compared with the user's part of each name
   * that has a domain, and with the words of that part, such as a first name. If none of these is
   * similar, the other names are compared as a whole.
   */
  private String similar(Collection<String> names) {
    int at = asked.indexOf('@');
    String user = at < 1 ? asked : asked.substring(0, at);
    String domain = at < 1 ? "" : asked.substring(at).toLowerCase(Locale.ROOT);
    Map<String, String> nameByPart = new HashMap<>();
    List<String> others = new ArrayList<>();
    for (String name : names) {
      int nameAt = name.indexOf('@');
      if (at < 1 && nameAt > 0) {
        String part = name.substring(0, nameAt);
        nameByPart.put(part, name);
        StringTokenizer words = new StringTokenizer(part, "._-");
        while (words.hasMoreTokens()) {
          nameByPart.put(words.nextToken(), name);
        }
      } else if (at > 0 && name.toLowerCase(Locale.ROOT).endsWith(domain)) {
        nameByPart.put(name.substring(0, name.length() - domain.length()), name);
      } else {
        others.add(name);
      }
    }
    String nearest = NearestNames.similarAmong(nameByPart.keySet(), user);
    return nearest.isEmpty()
        ? NearestNames.similarAmong(others, asked)
        : nameByPart.getOrDefault(nearest, "");
  }
}
