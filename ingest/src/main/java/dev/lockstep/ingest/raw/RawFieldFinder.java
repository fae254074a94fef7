package dev.lockstep.ingest.raw;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.EmbeddedJson;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.schemas.RawFieldsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finder of raw fields in records: the values at the paths that the plan names for a record's
 * category. It passes once over such a record, and a second time for the path {@code *}.
 *
 * <p>A record is scanned as bytes, and a parser reads the values that need one. A row of a table is
 * read by a parser alone.
 *
 * <p>Keys match in any letter case; if several keys match, the values of all belong to the path.
 * Lists are walked through. JSON in a text is read if a path continues within it. Values without a
 * path are skipped.
 *
 * <p>Not safe for use by several threads.
 */
public final class RawFieldFinder {
  /**
   * Largest depth of nested lists whose elements count as values of the raw field. A list directly
   * in the field's own list has depth 1. A deeper list is one value, and its elements are not
   * values of their own.
   */
  private static final int MOST_NESTED = 3;

  private static final String EVERYTHING = "*";
  private static final String PROPERTIES = "properties";

  private final JsonFactory strict;
  private final JsonFactory embedded;
  private final Supplier<RawFieldPlan> plan;
  private RawFieldPlan known = RawFieldPlan.none();
  private IdentityHashMap<RawFieldPlan.Paths, Search> searches = new IdentityHashMap<>();
  private FoundFields fields = new FoundFields(new RawFieldsWriter(List.of()));
  private boolean isRow;

  /**
   * Form of a record: log record, row of a table, or object of Microsoft Graph. It decides under
   * which names the record has the fields of its log.
   */
  public enum Form {
    RECORD,
    /**
     * Row of a workspace's table, in which the fields of a record's top level and of its object
     * {@code properties} stand side by side.
     */
    TABLE_ROW,
    /**
     * Object of Microsoft Graph, or row without the column {@code TimeGenerated}; both have the
     * fields of a record's object {@code properties} at their top level.
     */
    GRAPH_OBJECT
  }

  /** Paths to find in records of one category, with the fields found in the current record. */
  private static final class Search {
    final FoundFields fields;
    final PathNode ofRecord;
    final PathNode ofGraphObject;
    final PathNode ofTable;

    /** Node of the path {@code *}, or null if that path is not looked for. */
    final @Nullable PathNode everything;

    Search(RawFieldPlan.Paths paths) {
      this.fields = new FoundFields(new RawFieldsWriter(paths.all()));
      this.ofRecord = paths.ofRecord();
      this.ofGraphObject = paths.ofRow(false);
      this.ofTable = paths.ofRow(true);
      this.everything = ofRecord.at(EVERYTHING);
    }
  }

  /**
   * Creates a finder that looks for the paths of the plan in force.
   *
   * @param strict factory of the parsers for records
   * @param embedded factory of the parsers for JSON within a text
   * @param plan supplier of the paths in force, called for each record
   */
  public RawFieldFinder(JsonFactory strict, JsonFactory embedded, Supplier<RawFieldPlan> plan) {
    this.strict = strict;
    this.embedded = embedded;
    this.plan = plan;
  }

  /**
   * Returns the raw fields of a record as bytes, or null if no field is looked for or the record
   * cannot be read again. No field is looked for if the plan has no path for the category.
   *
   * @param message bytes that hold the record
   * @param start position of the record's first byte
   * @param end position after its last byte
   * @param form form of the record
   */
  public @Nullable ByteBuffer find(String category, byte[] message, int start, int end, Form form) {
    RawFieldPlan current = plan.get();
    if (current.isEmpty()) {
      return null;
    }
    if (current != known) {
      known = current;
      searches = new IdentityHashMap<>();
    }
    RawFieldPlan.Paths paths = current.of(category);
    if (paths == null) {
      return null;
    }
    Search search = searches.computeIfAbsent(paths, Search::new);
    fields = search.fields;
    isRow = form != Form.RECORD;
    PathNode root =
        switch (form) {
          case RECORD -> search.ofRecord;
          case TABLE_ROW -> search.ofTable;
          case GRAPH_OBJECT -> search.ofGraphObject;
        };
    fields.clear();
    try {
      if (search.everything != null) {
        try (JsonParser json = strict.createParser(message, start, end - start)) {
          everything(json, search.everything, true);
        }
      }
      if (isRow) {
        parsed(message, start, end, json -> object(json, root, true));
      } else {
        new RecordScan(message, end, fields, this).record(start, root);
      }
      return fields.write();
    } catch (IOException e) {
      return null; // the record was read once, so only its unneeded texts can be at fault
    }
  }

  private void parsed(byte[] message, int start, int end, EmbeddedJson.Visitor reader)
      throws IOException {
    try (JsonParser json = strict.createParser(message, start, end - start)) {
      json.nextToken();
      reader.visit(json);
    }
  }

  /**
   * Parses one JSON value of a message, and adds the values at wanted paths in it.
   *
   * @param node node of the value
   * @param parent node of the object that holds it
   */
  void value(byte[] message, int start, int end, PathNode node, PathNode parent)
      throws IOException {
    parsed(message, start, end, json -> value(json, node, parent));
  }

  /**
   * Parses a name-value entry of a list, and adds the entry's value if a wanted path ends at the
   * entry's name. Such an entry is, for example, {@code {"key":"role","value":"owner"}}. A path
   * leads to the value by the name, here {@code role}, and not by the keys of the entry.
   */
  void entry(byte[] message, int start, int end, PathNode parent) throws IOException {
    parsed(message, start, end, json -> element(json, null, parent));
  }

  String key(byte[] message, int start, int end) throws IOException {
    try (JsonParser json = strict.createParser(message, start, end - start)) {
      json.nextToken();
      return json.getText();
    }
  }

  /**
   * Adds every text, number and boolean in a record or in a text of JSON, without the keys. In
   * {@code properties} and in columns of a row, some messages have a text of JSON where others have
   * an object. There such a text is read like the object.
   */
  private void everything(JsonParser json, PathNode node, boolean isTop) throws IOException {
    int open = 0;
    do {
      JsonToken token = json.nextToken();
      open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      boolean mayHoldMore =
          isTop && open == 1 && (isRow || PROPERTIES.equalsIgnoreCase(json.currentName()));
      if (mayHoldMore && MultiValueText.isStructure(json) && isReadWithin(json, node)) {
        continue;
      }
      if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
        fields.addToAll(
            node,
            token.isNumeric() ? RawFieldsWriter.NUMBER : RawFieldsWriter.TEXT,
            json.getTextCharacters(),
            json.getTextOffset(),
            json.getTextLength());
      }
    } while (open > 0);
  }

  /** Adds every value of the JSON in a text, and returns whether the JSON is undamaged. */
  private boolean isReadWithin(JsonParser json, PathNode node) throws IOException {
    try (JsonParser inner = EmbeddedJson.open(embedded, json)) {
      everything(inner, node, false);
      return true;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private void object(JsonParser json, PathNode node, boolean isTop) throws IOException {
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      PathNode child = node.atWritten(name);
      if (child == null && isTop && isRow) {
        child = node.atWritten(RowColumns.plain(name));
      }
      json.nextToken();
      member(json, child, node);
    }
  }

  private void member(JsonParser json, @Nullable PathNode node, PathNode parent)
      throws IOException {
    JsonToken token = json.currentToken();
    if (node != null) {
      value(json, node, parent);
    } else if (token == JsonToken.START_ARRAY && parent.hasMore()) {
      list(json, null, parent, 0);
    } else {
      json.skipChildren();
    }
  }

  private void value(JsonParser json, PathNode node, PathNode parent) throws IOException {
    switch (json.currentToken()) {
      case START_OBJECT -> {
        if (node.isEnd()) {
          CompactJson text = new CompactJson(json);
          fields.add(node, false, RawFieldsWriter.OBJECT, text.chars(), 0, text.length());
          within(text, inner -> object(inner, node, false), node.hasMore());
        } else {
          object(json, node, false);
        }
      }
      case START_ARRAY -> {
        if (node.isEnd()) {
          CompactJson text = new CompactJson(json);
          within(text, inner -> list(inner, node, parent, 0), true);
          fields.add(node, false, RawFieldsWriter.LIST, text.chars(), 0, text.length());
        } else {
          list(json, node, parent, 0);
        }
      }
      case VALUE_STRING -> text(json, node, parent);
      default -> {
        if (node.isEnd()) {
          scalar(json, node, false);
        }
      }
    }
  }

  private void text(JsonParser json, PathNode node, PathNode parent) throws IOException {
    boolean isStructure = (isRow || node.hasMore()) && MultiValueText.isStructure(json);
    if (!isStructure) {
      if (node.isEnd()) {
        scalar(json, node, false);
      }
      return;
    }
    if (node.isEnd() && !isRow) {
      scalar(json, node, false);
    }
    String text = json.getText();
    try (JsonParser inner = embedded.createParser(text)) {
      inner.nextToken();
      if (isRow) {
        value(inner, node, parent);
      } else if (inner.currentToken() == JsonToken.START_OBJECT) {
        object(inner, node, false);
      } else {
        through(inner, node, parent);
      }
    } catch (JsonProcessingException e) {
      if (isRow && node.isEnd()) {
        char[] chars = text.toCharArray();
        fields.add(node, false, RawFieldsWriter.TEXT, chars, 0, chars.length);
      }
    }
  }

  /**
   * Reads a list to its end, and adds the values at wanted paths inside its objects. The elements
   * themselves are no values.
   */
  private void through(JsonParser json, PathNode node, PathNode parent) throws IOException {
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        element(json, node, parent);
      } else {
        json.skipChildren();
      }
    }
  }

  /**
   * Adds the values inside an object or list to the found fields. The caller adds the object or
   * list itself. Does nothing if {@code isNeeded} is false.
   *
   * @param text compact JSON of the object or list
   * @param reader reader that adds the values
   */
  private void within(CompactJson text, EmbeddedJson.Visitor reader, boolean isNeeded)
      throws IOException {
    if (isNeeded) {
      try (JsonParser inner = strict.createParser(text.chars(), 0, text.length())) {
        inner.nextToken();
        reader.visit(inner);
      }
    }
  }

  private void scalar(JsonParser json, PathNode node, boolean ofEntry) throws IOException {
    switch (json.currentToken()) {
      case VALUE_NULL -> fields.add(node, ofEntry, RawFieldsWriter.NULL);
      case VALUE_TRUE -> fields.add(node, ofEntry, RawFieldsWriter.TRUE);
      case VALUE_FALSE -> fields.add(node, ofEntry, RawFieldsWriter.FALSE);
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        boolean isText = json.currentToken() == JsonToken.VALUE_STRING;
        fields.add(
            node,
            ofEntry,
            isText ? RawFieldsWriter.TEXT : RawFieldsWriter.NUMBER,
            json.getTextCharacters(),
            json.getTextOffset(),
            json.getTextLength());
      }
      default -> {}
    }
  }

  /**
   * Reads the list at the parser's position to its end, and adds the values at wanted paths in it.
   *
   * @param node node of the list, or null if no wanted path continues with the list's key; a wanted
   *     path without this key may still lead to a name-value entry in the list
   * @param nested number of lists around this list
   */
  private void list(JsonParser json, @Nullable PathNode node, PathNode parent, int nested)
      throws IOException {
    boolean isEnd = node != null && node.isEnd();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      JsonToken token = json.currentToken();
      if (node != null && isEnd && fields.isFull(node)) {
        fields.leaveOut(node, false);
        isEnd = false;
      }
      if (token == JsonToken.START_OBJECT) {
        if (node != null && isEnd) {
          CompactJson text = new CompactJson(json);
          fields.add(node, false, RawFieldsWriter.OBJECT, text.chars(), 0, text.length());
          within(text, inner -> element(inner, node, parent), node.hasMore() || parent.hasMore());
        } else {
          element(json, node, parent);
        }
      } else if (token == JsonToken.START_ARRAY) {
        if (node != null && isEnd) {
          CompactJson text = new CompactJson(json);
          within(text, inner -> list(inner, node, parent, nested + 1), nested < MOST_NESTED);
          fields.add(node, false, RawFieldsWriter.LIST, text.chars(), 0, text.length());
        } else {
          list(json, node, parent, nested + 1);
        }
      } else if (node != null && isEnd) {
        scalar(json, node, false);
      }
    }
  }

  private void element(JsonParser json, @Nullable PathNode node, PathNode parent)
      throws IOException {
    Entry entry = new Entry();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      PathNode child = node == null ? null : node.atWritten(name);
      JsonToken token = json.nextToken();
      switch (EntryKey.of(name)) {
        case KEY, DISPLAY_NAME -> {
          if (token == JsonToken.VALUE_STRING) {
            boolean isKey = EntryKey.of(name) == EntryKey.KEY;
            entry.name(isKey, json.getText().toLowerCase(Locale.ROOT));
          }
          if (child != null && node != null) {
            value(json, child, node);
          } else {
            json.skipChildren();
          }
        }
        case VALUE, NEW_VALUE -> {
          boolean isValue = EntryKey.of(name) == EntryKey.VALUE;
          if (child == null && !entry.isWanted(isValue, node, parent)) {
            json.skipChildren();
          } else {
            BufferedValue content = BufferedValue.read(json);
            entry.content(isValue, content);
            if (child != null && node != null) {
              PathNode of = node;
              PathNode at = child;
              content.visit(strict, inner -> value(inner, at, of));
            }
          }
        }
        case OTHER -> {
          if (node == null) {
            json.skipChildren();
          } else {
            member(json, child, node);
          }
        }
      }
    }
    entry.deliver(node, parent);
  }

  /**
   * Key of a name-value entry, an object with a name and the value for that name. Services write
   * key and value, or displayName and newValue.
   */
  private enum EntryKey {
    KEY,
    DISPLAY_NAME,
    VALUE,
    NEW_VALUE,
    OTHER;

    static EntryKey of(String name) {
      return switch (name.length()) {
        case 3 -> name.equalsIgnoreCase("key") ? KEY : OTHER;
        case 5 -> name.equalsIgnoreCase("value") ? VALUE : OTHER;
        case 8 -> name.equalsIgnoreCase("newValue") ? NEW_VALUE : OTHER;
        case 11 -> name.equalsIgnoreCase("displayName") ? DISPLAY_NAME : OTHER;
        default -> OTHER;
      };
    }
  }

  /**
   * Entry of a list, with a name and a value. Their keys are {@code key} and {@code value}, or
   * {@code displayName} and {@code newValue}.
   */
  private final class Entry {
    private @Nullable String key;
    private @Nullable String displayName;
    private @Nullable BufferedValue value;
    private @Nullable BufferedValue newValue;

    void name(boolean isKey, String name) {
      if (isKey) {
        key = name;
      } else {
        displayName = name;
      }
    }

    void content(boolean isValue, BufferedValue content) {
      if (isValue) {
        value = content;
      } else {
        newValue = content;
      }
    }

    /**
     * Returns whether a wanted path may lead to a value of this entry. The value is named by {@code
     * key} or {@code displayName}. If that name is not read yet, the result is true if any wanted
     * path continues from here.
     *
     * @param isValue true for {@code value}, false for {@code newValue}
     */
    boolean isWanted(boolean isValue, @Nullable PathNode list, PathNode parent) {
      String name = isValue ? key : displayName;
      return name == null
          ? parent.hasMore() || (list != null && list.hasMore())
          : parent.at(name) != null || (list != null && list.at(name) != null);
    }

    void deliver(@Nullable PathNode list, PathNode parent) throws IOException {
      deliver(key, value, list, parent);
      deliver(displayName, newValue, list, parent);
    }

    private void deliver(
        @Nullable String name,
        @Nullable BufferedValue content,
        @Nullable PathNode list,
        PathNode parent)
        throws IOException {
      if (name == null || content == null) {
        return;
      }
      entry(content, parent.at(name));
      if (list != null) {
        entry(content, list.at(name));
      }
    }
  }

  /**
   * Adds the value of a name-value entry to the raw fields, if a wanted path ends at its name. Such
   * an entry is, for example, {@code {"key":"role","value":"owner"}}. If the value is a text that
   * is itself a JSON string or list, this string or each scalar element of this list is added too.
   */
  private void entry(BufferedValue content, @Nullable PathNode node) throws IOException {
    if (node == null || !node.isEnd()) {
      return;
    }
    content.visit(
        strict,
        json -> {
          if (json.currentToken().isStructStart()) {
            structure(json, node);
          } else {
            scalar(json, node, true);
          }
        });
    if (content.isText()) {
      try (JsonParser json = embedded.createParser(content.text())) {
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_STRING) {
          scalar(json, node, true);
        } else if (token == JsonToken.START_ARRAY) {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            scalar(json, node, true);
            json.skipChildren();
          }
        }
      } catch (JsonProcessingException e) {
        // The text only begins like JSON, and was added as a text.
      }
    }
  }

  private void structure(JsonParser json, PathNode node) throws IOException {
    boolean isList = json.currentToken() == JsonToken.START_ARRAY;
    CompactJson text = new CompactJson(json);
    if (isList) {
      within(
          text,
          inner -> {
            while (inner.nextToken() != JsonToken.END_ARRAY) {
              scalar(inner, node, true);
              inner.skipChildren();
            }
          },
          true);
    }
    int kind = isList ? RawFieldsWriter.LIST : RawFieldsWriter.OBJECT;
    fields.add(node, true, kind, text.chars(), 0, text.length());
  }
}
