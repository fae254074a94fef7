package dev.lockstep.app.estate;

import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.schemas.ComparableText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proposed estate: entries with their counts. The configuration accepts each of them.
 *
 * @param from time of the first event in milliseconds since 1970; 0 if there was none
 * @param to time of the last event
 */
public record EstateProposal(List<Entry> entries, long from, long to) {
  /**
   * Denominator of the limit 1/{@value} for a Front Door profile's share of a gateway's calls
   * through Front Door; a profile below the limit is proposed only as a comment.
   */
  private static final int DOUBTFUL_PART = 20;

  public EstateProposal {
    entries = List.copyOf(entries);
  }

  /** Part of the estate that an entry belongs to. */
  public enum Part {
    GATEWAYS,
    APIS,
    PRIVILEGED,
    VAULTS;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Value in one of the lists of a proposed entry of the estate.
   *
   * @param isDoubtful if it is commented out
   * @param why counts that led to the value, for people
   */
  record Listed(String value, boolean isDoubtful, String why) {}

  /**
   * Entry that is proposed for the estate.
   *
   * @param described the entry with every switch on, so that it fires most
   * @param isDoubtful if it is commented out
   * @param lists values of lists by key
   * @param single single values by key
   * @param numbers counts that led to the entry, by name
   * @param remarks sentences for people
   */
  record Entry(
      Part part,
      String name,
      Object described,
      boolean isDoubtful,
      Map<String, List<Listed>> lists,
      Map<String, String> single,
      Map<String, Long> numbers,
      List<String> remarks) {}

  /** Proposes the section {@code estate} from the survey of a capture. */
  public static EstateProposal of(EstateSurvey survey) {
    List<Entry> entries = new ArrayList<>();
    gateways(survey, entries);
    apis(survey, entries);
    privileged(survey, entries);
    vaults(survey, entries);
    return new EstateProposal(entries, survey.from(), survey.to());
  }

  private static void gateways(EstateSurvey survey, List<Entry> entries) {
    Names names = new Names();
    Set<String> taken = new HashSet<>();
    for (EstateSurvey.GatewaySeen seen : survey.gateways()) {
      Map<String, List<Listed>> lists = new LinkedHashMap<>();
      List<Listed> hosts = new ArrayList<>();
      for (String host : seen.hosts.texts()) {
        boolean isFree = isHost(host) && taken.add(host);
        String why = "%,d accepted calls of an API".formatted(seen.hosts.of(host));
        hosts.add(
            new Listed(host, !isFree, isFree ? why : why + "; listed already, or not a host name"));
      }
      for (String host : seen.hostsWithoutApi.texts()) {
        if (seen.hosts.of(host) == 0 && hosts.size() < TextCounts.MOST) {
          String why =
              "%,d calls, none accepted by an API".formatted(seen.hostsWithoutApi.of(host));
          hosts.add(new Listed(host, true, why));
        }
      }
      String id = seen.resourceId;
      lists.put("hosts", hosts);
      List<Listed> resources = id == null ? List.of() : List.of(new Listed(id, false, ""));
      lists.put("resourceIds", resources);
      List<Listed> doors = new ArrayList<>();
      for (String door : seen.frontDoorIds.texts()) {
        long calls = seen.frontDoorIds.of(door);
        boolean isDoubtful = calls * DOUBTFUL_PART < seen.frontDoorIds.total();
        doors.add(new Listed(door, isDoubtful, "%,d calls".formatted(calls)));
      }
      lists.put("frontDoorIds", doors);
      Map<String, Long> numbers = new LinkedHashMap<>();
      numbers.put("calls", seen.calls);
      numbers.put("throughTrustedProxy", seen.throughProxy);
      numbers.put("withClaims", seen.withClaims);
      boolean isDoubtful = kept(hosts).isEmpty() && resources.isEmpty();
      String name = names.of(seen.name());
      Gateway gateway =
          new Gateway(
              name,
              Set.copyOf(kept(hosts)),
              id == null ? Set.of() : Set.of(id),
              Set.copyOf(kept(doors)));
      List<String> remarks = new ArrayList<>();
      if (doors.isEmpty()) {
        remarks.add("no X-Azure-FDID was logged, so it is unknown whether it is behind Front Door");
      }
      entries.add(
          new Entry(Part.GATEWAYS, name, gateway, isDoubtful, lists, Map.of(), numbers, remarks));
    }
  }

  private static List<String> kept(List<Listed> all) {
    return all.stream().filter(one -> !one.isDoubtful()).map(Listed::value).toList();
  }

  /** Returns whether a text has the form of a host name. A client may have made the text up. */
  private static boolean isHost(String host) {
    return !host.isEmpty()
        && host.chars()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_');
  }

  private static void apis(EstateSurvey survey, List<Entry> entries) {
    Names names = new Names();
    for (EstateSurvey.AppSeen seen : survey.apps()) {
      String name = names.of(seen.name());
      boolean isManagedOnly = seen.managed > 0 && seen.unmanaged == 0;
      Map<String, String> single = new LinkedHashMap<>();
      single.put("appId", seen.id);
      single.put("requireManagedDevice", Boolean.toString(isManagedOnly));
      Map<String, Long> numbers = new LinkedHashMap<>();
      numbers.put("signIns", seen.signIns);
      numbers.put("tokensOfCalls", seen.calledTokens);
      numbers.put("withoutPolicy", seen.notApplied);
      numbers.put("managedDevice", seen.managed);
      numbers.put("unmanagedDevice", seen.unmanaged);
      numbers.put("withoutDevice", seen.withoutDevice);
      entries.add(
          new Entry(
              Part.APIS,
              name,
              new ProtectedApi(name, seen.id, true),
              seen.calledTokens == 0,
              Map.of(),
              single,
              numbers,
              seen.calledTokens == 0
                  ? List.of("no call presented a token of these sign-ins")
                  : List.of()));
    }
  }

  private static void privileged(EstateSurvey survey, List<Entry> entries) {
    for (EstateSurvey.PrivilegedSeen seen : survey.privileged()) {
      Map<String, List<Listed>> lists = new LinkedHashMap<>();
      List<Listed> operations = new ArrayList<>();
      for (String pattern : seen.patterns()) {
        PrivilegedOperations alone =
            new PrivilegedOperations("", List.of(pattern), Set.of(), Set.of());
        long times =
            seen.operations().texts().stream()
                .filter(alone::includes)
                .mapToLong(seen.operations()::of)
                .sum();
        operations.add(new Listed(pattern, false, "%,d times".formatted(times)));
      }
      lists.put("operations", operations);
      lists.put("roles", List.of());
      List<Listed> standing = new ArrayList<>();
      long without = 0;
      for (EstateSurvey.UserSeen user : seen.users()) {
        without += user.notActivated;
        if (user.notActivated > 0) {
          standing.add(
              new Listed(
                  user.id,
                  true,
                  "%s: %,d without activation, %,d with"
                      .formatted(user.label, user.notActivated, user.activated)));
        }
      }
      lists.put("standing", standing);
      Map<String, Long> numbers = new LinkedHashMap<>();
      numbers.put("operations", seen.total());
      numbers.put("users", (long) seen.users().size());
      numbers.put("withActivation", seen.total() - without);
      numbers.put("withoutActivation", without);
      entries.add(
          new Entry(
              Part.PRIVILEGED,
              seen.name(),
              new PrivilegedOperations(seen.name(), seen.patterns(), Set.of(), Set.of()),
              false,
              lists,
              Map.of(),
              numbers,
              List.of("to permit the operations only for certain roles, list the roles")));
    }
  }

  private static void vaults(EstateSurvey survey, List<Entry> entries) {
    Names names = new Names();
    for (EstateSurvey.VaultSeen seen : survey.vaults()) {
      String name = names.of(seen.name());
      boolean isPrivate = seen.fromPrivate > 0 && seen.fromPublic == 0;
      Map<String, String> single = new LinkedHashMap<>();
      single.put("resourceId", seen.resourceId);
      single.put("private", Boolean.toString(isPrivate));
      Map<String, Long> numbers = new LinkedHashMap<>();
      numbers.put("accepted", seen.accepted);
      numbers.put("refused", seen.refused);
      numbers.put("principals", (long) seen.principals.size());
      numbers.put("fromPrivateAddresses", seen.fromPrivate);
      numbers.put("fromPublicAddresses", seen.fromPublic);
      List<String> remarks = new ArrayList<>();
      for (String networkClass : seen.publicNetworks.texts()) {
        remarks.add(
            "%,d from public addresses of class %s"
                .formatted(seen.publicNetworks.of(networkClass), networkClass));
      }
      entries.add(
          new Entry(
              Part.VAULTS,
              name,
              new Vault(name, seen.resourceId, true),
              false,
              Map.of(),
              single,
              numbers,
              remarks));
    }
  }

  /** Unique names of entries. */
  private static final class Names {
    private static final int MOST_CHARS = 190;

    private final Set<String> taken = new HashSet<>();

    String of(@Nullable String wanted) {
      String name = wanted == null || wanted.isBlank() ? "unnamed" : wanted.strip();
      String base = name.substring(0, Math.min(name.length(), MOST_CHARS));
      String free = base;
      for (int i = 2; !taken.add(ComparableText.of(free)); i++) {
        free = base + "-" + i;
      }
      return free;
    }
  }
}
