package dev.lockstep.app.estate;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.schemas.text.ComparableText;
import dev.lockstep.schemas.text.HostName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proposal for the configuration section {@code estate}: entries, each with counts from a capture.
 * The configuration accepts each entry.
 *
 * @param from time of the first event in milliseconds since 1970; 0 if there was none
 * @param to time of the last event
 */
public record EstateProposal(List<Entry> entries, long from, long to) {
  /**
   * Number of a gateway's calls through Front Door of which at least one names a profile, if the
   * profile counts as the operator's own. So a profile needs 1/{@value} of those calls. Only the
   * replay that counts the findings of the proposed gateway uses this limit.
   */
  private static final int OWN_DOOR_PART = 20;

  /**
   * Denominator of the largest share of events that may contradict the value {@code true}; above
   * this share, the value {@code false} is proposed. The share is 1/{@value}. If at least one event
   * and at most this share contradict {@code true}, the line with {@code true} is commented out. If
   * none does, {@code true} is proposed, and not commented out.
   */
  private static final int AGAINST_PART = 4;

  public EstateProposal {
    entries = List.copyOf(entries);
  }

  /** Part of the configuration section {@code estate}, such as the gateways or the key vaults. */
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
   * Proposed value of a key in an entry of the estate. It is the only value of the key, or one of a
   * list.
   *
   * @param isDoubtful whether the value is commented out
   * @param why counts that led to the value, for people
   */
  record Listed(String value, boolean isDoubtful, String why) {}

  /**
   * Entry that is proposed for the estate.
   *
   * @param described entry with {@code true} for each flag, so that a replay with it has the most
   *     findings
   * @param isDoubtful whether the entry is commented out
   * @param lists proposed values of each key that takes a list, by key
   * @param single proposed value of each key that takes one value, by key
   * @param numbers counts that led to the entry, by name
   * @param remarks sentences for people
   */
  record Entry(
      Part part,
      String name,
      Object described,
      boolean isDoubtful,
      Map<String, List<Listed>> lists,
      Map<String, Listed> single,
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
        boolean isFree = HostName.isLikeName(host) && taken.add(host);
        String why = DisplayFormat.count(seen.hosts.of(host), "accepted call") + " of an API";
        hosts.add(
            new Listed(host, !isFree, isFree ? why : why + "; listed already, or not a host name"));
      }
      for (String host : seen.hostsWithoutApi.texts()) {
        if (seen.hosts.of(host) == 0 && hosts.size() < TextCounts.MOST) {
          String why = calls(seen.hostsWithoutApi.of(host)) + ", none accepted by an API";
          hosts.add(new Listed(host, true, why));
        }
      }
      String id = seen.resourceId;
      lists.put("hosts", hosts);
      List<Listed> resources = id == null ? List.of() : List.of(new Listed(id, false, ""));
      lists.put("resourceIds", resources);
      List<Listed> doors = new ArrayList<>();
      Set<String> likelyDoors = new HashSet<>();
      boolean isOnlyDoor = seen.frontDoorIds.size() == 1;
      for (String door : seen.frontDoorIds.texts()) {
        long calls = seen.frontDoorIds.of(door);
        doors.add(new Listed(door, !isOnlyDoor, calls(calls)));
        if (calls * OWN_DOOR_PART >= seen.frontDoorIds.total()) {
          likelyDoors.add(door);
        }
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
              Set.copyOf(likelyDoors));
      List<String> remarks = new ArrayList<>();
      if (doors.isEmpty()) {
        remarks.add(
            "no trustworthy header X-Azure-FDID was logged, so it is unknown whether the gateway is"
                + " behind Front Door");
      }
      if (doors.size() > 1) {
        remarks.add(
            "calls came through several Front Doors: keep only the frontDoorIds of your own Front"
                + " Doors, since an attacker can have a Front Door, too");
        remarks.add(
            "the counts after \"would fire\" treat a Front Door as yours if it had at least 1 in %d of the calls through Front Doors"
                .formatted(OWN_DOOR_PART));
      }
      entries.add(
          new Entry(Part.GATEWAYS, name, gateway, isDoubtful, lists, Map.of(), numbers, remarks));
    }
  }

  private static String calls(long number) {
    return DisplayFormat.count(number, "call");
  }

  /**
   * Returns the proposed value of a key that is true or false. It is {@code false} if there are no
   * events, or if many of them contradict {@code true}. If only few do, {@code true} is proposed in
   * a comment, with a question.
   *
   * @param counted words for the events
   */
  private static Listed toggle(long inFavour, long against, String counted, String question) {
    if (against > 0 && against * AGAINST_PART <= inFavour + against) {
      return new Listed(
          "true",
          true,
          "%,d of %,d %s: %s".formatted(inFavour, inFavour + against, counted, question));
    }
    return new Listed(Boolean.toString(inFavour > 0 && against == 0), false, "");
  }

  private static List<String> kept(List<Listed> all) {
    return all.stream().filter(one -> !one.isDoubtful()).map(Listed::value).toList();
  }

  private static void apis(EstateSurvey survey, List<Entry> entries) {
    Names names = new Names();
    for (EstateSurvey.AppSeen seen : survey.apps()) {
      String name = names.of(seen.name());
      Map<String, Listed> single = new LinkedHashMap<>();
      single.put("appId", new Listed(seen.id, false, ""));
      single.put(
          "requireManagedDevice",
          toggle(
              seen.managed,
              seen.unmanaged,
              "sign-ins with a known device came from a managed device",
              "should only managed devices reach it?"));
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
        operations.add(new Listed(pattern, false, DisplayFormat.count(times, "time")));
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
                  "%s: operations without activation %,d, with activation %,d"
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
      Map<String, Listed> single = new LinkedHashMap<>();
      single.put("resourceId", new Listed(seen.resourceId, false, ""));
      single.put(
          "private",
          toggle(
              seen.fromPrivate,
              seen.fromPublic,
              "accepted calls came from private addresses",
              "should it be reached only by private endpoints?"));
      Map<String, Long> numbers = new LinkedHashMap<>();
      numbers.put("accepted", seen.accepted);
      numbers.put("refused", seen.refused);
      numbers.put("principals", (long) seen.principals.size());
      numbers.put("fromPrivateAddresses", seen.fromPrivate);
      numbers.put("fromPublicAddresses", seen.fromPublic);
      List<String> remarks = new ArrayList<>();
      for (String networkClass : seen.publicNetworks.texts()) {
        remarks.add(
            "accepted calls from public addresses of class %s: %,d"
                .formatted(networkClass, seen.publicNetworks.of(networkClass)));
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

  /** Set of the names of proposed entries, to give every entry of a part its own name. */
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
