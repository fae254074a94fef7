package dev.lockstep.detections.sigma.document;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Attributes that Sigma documents of all types have.
 *
 * @param at file, and line of the document's first key
 * @param number number of the document in its file, from 1
 * @param title title in one line
 * @param id id of the document, or null
 * @param name name by which correlations may refer to the document, or null
 * @param status word of the status, or empty
 * @param description description, or empty
 * @param level level; medium if the document names none
 * @param tags tags as written
 * @param falsePositives known false positives
 * @param references web addresses that the rule was derived from
 * @param fields fields that are of interest to an analyst
 * @param version date of the last change as a number such as 20261128; 1 without a date
 * @param sha256 SHA-256 of the document's text in hexadecimal digits of lower case
 * @param author author as written, or empty
 * @param shadow if findings are counted and not forwarded
 * @param shadowAt line of the key {@code shadow}, or that of the document if it has none
 * @param runbook steps for an analyst who has a finding; a single text is a list of one
 * @param tests tests in the rule's document
 * @param regressionTests path of a file that describes further tests, or null
 * @param slips keys that look like a misspelling of a key that is absent
 * @param badDates values that should be dates and are not, and dates written with slashes
 */
public record Header(
    SourceLine at,
    int number,
    String title,
    @Nullable String id,
    @Nullable String name,
    String status,
    String description,
    Level level,
    List<Tag> tags,
    List<String> falsePositives,
    List<String> references,
    List<String> fields,
    int version,
    String sha256,
    String author,
    boolean shadow,
    SourceLine shadowAt,
    List<String> runbook,
    List<RuleCase> tests,
    @Nullable String regressionTests,
    List<Slip> slips,
    List<BadDate> badDates) {
  /** Largest number of characters of a name that can be the id of a rule. */
  public static final int MOST_NAME_CHARS = 128;

  public Header {
    slips = List.copyOf(slips);
    badDates = List.copyOf(badDates);
    tags = List.copyOf(tags);
    falsePositives = List.copyOf(falsePositives);
    references = List.copyOf(references);
    fields = List.copyOf(fields);
    runbook = List.copyOf(runbook);
    tests = List.copyOf(tests);
  }

  /**
   * Tag of a Sigma document, such as {@code attack.t1078}.
   *
   * @param word tag as written
   */
  public record Tag(String word, SourceLine at) {}

  /**
   * Probably misspelt key of a Sigma document.
   *
   * @param word key as written
   * @param meant nearest known key
   */
  public record Slip(SourceLine at, String word, String meant) {}

  /**
   * Value that should be a date such as 2026-11-28, but is written in another form.
   *
   * @param key key of the date
   * @param word value as written
   * @param meant date that the value means, or an empty text if it is none
   */
  public record BadDate(SourceLine at, String key, String word, String meant) {}

  /**
   * Returns the id of the Sigma document, or its title if it has no id. The ids of the rule's
   * findings are computed from this text.
   */
  public String identity() {
    return id == null ? title : id;
  }

  /**
   * Returns the description, or the title if there is no description, with a full stop at the end.
   */
  public String sentence() {
    String text = description.isEmpty() ? title : description;
    return text.endsWith(".") ? text : text + ".";
  }

  /**
   * Returns the id, such as {@code role/ordered}, that this document's rule gets if it is not the
   * first rule of its file. The id is the file's name and the document's own name or, without a
   * name that can be an id, the words of the title.
   *
   * @param file name of the file without folder and ending
   */
  public String idWithin(String file) {
    return file + "/" + ownName();
  }

  private String ownName() {
    if (name != null && isName(name)) {
      return name;
    }
    StringBuilder word = new StringBuilder();
    for (char c : title.toLowerCase(Locale.ROOT).toCharArray()) {
      boolean isPlain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (isPlain) {
        word.append(c);
      } else if (!word.isEmpty() && word.charAt(word.length() - 1) != '_') {
        word.append('_');
      }
    }
    while (!word.isEmpty() && word.charAt(word.length() - 1) == '_') {
      word.setLength(word.length() - 1);
    }
    return word.isEmpty() ? String.valueOf(number) : word.toString();
  }

  /**
   * Returns whether a text can be the id of a rule, or the name of a document as a part of such an
   * id.
   */
  public static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= MOST_NAME_CHARS
        && Character.isLetterOrDigit(text.charAt(0))
        && text.chars()
            .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || c == '_' || c == '-'));
  }
}
