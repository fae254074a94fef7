package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionText;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Token;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The erasure of a principal, as one stage applies it.
 *
 * <h2>On its way</h2>
 *
 * A header carries the request. On the activity topic its record has no value; between the stages
 * it rides on a clock that tells nothing, which goes to every task of the next stage already.
 * Whoever does not know the header reads a dead letter without content and a clock without news.
 *
 * <h2>In order</h2>
 *
 * Every channel keeps its order, and a task reads what another has written only once that is
 * committed. So what the principal's own task had said before comes before the request, and what
 * any task says after it comes after. Tokens and partners name the findings that they had said
 * something of: that may come in between.
 */
final class Erasing {
  /** The reason of what is kept of a finding that was erased: its id and its last revision. */
  static final String ERASED = "erased";

  private final Erasure erasure;
  private final List<String> terms;

  Erasing(Erasure erasure) {
    this.erasure = erasure;
    TreeSet<String> all = new TreeSet<>(erasure.getNames());
    all.add(erasure.getPrincipal());
    this.terms =
        all.stream()
            .filter(term -> !term.isBlank())
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** Returns the erasure that a record carries, or null if it carries none that can be read. */
  static @Nullable Erasing of(Headers headers) {
    Header header = headers.lastHeader(Erasures.HEADER);
    if (header == null || header.value() == null) {
      return null;
    }
    try {
      return new Erasing(
          new SingleObject<Erasure>(Erasure.getClassSchema()).decode(header.value()));
    } catch (RuntimeException e) { // whatever the decoder makes of foreign bytes
      return null;
    }
  }

  Erasure request() {
    return erasure;
  }

  String principal() {
    return erasure.getPrincipal();
  }

  String pseudonym() {
    return erasure.getPseudonym();
  }

  /** Returns whether state is to be erased; otherwise only the findings that are named. */
  boolean isOfState() {
    return erasure.getFindings() == null;
  }

  /** Returns the same with more names that the principal is known by. */
  Erasing knownAs(Set<String> names) {
    TreeSet<String> all = new TreeSet<>(erasure.getNames());
    all.addAll(names);
    return new Erasing(Erasure.newBuilder(erasure).setNames(List.copyOf(all)).build());
  }

  /** Returns the header by which a task passes the erasure of state on. */
  Headers passedOn(String stage) {
    return headers(stage, null);
  }

  /** Returns the header by which a task names the findings that it has said something of. */
  Headers passedOn(String stage, List<String> findings) {
    return headers(stage, findings);
  }

  private Headers headers(String stage, @Nullable List<String> findings) {
    Erasure next =
        Erasure.newBuilder(erasure)
            .setStage(stage)
            .setFindings(findings)
            .setPast(List.of())
            .build();
    return new RecordHeaders().add(Erasures.HEADER, Erasures.encoded(next));
  }

  /** Returns whether the task that passed it on has a number. */
  boolean isFrom(int partition) {
    return erasure.getStage().endsWith("-" + partition);
  }

  boolean is(@Nullable Principal principal) {
    return principal != null && isId(principal.getId());
  }

  boolean isId(@Nullable String id) {
    return erasure.getPrincipal().equals(id);
  }

  /** Returns whether an activity is the principal's, or presents a token of it. */
  boolean isOf(@Nullable Activity activity) {
    if (activity == null) {
      return false;
    }
    Token token = activity.getToken();
    return is(activity.getPrincipal())
        || (token != null
            && (isId(token.getOid()) || (token.getAppOnly() && isId(token.getAppId()))));
  }

  /** Returns what stands for a principal in what is somebody else's. */
  Principal instead(Principal principal) {
    return is(principal) ? new Principal(pseudonym(), null, principal.getType()) : principal;
  }

  /** Returns whether a finding is the principal's own and not a partner's. */
  boolean owns(Detection detection) {
    return detection.getPartner() == null && is(detection.getPrincipal());
  }

  /** Returns a finding with the pseudonym wherever it names the principal. */
  Detection revised(Detection detection) {
    Erasing whole = this;
    Principal principal = detection.getPrincipal();
    if (principal != null && is(principal) && principal.getName() != null) {
      whole = knownAs(Set.of(principal.getName()));
    }
    Detection revised = DetectionText.replaced(detection, whole::text);
    for (Map<String, String> entity : revised.getEntities()) {
      if (pseudonym().equals(entity.get("AadUserId"))) {
        entity.remove("Name"); // as the rules name an account of which they know no name
        entity.remove("UPNSuffix");
      }
    }
    if (principal != null) {
      revised.setPrincipal(instead(principal));
    }
    return revised;
  }

  /** Returns an alert with the pseudonym in place of the principal. */
  CollectedAlert revised(CollectedAlert collected) {
    Alert alert = collected.getAlert();
    Alert revised =
        Alert.newBuilder(alert)
            .setAccounts(replaced(alert.getAccounts()))
            .setNames(replaced(alert.getNames()))
            .setTitle(alert.getTitle() == null ? null : text(alert.getTitle()))
            .build();
    return revised.equals(alert)
        ? collected
        : new CollectedAlert(revised, collected.getTimes(), collected.getCited());
  }

  private List<String> replaced(List<String> names) {
    return names.stream().map(this::text).distinct().sorted().toList();
  }

  /** Replaces id and names in a text, in whatever case, where they are words of their own. */
  String text(String text) {
    String replaced = text;
    for (String term : terms) {
      replaced = replaced(replaced, term);
    }
    return replaced;
  }

  private String replaced(String text, String term) {
    StringBuilder replaced = null;
    int from = 0;
    for (int at = 0; at + term.length() <= text.length(); at++) {
      int end = at + term.length();
      if (text.regionMatches(true, at, term, 0, term.length())
          && (at == 0 || isBetween(text.charAt(at - 1)))
          && (end == text.length() || isBetween(text.charAt(end)))) {
        replaced = replaced == null ? new StringBuilder(text.length()) : replaced;
        replaced.append(text, from, at).append(pseudonym());
        from = end;
        at = end - 1;
      }
    }
    return replaced == null ? text : replaced.append(text, from, text.length()).toString();
  }

  private static boolean isBetween(char c) {
    return !Character.isLetterOrDigit(c) && c != '_' && c != '-' && c != '@';
  }
}
