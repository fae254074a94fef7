package dev.lockstep.detections.lookup;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.state.SubjectKey;
import dev.lockstep.detections.storage.RecordKey;
import dev.lockstep.rules.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Search for the subjects whose id or changelog records have a given text. A record has to hold it
 * as a whole text, such as a finding's id.
 *
 * <p>Records are compared as bytes and not decoded. The case of ASCII letters does not matter.
 * Texts that records hold as numbers of a dictionary, such as countries and names of hubs, are not
 * found. An overwritten record that is not compacted yet counts as well, so a subject may be found
 * that does not hold the text any more.
 */
public final class StateSearch {
  private static final int MOST = 200;
  private static final Comparator<Subject> ORDER =
      Comparator.comparing(Subject::kind).thenComparing(Subject::id);

  private final String text;
  private final byte[] needle;

  /**
   * Number of leading bytes of {@link #needle} that have to match exactly. In the later bytes, the
   * case of ASCII letters does not matter. The leading bytes are the length of the text, or a whole
   * packed GUID.
   */
  private final int exact;

  private final Set<Subject> byId = new TreeSet<>(ORDER);
  private final Set<Subject> byContent = new TreeSet<>(ORDER);
  private byte[] last = {};
  private boolean leftOut;

  public StateSearch(String text) {
    this.text = text.toLowerCase(Locale.ROOT);
    this.needle = new ByteSink().text(this.text).bytes();
    int chars = this.text.getBytes(StandardCharsets.UTF_8).length;
    this.exact = needle.length < chars ? needle.length : needle.length - chars; // GUIDs are packed
  }

  /** Searches a record of a changelog for the text. A record without a value is skipped. */
  public void take(byte[] key, byte @Nullable [] value) {
    if (!RecordKey.isWhole(key)) {
      return;
    }
    byte[] subject = RecordKey.subject(key);
    if (value == null || subject.length == 0) {
      return;
    }
    if (!Arrays.equals(subject, last)) {
      last = subject;
      Subject of = SubjectKey.subject(subject);
      if (isNamed(of.id())) {
        add(byId, of);
      }
    }
    if (holds(value)) {
      add(byContent, SubjectKey.subject(subject));
    }
  }

  private void add(Set<Subject> found, Subject subject) {
    if (found.size() < MOST) {
      found.add(subject);
    } else {
      leftOut |= !found.contains(subject);
    }
  }

  /**
   * Returns whether an id is the searched text, or ends with a space and this text. Ids of sessions
   * have the second form.
   */
  private boolean isNamed(String id) {
    int begin = id.length() - text.length();
    return begin >= 0
        && id.regionMatches(true, begin, text, 0, text.length())
        && (begin == 0 || id.charAt(begin - 1) == ' ');
  }

  private boolean holds(byte[] value) {
    for (int at = 0; at + needle.length <= value.length; at++) {
      if (value[at] == needle[0] && isAt(value, at)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAt(byte[] value, int at) {
    for (int i = 1; i < needle.length; i++) {
      byte each = value[at + i];
      boolean isUpper = i >= exact && each >= 'A' && each <= 'Z';
      if ((isUpper ? each + 'a' - 'A' : each) != needle[i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the subjects whose id is the searched text, or ends with a space and the text. */
  public List<Subject> named() {
    return List.copyOf(byId);
  }

  /**
   * Returns the subjects that have the searched text in one of their records, except those that
   * {@link #named} returns.
   */
  public List<Subject> holding() {
    List<Subject> others = new ArrayList<>(byContent);
    others.removeAll(byId);
    return others;
  }

  /** Returns whether subjects were left out because too many matched. */
  public boolean hasLeftOut() {
    return leftOut;
  }
}
