package dev.lockstep.detections.sigma.document;

import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** YAML mapping in a document, from which readers take the values of keys one by one. */
final class DocumentPart {
  static final String NO_MAPPING =
      "has a list or a single value for %s, where keys and values should be";

  private static final String NOTHING = "has nothing for %s, where keys and values should be";

  private final String what;
  private final Map<String, YamlValue.Entry> entries;
  private final SourceLine at;

  private DocumentPart(String what, YamlValue.Mapping mapping) {
    this.what = what;
    this.entries = mapping.entries();
    this.at =
        mapping.entries().isEmpty()
            ? mapping.at()
            : mapping.entries().values().iterator().next().keyAt();
  }

  static DocumentPart of(YamlValue value, String what) throws DocumentException {
    if (value instanceof YamlValue.Mapping mapping) {
      return new DocumentPart(what, mapping);
    }
    boolean isNothing = value instanceof YamlValue.Scalar scalar && scalar.isNull();
    throw refusal(
        value.at(),
        (isNothing ? NOTHING : NO_MAPPING).formatted(what),
        "write lines such as key: value");
  }

  SourceLine at() {
    return at;
  }

  Map<String, YamlValue.Entry> entries() {
    return entries;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  /** Returns the line of a key, or of the mapping if the key is absent. */
  SourceLine at(String key) {
    YamlValue.Entry entry = entries.get(key);
    return entry == null ? at : entry.keyAt();
  }

  void only(List<String> known) throws DocumentException {
    for (Map.Entry<String, YamlValue.Entry> entry : entries.entrySet()) {
      if (!known.contains(entry.getKey())) {
        String nearest = NearestNames.similarAmong(known, entry.getKey());
        throw refusal(
            entry.getValue().keyAt(),
            "has the unknown key %s in %s".formatted(Quoted.of(entry.getKey()), what),
            nearest.isEmpty()
                ? "write one of " + String.join(", ", known)
                : "the nearest known one is " + nearest);
      }
    }
  }

  @Nullable YamlValue value(String key) {
    YamlValue.Entry entry = entries.get(key);
    if (entry == null || (entry.value() instanceof YamlValue.Scalar scalar && scalar.isNull())) {
      return null;
    }
    return entry.value();
  }

  /**
   * Returns the value of a key, and refuses the document if the value is absent or null.
   *
   * @param fix action of the author if the key is absent
   */
  YamlValue needed(String key, String fix) throws DocumentException {
    YamlValue value = value(key);
    if (value == null) {
      String near = entries.containsKey(key) ? "" : near(key);
      throw refusal(
          at(near.isEmpty() ? key : near),
          "has no %s%s"
              .formatted(key, near.isEmpty() ? "" : ", but the similar key " + Quoted.of(near)),
          fix);
    }
    return value;
  }

  /** Returns the unknown keys that look like misspellings of absent known keys. */
  List<Header.Slip> slips(List<String> known) {
    List<Header.Slip> slips = new ArrayList<>();
    for (Map.Entry<String, YamlValue.Entry> entry : entries.entrySet()) {
      String key = entry.getKey();
      String nearest = NearestNames.among(known, key);
      if (!known.contains(key) && !entries.containsKey(nearest) && isSlip(key, nearest)) {
        slips.add(new Header.Slip(entry.getValue().keyAt(), key, nearest));
      }
    }
    return slips;
  }

  private static boolean isSlip(String word, String meant) {
    return NearestNames.edits(word, meant) <= meant.length() * 2 / 5;
  }

  /**
   * Returns the key of this mapping that looks like a misspelling of the given key, which the
   * mapping lacks. It is empty if there is none.
   */
  private String near(String key) {
    String nearest = NearestNames.among(entries.keySet(), key);
    boolean isSlip =
        !nearest.isEmpty()
            && isSlip(nearest, key)
            && Character.toLowerCase(nearest.charAt(0)) == key.charAt(0);
    return isSlip ? nearest : "";
  }

  @Nullable String text(String key, int most) throws DocumentException {
    YamlValue value = value(key);
    return value == null ? null : text(value, key, most);
  }

  static String text(YamlValue value, String what, int most) throws DocumentException {
    if (!(value instanceof YamlValue.Scalar scalar)) {
      throw refusal(
          value.at(), "has a list or a mapping for %s".formatted(what), "write a single value");
    }
    String text = scalar.text().strip();
    if (text.isEmpty()) {
      throw refusal(
          value.at(),
          "has an empty %s".formatted(what),
          "write a value, or remove it if it is optional");
    }
    if (text.length() > most) {
      throw refusal(
          value.at(),
          "has %d characters in %s".formatted(text.length(), what),
          "write at most %d".formatted(most));
    }
    return text;
  }

  /**
   * Returns the values of the list under a key. A single value counts as a list of one, and an
   * absent or null value as an empty list.
   */
  List<YamlValue.Scalar> list(String key, int most) throws DocumentException {
    return list(key, key, most);
  }

  /**
   * Returns the values of the list under a key. A single value counts as a list of one, and an
   * absent or null value as an empty list.
   *
   * @param what words for the list in messages
   */
  List<YamlValue.Scalar> list(String key, String what, int most) throws DocumentException {
    YamlValue value = value(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof YamlValue.Mapping) {
      throw refusal(
          value.at(), "has a mapping for %s".formatted(what), "write a single value or a list");
    }
    List<YamlValue> items =
        value instanceof YamlValue.Sequence sequence ? sequence.items() : List.of(value);
    if (items.size() > most) {
      throw refusal(
          value.at(),
          "has %d entries in %s".formatted(items.size(), what),
          "write at most %d".formatted(most));
    }
    List<YamlValue.Scalar> texts = new ArrayList<>();
    for (YamlValue item : items) {
      if (!(item instanceof YamlValue.Scalar scalar) || scalar.isNull()) {
        throw refusal(
            item.at(),
            "has an entry in %s that is not a single value".formatted(what),
            "write a single value as the entry, or remove the entry");
      }
      texts.add(scalar);
    }
    return texts;
  }

  boolean flag(String key) throws DocumentException {
    String text = text(key, 64);
    if (text == null || text.equalsIgnoreCase("false")) {
      return false;
    }
    if (text.equalsIgnoreCase("true")) {
      return true;
    }
    throw refusal(at(key), "has %s for %s".formatted(Quoted.of(text), key), "write true or false");
  }

  static DocumentException refusal(SourceLine at, String what, String fix) {
    return new DocumentException(new DocumentFault(at, what, fix));
  }
}
