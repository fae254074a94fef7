package dev.lockstep.detections.sigma.document;

import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/**
 * Parser of the YAML documents of a file, one after another within limits. There may be no anchors,
 * aliases, tags or repeated keys, and lengths, counts and depth are bounded. A file that exceeds a
 * limit is refused before the rest is parsed.
 */
final class YamlStream {
  /** Largest number of characters of a file. */
  static final int MOST_CHARS = 1_000_000;

  /** Largest number of documents of a file. */
  static final int MOST_DOCUMENTS = 5_000;

  private static final int MOST_LINE_CHARS = 65_535;
  private static final int MOST_SCALAR_CHARS = 65_535;
  private static final int MOST_KEY_CHARS = 512;
  private static final int MOST_DEPTH = 16;
  private static final int MOST_VALUES = 200_000;

  // A file of placeholders cannot be split.
  private static final String SHORTEN = "shorten the file, or split it if it has rules";

  private static final String TAB = "(TAB)";
  private static final String OPEN_QUOTE = "while scanning a quoted scalar";
  private static final String AN_ALIAS = "while scanning an alias";
  private static final String AN_ANCHOR = "while scanning an anchor";

  private static final String IN_SINGLE_QUOTES =
      "write a backslash in double quotes twice, or put the text in single quotes";

  private final String file;
  private final Iterator<Event> events;
  private final String text;
  private int values;
  private long documentLine = 1;

  /**
   * Creates a parser of a file's text, and checks the limits that need no parsing.
   *
   * @throws DocumentException if the text exceeds a limit that can be checked without parsing
   */
  YamlStream(String file, String text) throws DocumentException {
    this.file = file;
    this.text = text;
    refuseLong();
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(MOST_CHARS + 1).setLabel(file).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  private void refuseLong() throws DocumentException {
    long line = 1;
    int documents = 1;
    int from = 0;
    while (from <= text.length()) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      if (end - from > MOST_LINE_CHARS) {
        throw refusal(
            line,
            "has a line of %d characters".formatted(end - from),
            "write lines of at most %d characters".formatted(MOST_LINE_CHARS));
      }
      if (end > MOST_CHARS) {
        throw refusal(
            line,
            "reaches past the first %d characters of the file, and no more are read"
                .formatted(MOST_CHARS),
            SHORTEN);
      }
      if (text.startsWith("---", from) && from > 0 && ++documents > MOST_DOCUMENTS) {
        throw refusal(
            line,
            "has more than %d documents".formatted(MOST_DOCUMENTS),
            "remove documents; all files together may have at most %d".formatted(MOST_DOCUMENTS));
      }
      from = end + 1;
      line++;
    }
  }

  long documentLine() {
    return documentLine;
  }

  /**
   * Returns the next document that is not empty, or null at the end of the file.
   *
   * @throws DocumentException if the rest of the file cannot be read
   */
  @Nullable YamlValue next() throws DocumentException {
    try {
      while (events.hasNext()) {
        Event event = events.next();
        if (event.getEventId() == Event.ID.DocumentStart) {
          documentLine = line(event);
          if (!((DocumentStartEvent) event).getTags().isEmpty() && text.contains("%TAG")) {
            throw refusal(
                documentLine,
                "has the YAML directive %TAG",
                "remove the line that begins with %TAG");
          }
          YamlValue value = value(events.next(), 0);
          if (!(value instanceof YamlValue.Scalar scalar) || !scalar.isNull()) {
            return value;
          }
        }
      }
      return null;
    } catch (MarkedYamlEngineException e) {
      String problem = String.valueOf(e.getProblem());
      boolean isOpenQuote =
          OPEN_QUOTE.equals(e.getContext()) && problem.contains("unexpected end of stream");
      Optional<Mark> mark =
          isOpenQuote ? e.getContextMark() : e.getProblemMark().or(e::getContextMark);
      long line = mark.map(one -> one.getLine() + 1L).orElse(1L);
      if (problem.contains(TAB)) {
        throw refusal(
            line,
            "has a tab where YAML allows only blanks",
            "write blanks in place of the tab; the command rules lint --fix does this at the"
                + " beginning of a line if the number of blanks is certain");
      }
      throw refusal(
          line,
          isOpenQuote ? "has a quote that is not closed" : "is not YAML: " + Quoted.of(problem),
          isOpenQuote ? "close the quote" : fix(problem, e.getContext()));
    } catch (YamlVersionException e) {
      throw refusal(
          documentLine,
          "has a YAML directive of version %d.%d, which is unknown"
              .formatted(e.getSpecVersion().getMajor(), e.getSpecVersion().getMinor()),
          "remove the line that begins with %YAML");
    } catch (YamlEngineException e) {
      throw refusal(
          lineOfHidden(),
          "is not YAML: " + Quoted.of(e.getMessage()),
          "remove the hidden character of this line, or save the file as plain text in UTF-8");
    } catch (RuntimeException e) { // the parser throws one for an escape that is no character
      throw refusal(
          documentLine,
          "begins a document that is not YAML: " + Quoted.of(String.valueOf(e.getMessage())),
          IN_SINGLE_QUOTES);
    }
  }

  private static String fix(String problem, @Nullable String context) {
    if (problem.contains("mapping values are not allowed")) {
      return "put quotes around a text in which a blank follows a colon, or fix the blanks at the"
          + " beginning of this line or of a line above";
    }
    if (problem.contains("unknown escape character")) {
      return IN_SINGLE_QUOTES;
    }
    if (problem.contains("cannot start any token")
        || AN_ALIAS.equals(context)
        || AN_ANCHOR.equals(context)) {
      return "put quotes around a text that begins with *, &, %, @ or `";
    }
    return "fix this line, or one above";
  }

  /**
   * Returns the only document that is not empty, or null if there is none.
   *
   * @throws DocumentException if the file cannot be read, or has a second document
   */
  @Nullable YamlValue only() throws DocumentException {
    YamlValue first = next();
    YamlValue second = next();
    if (second != null) {
      throw DocumentPart.refusal(
          second.at(), "has a second document", "write everything into one document");
    }
    return first;
  }

  /**
   * Returns the line of the first control character, or 1 if the text has none. Tabs and line
   * breaks, of which U+0085 is one, do not count; U+FFFE and U+FFFF do.
   */
  private long lineOfHidden() {
    long line = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line++;
      } else if ((c < ' ' && c != '\t' && c != '\r')
          || (c >= 0x7f && c <= 0x9f && c != 0x85)
          || c >= 0xfffe) {
        return line;
      }
    }
    return 1;
  }

  private YamlValue value(Event event, int depth) throws DocumentException {
    if (event.getEventId() == Event.ID.Alias) {
      throw refusal(
          line(event),
          "has a YAML alias, which begins with an asterisk",
          "write the value itself instead; to write text, use quotes");
    }
    if (!(event instanceof NodeEvent node)) {
      throw refusal(line(event), "has no value where YAML needs one", "write a value there");
    }
    if (node.getAnchor().isPresent()) {
      throw refusal(
          line(event),
          "has the YAML anchor " + Quoted.of("&" + node.getAnchor().get().getValue()),
          "remove the anchor, and repeat the value where it is needed; to write text, use quotes");
    }
    if (depth > MOST_DEPTH) {
      throw refusal(
          line(event),
          "has lists or mappings nested more than %d deep".formatted(MOST_DEPTH),
          "use fewer levels");
    }
    if (++values > MOST_VALUES) {
      throw refusal(
          line(event),
          "is past the first %d values of the file, and no more are read".formatted(MOST_VALUES),
          SHORTEN);
    }
    if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), event);
      if (scalar.getValue().length() > MOST_SCALAR_CHARS) {
        throw refusal(
            line(event),
            "has a value of %d characters".formatted(scalar.getValue().length()),
            "write at most %d".formatted(MOST_SCALAR_CHARS));
      }
      return new YamlValue.Scalar(scalar.getValue(), scalar.isPlain(), at(event));
    }
    refuseTag(((CollectionStartEvent) event).getTag(), event);
    return event.getEventId() == Event.ID.SequenceStart
        ? sequence(at(event), depth)
        : mapping(at(event), depth);
  }

  private void refuseTag(Optional<String> tag, Event event) throws DocumentException {
    if (tag.isPresent() && !tag.get().equals("!")) {
      boolean isNegation = tag.get().startsWith("!");
      throw refusal(
          line(event),
          "has the YAML tag " + Quoted.of(tag.get()),
          "remove the tag; to write text, use quotes"
              + (isNegation
                  ? "; to negate in a condition, write \"not\", as in \"not filter\""
                  : ""));
    }
  }

  private YamlValue sequence(SourceLine at, int depth) throws DocumentException {
    List<YamlValue> items = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      items.add(value(event, depth + 1));
      event = events.next();
    }
    return new YamlValue.Sequence(List.copyOf(items), at);
  }

  private YamlValue mapping(SourceLine at, int depth) throws DocumentException {
    Map<String, YamlValue.Entry> entries = new LinkedHashMap<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      if (!(value(event, depth + 1) instanceof YamlValue.Scalar key)) {
        throw refusal(line(event), "has a key that is not text", "write a word before the colon");
      }
      if (key.text().length() > MOST_KEY_CHARS) {
        throw refusal(
            line(event),
            "has a key of %d characters".formatted(key.text().length()),
            "write at most %d".formatted(MOST_KEY_CHARS));
      }
      YamlValue.Entry entry = new YamlValue.Entry(value(events.next(), depth + 1), key.at());
      YamlValue.Entry earlier = entries.putIfAbsent(key.text(), entry);
      if (earlier != null) {
        throw refusal(
            key.at().line(),
            "has the key %s, which line %d has already"
                .formatted(Quoted.of(key.text()), earlier.keyAt().line()),
            "remove one of the two, or write one key with a list of values");
      }
      event = events.next();
    }
    return new YamlValue.Mapping(entries, at);
  }

  private SourceLine at(Event event) {
    return new SourceLine(file, line(event));
  }

  private static long line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1L).orElse(1L);
  }

  private DocumentException refusal(long line, String what, String fix) {
    return new DocumentException(new DocumentFault(new SourceLine(file, line), what, fix));
  }
}
