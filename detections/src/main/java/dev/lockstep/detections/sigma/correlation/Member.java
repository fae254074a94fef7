package dev.lockstep.detections.sigma.correlation;

import com.google.re2j.Pattern;
import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.EventReference;
import dev.lockstep.schemas.Principal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Event in a group of a Sigma correlation, with its matched rules and counted values. It also has
 * the values by which outer correlations group and count the event. An outer correlation is one
 * that refers to the correlation of the group.
 *
 * <p>A member is stored as texts: the numbers of the referenced rules that the event matches, the
 * counted values, and the texts for the outer correlations that {@code CorrelationRule.carried}
 * writes. The number of a referenced correlation is followed by the group of the hit, since an
 * event may be a hit of several groups.
 *
 * <h2>Forms of a call</h2>
 *
 * A call may be stated in a provisional form, which is retracted when its identity link names
 * another principal. Different principals state the two forms, so the retraction may arrive after
 * the final form. A rule's number from a provisional form has a mark. The numbers of a final form
 * replace marked numbers, and a retraction removes only marked ones. The form that replaces another
 * one may be provisional too. So the mark of a form with claims names the form's principal, and the
 * retraction of the form before it does not remove numbers with this mark.
 *
 * <p>If forms of one event have other values, or other texts for outer correlations, the member
 * keeps them apart, so that the values of a form that is retracted go with it. State stores such a
 * member once for each form.
 */
public final class Member {
  private static final Pattern COMMA = Pattern.compile(",");

  private static final String OF_GROUP = "@";
  private static final String OF_PROVISIONAL = "?";
  private static final int MARK_CHARS = 8;

  static final Comparator<Member> BY_TIME =
      Comparator.comparingLong(Member::at).thenComparingLong(Member::id);

  private final EventReference event;
  private final long id;
  private final String hits;
  private final BitSet rules;
  private final List<String> values;
  private final List<String> carried;
  private final boolean provisional;

  /**
   * Forms of the event, which differ in values or in texts for outer correlations, or null if there
   * is only one form.
   */
  private final @Nullable List<Form> forms;

  private @Nullable List<BigDecimal> numbers;
  private boolean gone;

  /** Matched rules and values of one form of the event, provisional or final. */
  private record Form(String hits, List<String> values, List<String> carried, boolean provisional) {
    boolean isLike(Form other) {
      return values.equals(other.values) && carried.equals(other.carried);
    }

    boolean covers(Form other) {
      return (hits.equals(other.hits) || parts(hits).containsAll(parts(other.hits)))
          && (other.values == values || values.containsAll(other.values))
          && carried.equals(other.carried)
          && (other.provisional || !provisional);
    }

    Form withHits(Set<String> left) {
      return new Form(String.join(",", left), values, carried, provisional);
    }
  }

  private Member(EventReference event, long id, Form form) {
    this(event, id, form, null);
  }

  private Member(EventReference event, long id, Form all, @Nullable List<Form> forms) {
    this.event = event;
    this.id = id;
    this.hits = all.hits;
    this.rules = rules(all.hits);
    this.values = all.values;
    this.carried = all.carried;
    this.provisional = all.provisional;
    this.forms = forms;
  }

  private static Member of(EventReference event, long id, List<Form> forms) {
    Form all = forms.get(0);
    if (forms.size() == 1) {
      return new Member(event, id, all);
    }
    for (Form form : forms.subList(1, forms.size())) {
      Set<String> hits = parts(all.hits);
      hits.addAll(parts(form.hits));
      all =
          new Form(
              String.join(",", hits),
              union(all.values, form.values),
              all.carried,
              all.provisional || form.provisional);
    }
    return new Member(event, id, all, List.copyOf(forms));
  }

  private List<Form> forms() {
    List<Form> known = forms;
    return known == null ? List.of(new Form(hits, values, carried, provisional)) : known;
  }

  /**
   * Returns the matched rules and the values of an event as texts, the form in which state stores
   * them. {@link #of} reads the texts.
   */
  public static List<String> texts(BitSet rules, List<String> values, List<String> carried) {
    return texts(rules, "", values, carried);
  }

  /**
   * Returns the matched rules and the values of a provisional form as texts. Each rule is marked
   * with the form's principal. The form has claims.
   *
   * @param principal principal of the form; the mark is a hash of its id
   */
  public static List<String> texts(
      BitSet rules, Principal principal, List<String> values, List<String> carried) {
    String mark = Hashes.id(List.of(principal.getId())).substring(0, MARK_CHARS);
    return texts(rules, OF_PROVISIONAL + mark, values, carried);
  }

  private static List<String> texts(
      BitSet rules, String mark, List<String> values, List<String> carried) {
    StringBuilder hits = new StringBuilder();
    rules.stream()
        .forEach(rule -> hits.append(hits.isEmpty() ? "" : ",").append(rule).append(mark));
    return texts(hits.toString(), values, carried);
  }

  /**
   * Encodes a hit of a correlation as texts. An outer correlation, which refers to this
   * correlation, keeps the hit in its state in this form. {@link #of} decodes the texts. A group
   * that contains a separator of these texts is written as its hash.
   */
  public static List<String> texts(
      int rule, String group, List<String> values, List<String> carried) {
    boolean isPlain = !group.contains(",") && !group.endsWith(OF_PROVISIONAL);
    String word = isPlain ? group : Hashes.id(List.of(group));
    return texts(rule + OF_GROUP + word, values, carried);
  }

  private static List<String> texts(String hits, List<String> values, List<String> carried) {
    List<String> texts = new ArrayList<>(2 + values.size() + carried.size());
    texts.add(hits);
    texts.add(String.valueOf(values.size()));
    texts.addAll(values);
    texts.addAll(carried);
    return texts;
  }

  /**
   * Reads an event, its matched rules and its values from the texts in which state stores them.
   * {@code texts} writes these texts.
   */
  public static Member of(Aggregate.Kept kept) {
    List<String> texts = kept.texts();
    int end = 2 + Integer.parseInt(texts.get(1));
    return new Member(
        kept.event(),
        Hashes.of(kept.event().category() + "\n" + kept.event().eventId()),
        new Form(
            kept.provisional() ? marked(texts.get(0)) : texts.get(0),
            texts.subList(2, end),
            texts.subList(end, texts.size()),
            kept.provisional()));
  }

  /**
   * Adds a question mark to each rule number in a stored text, because a provisional form of the
   * event matched the rule. The numbers are separated by commas, and the question mark follows its
   * number. A number that is followed by a group, or has a mark already, gets no question mark.
   */
  private static String marked(String hits) {
    Set<String> marked = new TreeSet<>();
    for (String part : parts(hits)) {
      marked.add(isFinal(part) ? part + OF_PROVISIONAL : part);
    }
    return String.join(",", marked);
  }

  private static BitSet rules(String hits) {
    BitSet rules = new BitSet();
    int number = 0;
    boolean isNumber = !hits.isEmpty();
    for (int i = 0; i < hits.length(); i++) {
      char c = hits.charAt(i);
      if (c == ',') {
        rules.set(number);
        number = 0;
        isNumber = true;
      } else if (c == OF_GROUP.charAt(0) || c == OF_PROVISIONAL.charAt(0)) {
        isNumber = false;
      } else if (isNumber) {
        number = 10 * number + (c - '0');
      }
    }
    if (!hits.isEmpty()) {
      rules.set(number);
    }
    return rules;
  }

  private static Set<String> parts(String hits) {
    return hits.isEmpty() ? new TreeSet<>() : new TreeSet<>(Arrays.asList(COMMA.split(hits)));
  }

  /**
   * Returns one member for an event that two members describe, with the matched rules and counted
   * values of both. If a rule of one member matched the final form of the event, rules of the other
   * member that matched a provisional form are left out. If the other member then has no rule left,
   * the member with the final form is returned. Otherwise the result has the event reference with
   * the earlier time.
   */
  Member with(Member other) {
    Member one = other.isOfFinalForm() ? withoutProvisionalForm() : this;
    Member two = isOfFinalForm() ? other.withoutProvisionalForm() : other;
    if (one == null || two == null) {
      return one == null ? other : this;
    }
    List<Form> all = new ArrayList<>(one.forms());
    two.forms().forEach(form -> add(form, all));
    return of(two.at() < one.at() ? two.event : one.event, id, all);
  }

  private static void add(Form form, List<Form> forms) {
    for (int i = 0; i < forms.size(); i++) {
      Form known = forms.get(i);
      if (known.covers(form)) {
        return;
      }
      boolean isSame = known.provisional == form.provisional || known.hits.equals(form.hits);
      if (known.isLike(form) && isSame) {
        Set<String> hits = parts(known.hits);
        hits.addAll(parts(form.hits));
        boolean both = known.provisional && form.provisional;
        forms.set(i, new Form(String.join(",", hits), known.values, known.carried, both));
        return;
      }
    }
    forms.removeIf(known -> form.covers(known));
    forms.add(form);
  }

  /** Returns whether a rule about single events matched the final form of the event. */
  private boolean isOfFinalForm() {
    for (String part : parts(hits)) {
      if (isFinal(part)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether a part of {@code hits} is the number of a rule about single events that matched
   * the event's final form.
   */
  private static boolean isFinal(String part) {
    return !part.contains(OF_GROUP) && !part.contains(OF_PROVISIONAL);
  }

  private static boolean isProvisional(String part) {
    return !part.contains(OF_GROUP) && part.contains(OF_PROVISIONAL);
  }

  private @Nullable Member withoutProvisionalForm() {
    if (!hits.contains(OF_PROVISIONAL)) {
      return this;
    }
    List<Form> all = new ArrayList<>();
    for (Form form : forms()) {
      Set<String> left = parts(form.hits);
      left.removeIf(Member::isProvisional);
      if (!left.isEmpty()) {
        all.add(form.withHits(left));
      }
    }
    return all.isEmpty() ? null : of(event, id, all);
  }

  /**
   * Returns this event without the matched rules that are retracted. The result is this member
   * itself if no rule is removed, and null if no rule is left.
   *
   * @param gone the same event with the matched rules to be retracted
   */
  @Nullable Member without(Member gone) {
    Form retracted = gone.forms().get(0);
    Set<String> parts = parts(retracted.hits);
    if (!hasAny(parts(hits), parts)) {
      parts = withoutPrincipal(parts); // as earlier versions stored the mark
    }
    return without(retracted, parts);
  }

  private static Set<String> withoutPrincipal(Set<String> parts) {
    Set<String> plain = new TreeSet<>();
    for (String part : parts) {
      plain.add(isProvisional(part) ? part.substring(0, part.indexOf(OF_PROVISIONAL) + 1) : part);
    }
    return plain;
  }

  private @Nullable Member without(Form retracted, Set<String> parts) {
    boolean isKnown =
        forms().stream()
            .anyMatch(form -> form.isLike(retracted) && hasAny(parts(form.hits), parts));
    boolean isChanged = false;
    List<Form> all = new ArrayList<>();
    for (Form form : forms()) {
      Set<String> left = parts(form.hits);
      if ((isKnown && !form.isLike(retracted)) || !left.removeAll(parts)) {
        all.add(form);
        continue;
      }
      isChanged = true;
      if (!left.isEmpty()) {
        all.add(form.withHits(left));
      }
    }
    return !isChanged ? this : all.isEmpty() ? null : of(event, id, all);
  }

  private static boolean hasAny(Set<String> all, Set<String> some) {
    return some.stream().anyMatch(all::contains);
  }

  private static List<String> union(List<String> one, List<String> other) {
    if (one.equals(other)) {
      return one;
    }
    TreeSet<String> both = new TreeSet<>(one);
    both.addAll(other);
    return List.copyOf(both);
  }

  /**
   * Returns whether another member of the same event adds nothing to this one. It adds something if
   * it has an earlier time, or if this member lacks one of its matched rules, its counted values,
   * or its groups or values for outer correlations. The result is also false if the given member is
   * final and this one is provisional.
   */
  boolean covers(Member stated) {
    Member other = isOfFinalForm() ? stated.withoutProvisionalForm() : stated;
    return other == null
        || (other.at() >= at()
            && other.forms().stream()
                .allMatch(form -> forms().stream().anyMatch(known -> known.covers(form))));
  }

  /** Returns this event as state stores it, once for each form of the event. */
  List<Aggregate.Kept> kept() {
    return forms().stream()
        .map(
            form ->
                new Aggregate.Kept(
                    event, texts(form.hits, form.values, form.carried), form.provisional))
        .toList();
  }

  public EventReference event() {
    return event;
  }

  long at() {
    return event.at();
  }

  /** Returns the hash of the event's category and id. */
  public long id() {
    return id;
  }

  BitSet rules() {
    return rules;
  }

  List<String> values() {
    return values;
  }

  /**
   * Returns the values that outer correlations need to group and count each form of this member's
   * event. An outer correlation is one that refers to the correlation of this member. The values
   * are needed if the event ends a hit, and are encoded as texts by {@code
   * CorrelationRule.carried}.
   */
  public Set<List<String>> carried() {
    Set<List<String>> all = new LinkedHashSet<>();
    forms().forEach(form -> all.add(form.carried));
    return all;
  }

  /** Returns whether the event may be retracted. */
  public boolean isProvisional() {
    return provisional;
  }

  boolean isGone() {
    return gone;
  }

  void drop() {
    gone = true;
  }

  List<BigDecimal> numbers() {
    List<BigDecimal> known = numbers;
    if (known == null) {
      known =
          values.isEmpty()
              ? Collections.emptyList()
              : values.stream().map(BigDecimal::new).toList();
      numbers = known;
    }
    return known;
  }

  /**
   * Returns the items of this event that a window counts. If {@code ofRules} is true, the items are
   * the numbers of the rules that matched the event, otherwise its values of the counted fields. A
   * correlation of distinct rules or values counts each of them once in a window.
   */
  List<Object> keys(boolean ofRules) {
    if (!ofRules) {
      return Collections.unmodifiableList(values);
    }
    List<Object> keys = new ArrayList<>(1);
    rules.stream().forEach(keys::add);
    return keys;
  }
}
