package dev.lockstep.app.privacy;

import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.replay.ExceptionUse;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionText;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Target;
import dev.lockstep.schemas.Token;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Replacer of people's names and ids by pseudonyms in output.
 *
 * <p>The redaction learns from activities which texts to replace: object ids, UPNs and display
 * names of users, also in alerts and changes, and ids of devices, sessions and tokens. Any other
 * text in the form of a UPN is replaced too. Workloads, subscriptions, partners and addresses are
 * not replaced.
 */
public final class Redaction {
  public static final String USER = "user";

  private static final String ESCAPED_SIGN = "40";
  private static final String ESCAPED_PERCENT = "25";

  /**
   * Largest number of nested percent-encodings in which a mail address is found, as in a link
   * within a link.
   */
  private static final int MOST_ESCAPES = 3;

  private static final int FEWEST_CHARS = 3;
  private static final int SURE_CHARS = 20;
  private static final Comparator<Detection> BY_END =
      Comparator.comparingLong(Detection::getEndTime).thenComparing(Detection::getId);

  private final Pseudonyms pseudonyms;
  private final Map<String, String> known = new ConcurrentHashMap<>();
  private final Map<String, List<String>> byStart = new ConcurrentHashMap<>();

  /**
   * Names of one or two characters, in the letter case that they have in the records. At least one
   * character is a letter. Within a text they are replaced only if the case is the same, because
   * {@code An} is a name and {@code an} a word of most descriptions.
   */
  private final Set<String> shortNames = ConcurrentHashMap.newKeySet();

  public Redaction(Pseudonyms pseudonyms) {
    this.pseudonyms = pseudonyms;
  }

  /**
   * Adds the names and ids of users, devices, sessions and tokens in an activity to the texts that
   * are replaced. Any thread may call this.
   */
  public void learn(Activity activity) {
    learn(activity.getPrincipal());
    Token token = activity.getToken();
    if (token != null) {
      if (!token.getAppOnly() && !isOfWorkload(activity)) {
        learn(USER, token.getOid());
      }
      learn("session", token.getSid());
      learn("token", token.getUti());
    }
    if (activity.getDevice() != null) {
      learn("device", activity.getDevice().getId());
    }
    Alert alert = activity.getAlert();
    if (alert != null) {
      alert.getAccounts().forEach(id -> learn(USER, id));
      alert.getNames().forEach(name -> learn(USER, name));
    }
    Change change = activity.getChange();
    if (change != null) {
      learn(USER, change.getInitiator());
      for (Target target : change.getTargets()) {
        if ("user".equalsIgnoreCase(target.getType())) {
          learn(USER, target.getId());
          learn(USER, target.getName());
        }
      }
    }
  }

  /**
   * Returns whether a workload is the principal of an activity. The token's claims do not always
   * tell this: a sign-in has no such claim.
   */
  private static boolean isOfWorkload(Activity activity) {
    Principal principal = activity.getPrincipal();
    return principal != null && PrincipalTypes.isWorkload(principal);
  }

  private void learn(@Nullable Principal principal) {
    if (principal != null && PrincipalTypes.isUser(principal)) {
      learn(USER, principal.getId());
      learn(USER, principal.getName());
    }
  }

  /**
   * Adds a text to those that are replaced by pseudonyms. A null or blank text is ignored.
   *
   * @param kind kind of the pseudonym
   */
  public void learn(String kind, @Nullable String text) {
    if (text == null || text.isBlank()) {
      return;
    }
    String term = lower(text.strip());
    boolean isNew = known.putIfAbsent(term, pseudonyms.of(kind, term)) == null;
    if (term.length() < FEWEST_CHARS) {
      if (term.codePoints().anyMatch(Character::isLetter)) {
        shortNames.add(text.strip());
      }
    } else if (isNew) {
      byStart
          .computeIfAbsent(term.substring(0, FEWEST_CHARS), start -> new CopyOnWriteArrayList<>())
          .add(term);
    }
  }

  /**
   * Returns a detection with pseudonyms in place of mail addresses and of known names and ids. A
   * name or id is known if {@link #learn} has added it. The ids of detection and incident are
   * replaced too, because whoever knows a principal's id could compute them.
   */
  public Detection detection(Detection detection) {
    Detection redacted = DetectionText.replaced(detection, this::text);
    redacted.setId(finding(detection.getId()));
    if (detection.getCorrelationId() != null) {
      redacted.setCorrelationId(incident(detection.getCorrelationId()));
    }
    return redacted;
  }

  public String finding(String id) {
    return pseudonyms.of(IdForm.FINDING, id);
  }

  public String incident(String id) {
    return pseudonyms.of(IdForm.INCIDENT, id);
  }

  /**
   * Returns the result of a replay with pseudonyms in place of the names and ids that {@link
   * #learn} was given, and of mail addresses. It has no content of unreadable records. Findings are
   * in the order of end time and of the id that is shown, so that their order does not tell their
   * former ids.
   */
  public Replay.Result result(Replay.Result result) {
    result.exceptions().forEach(use -> learn("owner", use.entry().owner()));
    return new Replay.Result(
        result.detections().stream().map(this::detection).sorted(BY_END).toList(),
        result.counts(),
        result.rejections().redacted(this::text),
        result.counters(),
        result.databases(),
        result.leftOut(),
        result.firstArrival(),
        result.lastArrival(),
        result.exceptions().stream().map(this::exception).toList(),
        result.rules());
  }

  private ExceptionUse exception(ExceptionUse use) {
    ExceptionEntry entry = use.entry();
    String principal = entry.principal();
    return new ExceptionUse(
        new ExceptionEntry(
            text(entry.id()),
            entry.rule(),
            principal == null ? null : text(principal),
            entry.partner(),
            entry.network(),
            text(entry.reason()),
            text(entry.owner()),
            entry.expiresAt()),
        new DetectionCounters.Excepted(
            use.did().removed(),
            use.did().outweighed(),
            use.did().everRemoved(),
            use.did().everOutweighed(),
            use.did().findings().stream().map(this::finding).sorted().toList()),
        use.expired());
  }

  /**
   * Returns a text with pseudonyms in place of mail addresses and of the names and ids that {@link
   * #learn} was given.
   */
  public String text(String text) {
    String lower = lower(text);
    String whole = known.get(lower.strip());
    if (whole != null) {
      return whole;
    }
    StringBuilder redacted = new StringBuilder(text.length());
    int from = 0;
    int at = 0;
    while (at < lower.length()) {
      String term = termAt(lower, at);
      if (term == null) {
        term = shortNameAt(text, at);
      }
      if (term == null) {
        at++;
      } else {
        redacted.append(text, from, at).append(known.get(lower(term)));
        at += term.length();
        from = at;
      }
    }
    return withoutEncodedAddresses(
        withoutMailAddresses(redacted.append(text, from, text.length()).toString()));
  }

  private static String lower(String text) {
    // each letter is lowered by itself, so that the length stays the same
    char[] letters = text.toCharArray();
    for (int i = 0; i < letters.length; i++) {
      letters[i] = Character.toLowerCase(letters[i]);
    }
    return new String(letters);
  }

  private @Nullable String termAt(String lower, int at) {
    if (at + FEWEST_CHARS > lower.length()) {
      return null;
    }
    List<String> terms = byStart.get(lower.substring(at, at + FEWEST_CHARS));
    if (terms == null) {
      return null;
    }
    List<String> there = new ArrayList<>(1);
    for (String term : terms) {
      if (lower.startsWith(term, at) && isWord(lower, at, at + term.length(), term)) {
        there.add(term);
      }
    }
    return there.stream().max(Comparator.comparingInt(String::length)).orElse(null);
  }

  private @Nullable String shortNameAt(String text, int at) {
    if (!shortNames.isEmpty()) {
      for (int length = FEWEST_CHARS - 1; length > 0; length--) {
        int to = at + length;
        if (to <= text.length()
            && isWord(text, at, to)
            && shortNames.contains(text.substring(at, to))) {
          return text.substring(at, to);
        }
      }
    }
    return null;
  }

  private static boolean isWord(String text, int from, int to, String term) {
    return term.length() >= SURE_CHARS || term.indexOf('@') > 0 || isWord(text, from, to);
  }

  private static boolean isWord(String text, int from, int to) {
    return (from == 0 || isBorder(text.charAt(from - 1), text.charAt(from)))
        && (to == text.length() || isBorder(text.charAt(to), text.charAt(to - 1)));
  }

  private static boolean isBorder(char outside, char inside) {
    return !Character.isLetterOrDigit(outside) || isUnspaced(outside) || isUnspaced(inside);
  }

  /**
   * Returns whether a character is of a script that does not put spaces around names. Words follow
   * each other without spaces, or, in Korean, a particle follows the name.
   */
  private static boolean isUnspaced(char c) {
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }

  private String withoutMailAddresses(String text) {
    int sign = text.indexOf('@');
    if (sign < 0) {
      return text;
    }
    StringBuilder redacted = new StringBuilder(text.length());
    int done = 0;
    while (sign >= 0) {
      int from = sign;
      while (from > done && isOfName(text.charAt(from - 1))) {
        from--;
      }
      int to = hostEnd(text, sign + 1);
      if (from < sign && to > sign + 1) {
        redacted.append(text, done, from).append(pseudonyms.of(USER, text.substring(from, to)));
        done = to;
      }
      sign = text.indexOf('@', sign + 1);
    }
    return redacted.append(text, done, text.length()).toString();
  }

  /**
   * Replaces the percent-encoded mail addresses in a text, such as {@code alice%40example.com} in a
   * link. In a link within a link the percent sign is encoded again, as in {@code %2540}. The
   * pseudonym is that of the address itself.
   */
  private String withoutEncodedAddresses(String text) {
    int sign = text.indexOf('%');
    if (sign < 0) {
      return text;
    }
    StringBuilder redacted = new StringBuilder(text.length());
    int done = 0;
    while (sign >= 0) {
      int host = signEnd(text, sign);
      if (host >= 0) {
        int from = encodedNameStart(text, done, sign);
        int to = hostEnd(text, host);
        int dot = text.indexOf('.', host);
        if (from < sign && dot > host && dot < to) {
          String name = decoded(text.substring(from, sign), escapes(sign, host));
          redacted.append(text, done, from);
          redacted.append(pseudonyms.of(USER, name + "@" + text.substring(host, to)));
          done = to;
        }
      }
      sign = text.indexOf('%', sign + 1);
    }
    return redacted.append(text, done, text.length()).toString();
  }

  /**
   * Returns the index after the percent-encoded sign {@code @} that begins at the index {@code
   * percent}, or -1 if no such sign begins there.
   */
  private static int signEnd(String text, int percent) {
    int end = percent + 1;
    for (int i = 1; i < MOST_ESCAPES && text.startsWith(ESCAPED_PERCENT, end); i++) {
      end += ESCAPED_PERCENT.length();
    }
    return text.startsWith(ESCAPED_SIGN, end) ? end + ESCAPED_SIGN.length() : -1;
  }

  /** Returns how many times the sign {@code @} between two indexes is percent-encoded. */
  private static int escapes(int from, int to) {
    return (to - from - 1) / ESCAPED_PERCENT.length();
  }

  /**
   * Returns the index at which the name before a percent-encoded sign {@code @} begins. An encoded
   * character that no name has, such as {@code %3D}, ends the name as the character itself does.
   */
  private static int encodedNameStart(String text, int least, int sign) {
    int from = sign;
    while (from > least) {
      int escape = escapeStart(text, least, from);
      char c = text.charAt(from - 1);
      if (escape >= 0) {
        c = (char) Integer.parseInt(text, from - 2, from, 16);
        c = c < 0x80 ? c : 'a'; // an octet of a letter beyond ASCII
      }
      if (!isOfEncodedName(c)) {
        break;
      }
      from = escape >= 0 ? escape : from - 1;
    }
    return from;
  }

  /**
   * Returns the start of the percent-encoded character that ends at an index, or -1 if no such
   * character ends there.
   */
  private static int escapeStart(String text, int least, int end) {
    int at = end - ESCAPED_SIGN.length();
    if (at <= least
        || !HexFormat.isHexDigit(text.charAt(at))
        || !HexFormat.isHexDigit(text.charAt(at + 1))) {
      return -1;
    }
    for (int i = 0; i < MOST_ESCAPES && at > least; i++) {
      if (text.charAt(at - 1) == '%') {
        return at - 1;
      }
      at -= ESCAPED_PERCENT.length();
      if (at < least || !text.startsWith(ESCAPED_PERCENT, at)) {
        break;
      }
    }
    return -1;
  }

  private static String decoded(String name, int times) {
    String decoded = name;
    try {
      for (int i = 0; i < times; i++) {
        decoded = URLDecoder.decode(decoded.replace("+", "%2B"), StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException e) {
      return decoded; // a percent sign that begins no escape
    }
    return decoded;
  }

  private static boolean isOfEncodedName(char c) {
    return isOfName(c) && c != '=' && c != '&' && c != '?';
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || "._%+-#'$!&*=?^`{|}~".indexOf(c) >= 0;
  }

  /**
   * Returns the index after the host name that begins at an index. A dot or dash at the end does
   * not belong to the name.
   */
  private static int hostEnd(String text, int from) {
    int to = from;
    while (to < text.length() && isOfHost(text.charAt(to))) {
      to++;
    }
    while (to > from && !Character.isLetterOrDigit(text.charAt(to - 1))) {
      to--;
    }
    return to;
  }

  private static boolean isOfHost(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '-';
  }
}
