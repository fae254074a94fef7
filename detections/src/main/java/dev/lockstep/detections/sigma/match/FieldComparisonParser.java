package dev.lockstep.detections.sigma.match;

import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import inet.ipaddr.IPAddress;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Parser of one entry of a Sigma selection: a field with modifiers, such as {@code
 * userAgent|contains|all}, and its values.
 */
public final class FieldComparisonParser {
  private static final int MOST_VALUE_CHARS = 1_024;
  private static final int MOST_VALUES = 10_000;
  private static final int MOST_MODIFIERS = 16;
  private static final int MOST_DASHED = 625;
  private static final int MOST_SEARCHED = 128;

  private static final List<String> TEXT =
      List.of(
          "expand",
          "windash",
          "wide",
          "utf16",
          "utf16le",
          "utf16be",
          "base64",
          "base64offset",
          "contains",
          "startswith",
          "endswith",
          "cased",
          "all",
          "neq");
  private static final List<String> ENCODING =
      List.of("wide", "utf16", "utf16le", "utf16be", "base64", "base64offset");
  private static final List<String> REGEX =
      List.of("re", "i", "m", "s", "all", "neq", "cased", "expand");
  private static final List<String> ORDER = List.of("lt", "lte", "gt", "gte");
  private static final List<String> TIME =
      List.of("minute", "hour", "day", "week", "month", "year");
  private static final List<String> REFERENCE =
      List.of("fieldref", "contains", "startswith", "endswith", "cased", "all", "neq");
  private static final List<String> KNOWN = known();

  private final String field;
  private final List<String> modifiers;
  private final List<Literal> values;
  private final Placeholders placeholders;

  private FieldComparisonParser(
      String field, List<String> modifiers, List<Literal> values, Placeholders placeholders) {
    this.field = field;
    this.modifiers = modifiers;
    this.values = values;
    this.placeholders = placeholders;
  }

  private static List<String> known() {
    Set<String> known = new TreeSet<>(TEXT);
    known.addAll(REGEX);
    known.addAll(ORDER);
    known.addAll(TIME);
    known.addAll(List.of("exists", "cidr", "fieldref"));
    return List.copyOf(known);
  }

  /**
   * Parses a field with its modifiers and values, as a Sigma rule writes them, and returns a
   * selection.
   *
   * @param key field and modifiers as written; without a field the values are keywords
   * @param values values of the rule, at least one
   * @throws InvalidDetectionException if a modifier is unknown or does not fit the values
   */
  public static Selection parse(String key, List<Literal> values, Placeholders placeholders)
      throws InvalidDetectionException {
    List<String> parts = split(key);
    String field = parts.get(0).strip();
    List<String> modifiers = new ArrayList<>();
    for (String part : parts.subList(1, parts.size())) {
      String modifier = part.strip().toLowerCase(Locale.ROOT);
      if (modifier.isEmpty()) {
        throw new InvalidDetectionException(
            "has a pipe without a modifier behind it in %s".formatted(Quoted.of(key)),
            "remove the pipe, or write a modifier such as \"contains\" after the pipe");
      }
      if (!KNOWN.contains(modifier)) {
        String nearest = NearestNames.similarAmong(KNOWN, modifier);
        throw new InvalidDetectionException(
            "has the unknown modifier %s".formatted(Quoted.of(part)),
            nearest.isEmpty()
                ? "write one of " + String.join(", ", KNOWN)
                : "the nearest known one is " + nearest);
      }
      modifiers.add(modifier);
    }
    if (values.isEmpty()) {
      throw new InvalidDetectionException(
          "has no value for the key %s".formatted(Quoted.of(key)), "write a value");
    }
    if (values.size() > MOST_VALUES) {
      throw new InvalidDetectionException(
          "has too many values for %s: %d".formatted(Quoted.of(key), values.size()),
          "write at most %d values".formatted(MOST_VALUES));
    }
    for (Literal value : values) {
      if (value.text().length() > MOST_VALUE_CHARS) {
        throw new InvalidDetectionException(
            "has a value of %d characters for the key %s"
                .formatted(value.text().length(), Quoted.of(key)),
            "write at most %d".formatted(MOST_VALUE_CHARS));
      }
    }
    return new FieldComparisonParser(field, modifiers, values, placeholders).parse();
  }

  private static List<String> split(String key) throws InvalidDetectionException {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int pipe = key.indexOf('|'); pipe >= 0; pipe = key.indexOf('|', from)) {
      parts.add(key.substring(from, pipe));
      from = pipe + 1;
    }
    parts.add(key.substring(from));
    if (parts.size() - 1 > MOST_MODIFIERS) {
      throw new InvalidDetectionException(
          "has more than %d modifiers".formatted(MOST_MODIFIERS),
          "remove modifiers that have no effect");
    }
    return parts;
  }

  private Selection parse() throws InvalidDetectionException {
    if (modifiers.contains("exists")) {
      return exists();
    }
    if (modifiers.contains("fieldref")) {
      only(REFERENCE, "fieldref");
      return reference();
    }
    List<ValueComparison> tests = new ArrayList<>();
    if (modifiers.contains("re")) {
      only(REGEX, "re");
      regex(tests);
    } else if (modifiers.contains("cidr")) {
      only(List.of("cidr", "all", "neq", "expand"), "cidr");
      ranges(tests);
    } else if (modifiers.stream().anyMatch(one -> ORDER.contains(one) || TIME.contains(one))) {
      numbers(tests);
    } else {
      only(TEXT, "a comparison of text");
      texts(tests);
    }
    if (tests.isEmpty() && modifiers.contains("all")) { // it would hold for every event
      throw new InvalidDetectionException(
          "has no value for %s, because the placeholders under this key have no values"
              .formatted(Quoted.of(field + shownModifiers())),
          "give the placeholders values in placeholders.yaml, or leave out |all");
    }
    return new Selection.One(
        new FieldComparison.Values(
            field, shownModifiers(), tests, modifiers.contains("all"), modifiers.contains("neq")));
  }

  private String shownModifiers() {
    StringBuilder shown = new StringBuilder();
    modifiers.forEach(one -> shown.append('|').append(one));
    return shown.toString();
  }

  private void only(List<String> fitting, String with) throws InvalidDetectionException {
    for (String modifier : modifiers) {
      if (!fitting.contains(modifier)) {
        throw new InvalidDetectionException(
            List.of("i", "m", "s").contains(modifier)
                ? "has the modifier %s without re before it".formatted(Quoted.of(modifier))
                : "has the modifier %s, which cannot be combined with %s"
                    .formatted(Quoted.of(modifier), with),
            List.of("i", "m", "s").contains(modifier)
                ? "write re|" + modifier
                : "remove one of the two; %s can be combined with %s"
                    .formatted(with, String.join(", ", fitting)));
      }
    }
  }

  private InvalidDetectionException value(Literal value, String with, String fix) {
    return new InvalidDetectionException(
        "has the value %s, which does not fit %s"
            .formatted(value.kind() == Literal.Kind.NULL ? "null" : Quoted.of(value.text()), with),
        fix);
  }

  private Selection exists() throws InvalidDetectionException {
    if (modifiers.contains("neq")) {
      throw new InvalidDetectionException(
          "has the modifier \"neq\", which cannot be combined with \"exists\"",
          "write \"exists: false\" for a field that has to be absent, or \"exists: true\" without"
              + " \"neq\"");
    }
    for (String modifier : modifiers) {
      if (!modifier.equals("exists")) {
        throw new InvalidDetectionException(
            "has the modifier %s, which cannot be combined with \"exists\""
                .formatted(Quoted.of(modifier)),
            "remove one of the two; no other modifier can be combined with \"exists\"");
      }
    }
    if (values.size() > 1) {
      throw new InvalidDetectionException(
          "has %d values for \"exists\"".formatted(values.size()),
          "write true or false, without a list");
    }
    Literal value = values.get(0);
    // A YAML 1.1 parser, as other tools have, reads yes and no as truth values.
    boolean isTrue = isWord(value, "true", "yes");
    if (!isTrue && !isWord(value, "false", "no")) {
      throw value(value, "the modifier \"exists\"", "write true or false");
    }
    if (field.isEmpty()) {
      throw new InvalidDetectionException(
          "has the modifier \"exists\", but no field before it",
          "write the field before the pipe, as in userAgent|exists");
    }
    return new Selection.One(new FieldComparison.Exists(field, isTrue));
  }

  private static boolean isWord(Literal value, String one, String other) {
    return value.text().equalsIgnoreCase(one) || value.text().equalsIgnoreCase(other);
  }

  private Selection reference() throws InvalidDetectionException {
    if (field.isEmpty()) {
      throw new InvalidDetectionException(
          "has the modifier \"fieldref\", but no field before it",
          "write the field before the pipe, as in userAgent|fieldref");
    }
    boolean isNegated = modifiers.contains("neq");
    boolean before = modifiers.contains("contains") || modifiers.contains("endswith");
    boolean after = modifiers.contains("contains") || modifiers.contains("startswith");
    List<Selection> parts = new ArrayList<>();
    for (Literal value : values) {
      if (value.kind() != Literal.Kind.TEXT || value.text().isBlank()) {
        throw value(value, "the modifier fieldref", "write the name of a field");
      }
      parts.add(
          new Selection.One(
              new FieldComparison.SameAs(
                  field,
                  shownModifiers(),
                  value.text(),
                  before,
                  after,
                  modifiers.contains("cased"),
                  isNegated)));
    }
    return parts.size() == 1
        ? parts.get(0)
        : modifiers.contains("all") == isNegated
            ? new Selection.Any(parts)
            : new Selection.All(parts);
  }

  private void regex(List<ValueComparison> tests) throws InvalidDetectionException {
    int re = modifiers.indexOf("re");
    int flags = 0;
    for (int i = 0; i < modifiers.size(); i++) {
      int flag =
          switch (modifiers.get(i)) {
            case "i" -> com.google.re2j.Pattern.CASE_INSENSITIVE;
            case "m" -> com.google.re2j.Pattern.MULTILINE;
            case "s" -> com.google.re2j.Pattern.DOTALL;
            default -> 0;
          };
      if (flag != 0 && i < re) {
        throw new InvalidDetectionException(
            "has the modifier %s before re".formatted(Quoted.of(modifiers.get(i))),
            "write re|" + modifiers.get(i));
      }
      flags |= flag;
    }
    for (Literal value : values) {
      if (value.kind() == Literal.Kind.NULL) {
        throw value(value, "the modifier re", "write a regular expression");
      }
      for (String source : expanded(value.text(), true)) {
        tests.add(RegexGuard.compile(source, flags));
      }
    }
  }

  /**
   * Returns the text itself or, with the modifier {@code expand}, one text for each combination of
   * the values of its placeholders. Placeholders are replaced before other modifiers apply,
   * wherever {@code expand} is written.
   */
  private List<String> expanded(String text, boolean quotes) throws InvalidDetectionException {
    if (!modifiers.contains("expand")) {
      return List.of(text);
    }
    return (quotes ? placeholders.quoted() : placeholders).expand(text);
  }

  private List<Literal> expandedValues() throws InvalidDetectionException {
    List<Literal> all = new ArrayList<>();
    for (Literal value : values) {
      for (String text : expanded(value.text(), false)) {
        all.add(new Literal(value.kind(), text));
      }
      refuseTooMany(all.size());
    }
    return all;
  }

  private static void refuseTooMany(int count) throws InvalidDetectionException {
    if (count > MOST_VALUES) {
      throw new InvalidDetectionException(
          "has more than %d values after modifiers are applied".formatted(MOST_VALUES),
          "write fewer values");
    }
  }

  private void ranges(List<ValueComparison> tests) throws InvalidDetectionException {
    for (Literal value : expandedValues()) {
      Cidr cidr = Cidr.parse(value.text());
      IPAddress range = cidr.range();
      if (range == null) {
        throw value(value, "the modifier cidr", cidr.fix());
      }
      tests.add(new ValueComparison.InRange(range));
    }
  }

  private void numbers(List<ValueComparison> tests) throws InvalidDetectionException {
    TimePart part = null;
    ValueComparison.Order order = null;
    for (String modifier : modifiers) {
      TimePart named = TimePart.named(modifier);
      boolean isOrder = ORDER.contains(modifier);
      if ((named != null && part != null) || (isOrder && order != null)) {
        throw new InvalidDetectionException(
            "has the modifier %s and another modifier of the same kind"
                .formatted(Quoted.of(modifier)),
            "keep one of the two");
      }
      if (named != null) {
        part = named;
      } else if (isOrder) {
        order = ValueComparison.Order.valueOf(modifier.toUpperCase(Locale.ROOT));
      }
    }
    List<String> fitting = new ArrayList<>(List.of("all", "neq", "expand"));
    fitting.addAll(ORDER);
    fitting.addAll(TIME);
    only(fitting, order == null ? "a part of a time" : order.name().toLowerCase(Locale.ROOT));
    for (Literal value : expandedValues()) {
      BigDecimal bound = Numbers.parse(value.text(), 64);
      if (bound == null) {
        throw value(value, "the modifier " + shownModifiers().substring(1), "write a number");
      }
      tests.add(
          new ValueComparison.Numeric(
              order == null ? ValueComparison.Order.EQ : order, bound, part));
    }
  }

  private void texts(List<ValueComparison> tests) throws InvalidDetectionException {
    for (String modifier : modifiers.subList(0, Math.max(0, modifiers.indexOf("expand")))) {
      if (ENCODING.contains(modifier)) {
        throw new InvalidDetectionException(
            "has the modifier \"expand\" after the encoding modifier \"%s\"".formatted(modifier),
            "write \"expand\" before \"%s\"".formatted(modifier));
      }
    }
    for (Literal value : values) {
      if (value.kind() == Literal.Kind.NULL) {
        if (field.isEmpty()
            || modifiers.stream().anyMatch(one -> !one.equals("neq") && !one.equals("all"))) {
          throw value(
              value,
              field.isEmpty() ? "keywords" : "the modifier " + shownModifiers().substring(1),
              field.isEmpty()
                  ? "write FIELD: null in a separate selection"
                  : "compare the field with null in a separate selection, without a modifier");
        }
        tests.add(new ValueComparison.IsNull());
        continue;
      }
      for (String text : expanded(value.text(), false)) {
        texts(value, text, tests);
      }
      refuseTooMany(tests.size());
    }
  }

  private void texts(Literal value, String text, List<ValueComparison> tests)
      throws InvalidDetectionException {
    boolean isCased = modifiers.contains("cased");
    List<TextPattern> patterns = List.of(TextPattern.parse(text));
    boolean isWithin = false;
    Set<String> applied = new HashSet<>();
    for (String modifier : modifiers) {
      if (!applied.add(modifier)) {
        continue;
      }
      switch (modifier) {
        case "windash" -> patterns = patterns.stream().map(TextPattern::withAnyDash).toList();
        case "utf16", "utf16le", "utf16be", "wide" -> patterns = encode(value, patterns, modifier);
        case "base64", "base64offset" -> {
          patterns = base64(value, patterns, modifier.equals("base64offset"));
          isCased = true;
        }
        case "contains" -> patterns = within(patterns, true, true);
        case "startswith" -> patterns = within(patterns, false, true);
        case "endswith" -> patterns = within(patterns, true, false);
        default -> {}
      }
      isWithin |= List.of("contains", "startswith", "endswith").contains(modifier);
    }
    if (field.isEmpty() && !isWithin) {
      patterns = within(patterns, true, true);
    }
    BigDecimal number =
        value.kind() == Literal.Kind.NUMBER && modifiers.stream().allMatch(this::keepsNumber)
            ? Numbers.parse(text, 64)
            : null;
    List<ValueComparison> alternatives = new ArrayList<>();
    for (TextPattern pattern : patterns) {
      if (pattern.longestPartWithOneWildcard() > MOST_SEARCHED) {
        boolean isDash =
            within(List.of(TextPattern.parse(text)), true, true).get(0).longestPartWithOneWildcard()
                <= MOST_SEARCHED;
        throw new InvalidDetectionException(
            ("has the value %s with a part that is too long: a part with %s may have at most %d"
                    + " characters")
                .formatted(
                    Quoted.of(value.text()),
                    isDash ? "a dash for |windash" : "a question mark",
                    MOST_SEARCHED),
            "shorten the part, divide it by an asterisk, or remove "
                + (isDash ? "|windash" : "its question marks"));
      }
      alternatives.add(
          new ValueComparison.Text(
              isCased ? pattern : pattern.caseless(), field.isEmpty() ? null : number));
    }
    if (alternatives.size() > 1 && modifiers.contains("all")) {
      tests.add(new ValueComparison.OneOf(alternatives));
    } else {
      tests.addAll(alternatives);
    }
  }

  private boolean keepsNumber(String modifier) {
    return List.of("all", "neq", "cased").contains(modifier);
  }

  private static List<TextPattern> within(
      List<TextPattern> patterns, boolean before, boolean after) {
    return patterns.stream().map(pattern -> pattern.within(before, after)).toList();
  }

  private List<String> plain(Literal value, List<TextPattern> patterns, String modifier)
      throws InvalidDetectionException {
    List<String> texts = new ArrayList<>();
    for (TextPattern pattern : patterns) {
      if (pattern.hasWildcards()) {
        throw new InvalidDetectionException(
            "has the value %s for the modifier %s, but the value has wildcards"
                .formatted(Quoted.of(value.text()), modifier),
            "write the value without wildcards; to search within a field, add |contains as the last"
                + " modifier");
      }
      List<String> plain = pattern.plainTexts(MOST_DASHED);
      if (plain.isEmpty()) {
        throw new InvalidDetectionException(
            "has the value %s for the modifier %s, but the value has too many dashes for the modifier windash"
                .formatted(Quoted.of(value.text()), modifier),
            "write the value with fewer dashes, or leave out |windash");
      }
      texts.addAll(plain);
    }
    return texts;
  }

  /**
   * Returns the given patterns with their texts encoded in UTF-16; each byte of the encoding
   * becomes one character of the new text. A pattern becomes several if the Sigma modifier {@code
   * windash} lets a dash in it stand for any of five characters. A pattern with wildcards is
   * refused.
   */
  private List<TextPattern> encode(Literal value, List<TextPattern> patterns, String modifier)
      throws InvalidDetectionException {
    Charset charset =
        modifier.equals("utf16be") ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
    List<TextPattern> encoded = new ArrayList<>();
    for (String text : plain(value, patterns, modifier)) {
      String marked = modifier.equals("utf16") ? '\uFEFF' + text : text;
      encoded.add(
          TextPattern.plain(new String(marked.getBytes(charset), StandardCharsets.ISO_8859_1)));
    }
    return encoded;
  }

  private List<TextPattern> base64(Literal value, List<TextPattern> patterns, boolean isOffset)
      throws InvalidDetectionException {
    boolean isBytes =
        modifiers.stream().anyMatch(one -> one.startsWith("utf16") || one.equals("wide"));
    List<TextPattern> encoded = new ArrayList<>();
    for (String text : plain(value, patterns, isOffset ? "base64offset" : "base64")) {
      byte[] bytes = text.getBytes(isBytes ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
      if (!isOffset) {
        encoded.add(TextPattern.plain(Base64.getEncoder().encodeToString(bytes)));
        continue;
      }
      for (int shift = 0; shift < 3; shift++) {
        byte[] shifted = new byte[shift + bytes.length];
        System.arraycopy(bytes, 0, shifted, shift, bytes.length);
        String whole = Base64.getEncoder().encodeToString(shifted);
        int from = shift == 0 ? 0 : shift + 1;
        int rest = shifted.length % 3;
        int end = whole.length() - (rest == 0 ? 0 : rest == 1 ? 3 : 2);
        if (end <= from) {
          throw new InvalidDetectionException(
              "has the value %s for the modifier \"base64offset\", but the value is too short to be found"
                  .formatted(Quoted.of(value.text())),
              "write at least 2 characters");
        }
        encoded.add(TextPattern.plain(whole.substring(from, end)));
      }
    }
    return encoded;
  }
}
