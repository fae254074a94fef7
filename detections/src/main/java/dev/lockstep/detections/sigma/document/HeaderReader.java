package dev.lockstep.detections.sigma.document;

import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the attributes that Sigma rules, correlations and filters have in common, such as
 * title, level and tags. They make the {@link Header} of a document.
 */
final class HeaderReader {
  private static final Level[] LEVELS = Level.values();
  private static final int MOST_TITLE_CHARS = 256;
  private static final int MOST_NAME_CHARS = 128;
  private static final int MOST_TEXT_CHARS = 65_535;
  private static final int MOST_LIST = 1_000;
  private static final List<String> STATUS =
      List.of("stable", "test", "experimental", "deprecated", "unsupported");

  /** Known keys of a document, used to find misspelt keys. */
  private static final List<String> KEYS =
      List.of(
          "title",
          "id",
          "name",
          "status",
          "description",
          "author",
          "date",
          "modified",
          "references",
          "tags",
          "logsource",
          "detection",
          "correlation",
          "filter",
          "fields",
          "falsepositives",
          "level",
          "lockstep",
          "regression_tests_path");

  private static final List<String> OWN = List.of("shadow", "runbook", "tests");

  private HeaderReader() {}

  static Header read(DocumentPart document, int number, String sha256) throws DocumentException {
    YamlValue titled = document.needed("title", "add a title in one line");
    String title = DocumentPart.text(titled, "title", MOST_TITLE_CHARS);
    if (title.lines().count() > 1) {
      throw DocumentPart.refusal(
          titled.at(), "has a title of several lines", "write it in one line");
    }
    String taxonomy = document.text("taxonomy", MOST_NAME_CHARS);
    if (taxonomy != null && !taxonomy.equalsIgnoreCase("sigma")) {
      throw DocumentPart.refusal(
          document.at("taxonomy"),
          "has the taxonomy %s".formatted(Quoted.of(taxonomy)),
          "use the field names of the taxonomy \"sigma\", and remove the key \"taxonomy\"");
    }
    String status = document.text("status", MOST_NAME_CHARS);
    if (status != null && !STATUS.contains(status.toLowerCase(Locale.ROOT))) {
      throw unknown(document.at("status"), "status", status, STATUS);
    }
    List<Header.Tag> tags = new ArrayList<>();
    for (YamlValue.Scalar tag : document.list("tags", MOST_LIST)) {
      tags.add(new Header.Tag(DocumentPart.text(tag, "tag", MOST_NAME_CHARS), tag.at()));
    }
    String description = document.text("description", MOST_TEXT_CHARS);
    DocumentPart own = own(document);
    return new Header(
        document.at(),
        number,
        title,
        document.text("id", MOST_NAME_CHARS),
        document.text("name", MOST_NAME_CHARS),
        status == null ? "" : status.toLowerCase(Locale.ROOT),
        description == null ? "" : description,
        level(document),
        tags,
        texts(document, "falsepositives"),
        texts(document, "references"),
        texts(document, "fields"),
        Math.max(date(document, "date"), date(document, "modified")),
        sha256,
        author(document),
        own != null && own.flag("shadow"),
        own != null && own.has("shadow") ? own.at("shadow") : document.at(),
        own == null ? List.of() : texts(own, "runbook"),
        own == null ? List.of() : TestsReader.read(own),
        document.text("regression_tests_path", MOST_TITLE_CHARS),
        document.slips(KEYS),
        badDates(document));
  }

  private static List<Header.BadDate> badDates(DocumentPart document) throws DocumentException {
    List<Header.BadDate> bad = new ArrayList<>();
    for (String key : List.of("date", "modified")) {
      String text = document.text(key, MOST_NAME_CHARS);
      if (text != null && parsed(text) == null) {
        String dashed = text.replace('/', '-');
        String meant = parsed(dashed) == null ? "" : dashed;
        bad.add(new Header.BadDate(document.at(key), key, text, meant));
      }
    }
    return bad;
  }

  private static List<String> texts(DocumentPart document, String key) throws DocumentException {
    return document.list(key, MOST_LIST).stream().map(YamlValue.Scalar::text).toList();
  }

  private static String author(DocumentPart document) throws DocumentException {
    return String.join(", ", texts(document, "author"));
  }

  private static Level level(DocumentPart document) throws DocumentException {
    String level = document.text("level", MOST_NAME_CHARS);
    if (level == null) {
      return Level.MEDIUM;
    }
    List<String> known = Arrays.stream(LEVELS).map(Level::word).toList();
    int index = known.indexOf(level.toLowerCase(Locale.ROOT));
    if (index < 0) {
      throw unknown(document.at("level"), "level", level, known);
    }
    return LEVELS[index];
  }

  /** Returns the date under a key as a number such as 20261128, or 1 if there is no valid date. */
  private static int date(DocumentPart document, String key) throws DocumentException {
    String text = document.text(key, MOST_NAME_CHARS);
    LocalDate date = text == null ? null : parsed(text.replace('/', '-'));
    return date == null
        ? 1
        : date.getYear() * 10_000 + date.getMonthValue() * 100 + date.getDayOfMonth();
  }

  private static @Nullable LocalDate parsed(String text) {
    try {
      LocalDate date = LocalDate.parse(text);
      return date.getYear() > 0 && date.getYear() <= 9999 ? date : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable DocumentPart own(DocumentPart document) throws DocumentException {
    YamlValue own = document.value("lockstep");
    if (own == null) {
      return null;
    }
    DocumentPart part = DocumentPart.of(own, "the section lockstep");
    part.only(OWN);
    return part;
  }

  static DocumentException unknown(SourceLine at, String what, String word, List<String> known) {
    String nearest = NearestNames.similarAmong(known, word);
    return DocumentPart.refusal(
        at,
        "has the unknown %s %s".formatted(what, Quoted.of(word)),
        "write one of "
            + String.join(", ", known)
            + (nearest.isEmpty() ? "" : "; the nearest known one is " + nearest));
  }
}
