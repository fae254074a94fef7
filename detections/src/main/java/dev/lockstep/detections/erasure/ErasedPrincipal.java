package dev.lockstep.detections.erasure;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionText;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Principal to be erased, and methods that replace its id and its names by a pseudonym in texts,
 * findings and alerts.
 */
public final class ErasedPrincipal {
  /**
   * Punctuation characters, besides {@code _}, {@code -} and {@code @}, that a user principal name
   * may contain.
   */
  private static final String INSIDE_NAMES = ".'+#!^~";

  private final Erasure erasure;
  private final List<String> terms;

  public ErasedPrincipal(Erasure erasure) {
    this.erasure = erasure;
    TreeSet<String> all = new TreeSet<>(erasure.getNames());
    all.add(erasure.getPrincipal());
    this.terms =
        all.stream()
            .filter(term -> !term.isBlank())
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** Returns the id and the names of the principal, the longest first. */
  public List<String> terms() {
    return terms;
  }

  public Erasure request() {
    return erasure;
  }

  public String principal() {
    return erasure.getPrincipal();
  }

  public String pseudonym() {
    return erasure.getPseudonym();
  }

  /** Returns a copy of this request for erasure, with further names of the principal. */
  public ErasedPrincipal knownAs(Set<String> names) {
    TreeSet<String> all = new TreeSet<>(erasure.getNames());
    all.addAll(names);
    return new ErasedPrincipal(Erasure.newBuilder(erasure).setNames(List.copyOf(all)).build());
  }

  public boolean is(@Nullable Principal principal) {
    return principal != null && isId(principal.getId());
  }

  public boolean isId(@Nullable String id) {
    return erasure.getPrincipal().equals(id);
  }

  /**
   * Returns whether an activity has this principal, or has a token that was issued to this
   * principal.
   */
  public boolean isOf(@Nullable Activity activity) {
    if (activity == null) {
      return false;
    }
    Token token = activity.getToken();
    return is(activity.getPrincipal())
        || (token != null
            && (isId(token.getOid()) || (token.getAppOnly() && isId(token.getAppId()))));
  }

  /**
   * Returns the pseudonym as a principal if the given principal is the erased one, and otherwise
   * the given principal.
   */
  public Principal instead(Principal principal) {
    return is(principal) ? new Principal(pseudonym(), null, principal.getType()) : principal;
  }

  /**
   * Returns whether a finding is about the erased principal. Such a finding is erased. In any other
   * finding the pseudonym replaces the principal, also in a finding about a partner.
   */
  public boolean owns(Detection detection) {
    return detection.getPartner() == null && is(detection.getPrincipal());
  }

  /** Returns whether a finding names the principal by its id or by one of its names. */
  public boolean isNamedIn(Detection detection) {
    return !revised(detection).equals(detection);
  }

  /** Returns a copy of a finding in which the pseudonym replaces the principal. */
  public Detection revised(Detection detection) {
    ErasedPrincipal whole = this;
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

  /**
   * Returns an alert with the pseudonym in place of the principal, also in the link and in the ids
   * of its records. The id of a record about an account ends with that account.
   */
  public CollectedAlert revised(CollectedAlert collected) {
    Alert alert = collected.getAlert();
    Alert revised =
        Alert.newBuilder(alert)
            .setAccounts(replaced(alert.getAccounts()))
            .setNames(replaced(alert.getNames()))
            .setTitle(orNull(alert.getTitle()))
            .setLink(orNull(alert.getLink()))
            .build();
    List<Cited> references = collected.getCited().stream().map(this::revised).toList();
    return revised.equals(alert) && references.equals(collected.getCited())
        ? collected
        : new CollectedAlert(revised, collected.getTimes(), references);
  }

  private Cited revised(Cited record) {
    return Cited.newBuilder(record).setEventId(text(record.getEventId())).build();
  }

  private @Nullable String orNull(@Nullable String text) {
    return text == null ? null : text(text);
  }

  private List<String> replaced(List<String> names) {
    return names.stream().map(this::text).distinct().sorted().toList();
  }

  /**
   * Returns a text with the pseudonym in place of the id and the names of the principal. Case does
   * not matter, but an id or a name has to be a separate word. A mark that a user principal name
   * may contain, such as the dot, does not end a name if a letter or digit follows, so that {@code
   * a.b@c.com} is not taken for {@code b@c.com}. Any character of a name, or beside a name, may be
   * written as a percent escape, as in links.
   */
  public String text(String text) {
    String replaced = text;
    for (String term : terms) {
      if (term.indexOf('%') >= 0) {
        replaced = replaced(EscapedText.asWritten(replaced), term);
      }
      replaced = replaced(EscapedText.read(replaced), term);
    }
    return replaced;
  }

  private String replaced(EscapedText text, String term) {
    String written = text.written();
    StringBuilder replaced = null;
    int from = 0;
    for (int at = 0; at + term.length() <= text.length(); at++) {
      int end = at + term.length();
      if (text.hasAt(at, term)
          && isBorder(text, at - 1, -1, isId(term))
          && isBorder(text, end, 1, isId(term))) {
        replaced = replaced == null ? new StringBuilder(written.length()) : replaced;
        replaced.append(written, from, text.start(at)).append(pseudonym());
        from = text.start(end);
        at = end - 1;
      }
    }
    return replaced == null ? written : replaced.append(written, from, written.length()).toString();
  }

  /**
   * Returns whether a character is the border of the word beside it, and not a part of that word.
   *
   * @param step 1 if the word ends before the character, or -1 if it begins after the character
   * @param isId whether the word is the principal's id; a mark such as a dot is never part of an id
   */
  private static boolean isBorder(EscapedText text, int at, int step, boolean isId) {
    char c = text.charAt(at);
    if (Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '@') {
      return false;
    }
    return isId
        || INSIDE_NAMES.indexOf(c) < 0
        || !Character.isLetterOrDigit(text.charAt(at + step))
        || (step > 0 && c == '\'' && isPossessive(text, at + 1));
  }

  private static boolean isPossessive(EscapedText text, int at) {
    return text.charAt(at) == 's' && !Character.isLetterOrDigit(text.charAt(at + 1));
  }
}
