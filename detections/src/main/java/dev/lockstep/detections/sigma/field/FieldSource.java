package dev.lockstep.detections.sigma.field;

import com.google.re2j.Pattern;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawPath;
import dev.lockstep.rules.RawValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Source of a Sigma field: the place or places in an event from which the values of the field are
 * taken. Immutable.
 *
 * <p>In the table {@code sigma-fields.csv}, {@code a else b} means the value of a, or the value of
 * b if a is absent, null or an empty text; {@code a and b} means the values of both. {@code else}
 * binds closer than {@code and}. A source is a path in the record, {@code activity:} with a field
 * of the activity, or the name of an enriched field, which begins with {@code lockstep.}.
 */
public final class FieldSource {
  private static final String AND_WORD = " and ";
  private static final String ELSE_WORD = " else ";
  private static final Pattern AND = Pattern.compile(AND_WORD);
  private static final Pattern ELSE = Pattern.compile(ELSE_WORD);
  private static final Pattern SEMICOLON = Pattern.compile(";");

  private final String name;
  private final List<List<Part>> all;
  private final ValueForm form;
  private final boolean listed;
  private final String missing;

  /**
   * Path of the raw field if it is the only source and its values are compared as they are,
   * otherwise null.
   */
  private final @Nullable RawPath only;

  /** One of the sources of a field's values. */
  private sealed interface Part {
    RawField read(Event event);
  }

  /** Source that is a raw field of the record. */
  private record OfRecord(String spelt, RawPath path) implements Part {
    OfRecord(String spelt) {
      this(spelt, RawPath.of(spelt));
    }

    @Override
    public RawField read(Event event) {
      return event.raw(path);
    }
  }

  /** Source that is a field of the activity. */
  private record OfActivity(String path, ActivityPath field) implements Part {
    @Override
    public RawField read(Event event) {
      return field.read(event.activity());
    }
  }

  /** Source that Lockstep computes, such as the country of the client. */
  private record OfEnrichment(EnrichedField field) implements Part {
    @Override
    public RawField read(Event event) {
      return field.read(event);
    }
  }

  private FieldSource(
      String name, List<List<Part>> all, ValueForm form, boolean listed, String missing) {
    this.name = name;
    this.all = all;
    this.form = form;
    this.listed = listed;
    this.missing = missing;
    boolean isPlain = form == ValueForm.AS_IS && all.size() == 1 && all.get(0).size() == 1;
    this.only = isPlain && all.get(0).get(0) instanceof OfRecord of ? of.path : null;
  }

  static FieldSource none(String name, String missing, boolean listed) {
    return new FieldSource(name, List.of(), ValueForm.AS_IS, listed, missing);
  }

  static FieldSource of(String name, String source, String values, boolean listed) {
    List<List<Part>> all = new ArrayList<>();
    for (String some : AND.split(source)) {
      List<Part> parts = new ArrayList<>();
      for (String one : ELSE.split(some)) {
        parts.add(part(one));
      }
      all.add(List.copyOf(parts));
    }
    return new FieldSource(name, List.copyOf(all), ValueForm.of(values), listed, "");
  }

  /**
   * Returns a source that is the raw field with the given path. The path is taken literally: words
   * such as {@code else}, which have a meaning in other paths, are names here.
   */
  static FieldSource ofRecord(String name, String path, boolean listed) {
    return new FieldSource(name, List.of(List.of(new OfRecord(path))), ValueForm.AS_IS, listed, "");
  }

  private static Part part(String source) {
    EnrichedField enriched = EnrichedField.named(source);
    if (enriched != null) {
      return new OfEnrichment(enriched);
    } else if (source.startsWith(ActivityPath.PREFIX)) {
      String path = source.substring(ActivityPath.PREFIX.length());
      return new OfActivity(path, ActivityPath.of(path));
    }
    return new OfRecord(source);
  }

  /**
   * Returns the paths of the raw fields that a cell of the column {@code source} in the file {@code
   * sigma-fields.csv} names. The paths are in lower case.
   */
  static List<String> paths(String source) {
    return source.equals("-") ? List.of() : of("", source, "", true).rawPaths();
  }

  FieldSource below(String rest) {
    List<List<Part>> below =
        all.stream()
            .map(
                parts ->
                    parts.stream()
                        .map(part -> part((part instanceof OfRecord of ? of.spelt : "") + rest))
                        .toList())
            .toList();
    return new FieldSource(name, below, form, listed, missing);
  }

  /** Returns the name of the field as the rule writes it. */
  public String name() {
    return name;
  }

  /**
   * Returns whether the field has a source: a place in events from which Lockstep can take the
   * field's values.
   */
  public boolean isFound() {
    return !all.isEmpty();
  }

  /**
   * Returns whether {@code sigma-fields.csv} lists the field, its path in the record, or an object
   * that contains the field. A listed field may have no source. A path below {@code properties}
   * that is not listed is looked for in the record all the same.
   */
  public boolean isListed() {
    return listed;
  }

  /**
   * Returns why Lockstep cannot take values of the field from an event, or an empty text if it can.
   */
  public String missing() {
    return missing;
  }

  /** Returns the paths of raw fields that ingest has to look for, in lower case. */
  public List<String> rawPaths() {
    return all.stream()
        .flatMap(List::stream)
        .filter(OfRecord.class::isInstance)
        .map(part -> ((OfRecord) part).path.toString())
        .distinct()
        .toList();
  }

  /**
   * Returns the values that this source has in an event, as a raw field. A field without a source
   * is absent. The field counts as not looked for if its value depends on a source that ingest did
   * not look for.
   */
  public RawField read(Event event) {
    if (all.isEmpty()) {
      return RawField.ABSENT;
    }
    if (all.size() == 1) {
      return form.of(first(all.get(0), event));
    }
    List<RawValue> values = new ArrayList<>();
    boolean isPresent = false;
    boolean isCut = false;
    for (List<Part> parts : all) {
      RawField field = form.of(first(parts, event));
      if (!field.isLookedFor()) {
        return RawField.NOT_LOOKED_FOR;
      }
      isPresent |= field instanceof RawField.Present;
      isCut |= field.cut();
      for (RawValue value : field.values()) {
        if (!values.contains(value)) {
          values.add(value);
        }
      }
    }
    return isPresent ? new RawField.Present(values, isCut) : RawField.ABSENT;
  }

  /**
   * Applies a function to the values of this field in an event, and returns the result. The
   * function comes in a memo, which remembers recent results, so the function seldom runs twice for
   * fields with equal values.
   */
  public <T> T read(Event event, RawField.Memo<T> memo) {
    return only == null ? memo.of(read(event)) : event.raw(only, memo);
  }

  private static RawField first(List<Part> parts, Event event) {
    if (parts.size() == 1) {
      return parts.get(0).read(event);
    }
    RawField empty = null;
    for (Part part : parts) {
      RawField field = part.read(event);
      if (!field.isLookedFor() || hasContent(field)) {
        return field;
      }
      if (empty == null && field instanceof RawField.Present) {
        empty = field;
      }
    }
    return empty == null ? RawField.ABSENT : empty;
  }

  private static boolean hasContent(RawField field) {
    if (field.cut()) {
      return true;
    }
    for (RawValue value : field.values()) {
      if (!value.text().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the source in the notation of the column {@code source} in the file {@code
   * sigma-fields.csv}.
   */
  @Override
  public String toString() {
    return all.isEmpty()
        ? "-"
        : String.join(
            AND_WORD,
            all.stream()
                .map(
                    parts ->
                        String.join(ELSE_WORD, parts.stream().map(FieldSource::shown).toList()))
                .toList());
  }

  private static String shown(Part part) {
    if (part instanceof OfActivity of) {
      return ActivityPath.PREFIX + of.path;
    }
    return part instanceof OfRecord of
        ? of.spelt
        : ((OfEnrichment) part).field.fieldName().toLowerCase(Locale.ROOT);
  }

  /** Form into which a field's values are brought before a rule compares them. */
  private record ValueForm(Change change, List<String> words, @Nullable String otherwise) {
    static final ValueForm AS_IS = new ValueForm(Change.NONE, List.of(), null);

    /**
     * Change that is made to a value before it is compared. The value stays as it is, loses blanks
     * at its ends, is cut before a slash, or is replaced by another word.
     */
    private enum Change {
      NONE,
      STRIP,
      BEFORE_SLASH,
      WORD
    }

    /**
     * Returns the form of values for a notation in the table of fields. The notation {@code strip}
     * removes blanks at both ends, {@code before /} keeps the text before the slash, and {@code
     * 0=Success;*=Failure} puts a word in place of each value.
     */
    static ValueForm of(String notation) {
      if (notation.isEmpty()) {
        return AS_IS;
      }
      if (notation.equals("strip")) {
        return new ValueForm(Change.STRIP, List.of(), null);
      } else if (notation.equals("before /")) {
        return new ValueForm(Change.BEFORE_SLASH, List.of(), null);
      }
      List<String> words = new ArrayList<>();
      String otherwise = null;
      for (String pair : SEMICOLON.split(notation)) {
        if (pair.startsWith("*=")) {
          otherwise = pair.substring(2);
        } else {
          words.add(pair);
        }
      }
      return new ValueForm(Change.WORD, List.copyOf(words), otherwise);
    }

    RawField of(RawField field) {
      if (change == Change.NONE || !(field instanceof RawField.Present)) {
        return field;
      }
      return new RawField.Present(field.values().stream().map(this::of).toList(), field.cut());
    }

    private RawValue of(RawValue value) {
      if (value.kind() != RawValue.Kind.TEXT && value.kind() != RawValue.Kind.NUMBER) {
        return value;
      }
      String text = value.text();
      if (change == Change.STRIP) {
        String stripped = text.strip();
        return stripped.length() == text.length()
            ? value
            : new RawValue(value.kind(), stripped, value.cut());
      } else if (change == Change.BEFORE_SLASH) {
        int slash = text.indexOf('/');
        return slash < 0
            ? value
            : new RawValue(RawValue.Kind.TEXT, text.substring(0, slash), false);
      }
      for (String word : words) {
        if (word.startsWith(text + "=")) {
          return new RawValue(RawValue.Kind.TEXT, word.substring(text.length() + 1), false);
        }
      }
      return otherwise == null || text.isEmpty()
          ? value
          : new RawValue(RawValue.Kind.TEXT, otherwise, false);
    }
  }
}
