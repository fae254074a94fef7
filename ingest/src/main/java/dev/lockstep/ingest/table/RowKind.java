package dev.lockstep.ingest.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.category.CategoryGroup;
import dev.lockstep.ingest.json.EmbeddedJson;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Detector of the log category to which a row of an exported table belongs, by the row's keys and
 * values.
 */
final class RowKind {
  /**
   * Text that the Azure command line writes for null. The rows that it writes also have a column
   * {@code TableName}.
   */
  static final String NONE = "None";

  private static final int TYPE_CHARS = 128;

  private final int signature;
  private final JsonFactory embedded;
  private final JsonWalker walker;
  private @Nullable String type;
  private @Nullable Table named;
  private @Nullable String columnText;
  private @Nullable Category ofColumn;
  private @Nullable Category ofEvent;
  private @Nullable String interactive;
  private boolean managed;
  private boolean user;
  private boolean servicePrincipal;
  private boolean tableName;

  /**
   * Creates a detector of the log category of one row.
   *
   * @param signature keys of the row, as bits of a {@link RowSignature}
   * @param embedded factory of the parsers for JSON within a text
   */
  RowKind(int signature, JsonFactory embedded, JsonWalker walker) {
    this.signature = signature;
    this.embedded = embedded;
    this.walker = walker;
  }

  void read(Key key, JsonParser parser) throws IOException {
    switch (key) {
      case TYPE -> type = word(parser);
      case TABLE_NAME -> {
        named = Table.named(word(parser));
        tableName = true;
      }
      case CATEGORY, CATEGORY_VALUE -> {
        String text = category(parser);
        if (text != null && (columnText == null || key == Key.CATEGORY_VALUE)) {
          columnText = text;
          ofColumn = Category.of(text);
        }
      }
      case USER_ID, USER_PRINCIPAL_NAME -> user |= word(parser) != null;
      case SERVICE_PRINCIPAL_ID -> servicePrincipal |= word(parser) != null;
      case IS_INTERACTIVE -> interactive = word(parser);
      case SIGN_IN_EVENT_TYPES -> {
        if (MultiValueText.isStructure(parser)) {
          EmbeddedJson.structure(embedded, parser, this::readEventTypes);
        } else {
          readEventTypes(parser);
        }
      }
      case MANAGED_SERVICE_IDENTITY -> walker.object(parser, this::readManaged);
      default -> parser.skipChildren();
    }
  }

  private static @Nullable String word(JsonParser parser) throws IOException {
    String text = Scalars.text(parser);
    return text == null || text.equals(NONE) ? null : text;
  }

  /**
   * Returns the category in a column, or null if the column has none. The value is a text or, in
   * the activity log's API, an object.
   */
  private @Nullable String category(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return word(parser);
    }
    String text = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean isValue = parser.currentName().equalsIgnoreCase("value");
      parser.nextToken();
      if (isValue) {
        text = word(parser);
      } else {
        parser.skipChildren();
      }
    }
    return text;
  }

  private void readEventTypes(JsonParser parser) throws IOException {
    int open = 0;
    do {
      JsonToken token = parser.currentToken();
      open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (token == JsonToken.VALUE_STRING && ofEvent == null) {
        ofEvent = ofEventType(parser.getText());
      }
    } while (open > 0 && parser.nextToken() != null);
  }

  private static @Nullable Category ofEventType(String word) {
    return switch (Scalars.lower(word)) {
      case "interactiveuser" -> Category.SIGN_IN;
      case "noninteractiveuser" -> Category.NON_INTERACTIVE;
      case "serviceprincipal" -> Category.SERVICE_PRINCIPAL;
      case "managedidentity" -> Category.MANAGED_IDENTITY;
      default -> null;
    };
  }

  private void readManaged(Key key, JsonParser parser) throws IOException {
    if (key == Key.MSI_TYPE) {
      String text = Scalars.text(parser);
      managed |= text != null && !text.equalsIgnoreCase(NONE);
    } else {
      parser.skipChildren();
    }
  }

  /**
   * Returns the category under which an event hub delivers the row's event, or null if Lockstep
   * does not read the row.
   */
  @Nullable Category category() {
    if (isOfDiagnostics()) {
      return AzureDiagnosticsColumns.keeps(ofColumn) ? ofColumn : null;
    }
    Table table = Table.named(type);
    table = table == null && type == null ? named : table;
    boolean isNamed = table != null;
    table = table == null && type == null ? Table.withColumns(signature) : table;
    if (table == null) {
      return type == null && ofLog() ? ofColumn : null;
    } else if (table == Table.ACTIVITY) {
      return columnText == null || ofColumn == Category.RESOURCE ? Category.RESOURCE : null;
    } else if (!table.isOfSignIns()) {
      boolean isOfAnother = !isNamed && table == Table.GATEWAY && isOfAnotherLog();
      return isOfAnother ? null : table.category;
    } else if (ofColumn != null && ofColumn.group == CategoryGroup.SIGN_IN) {
      return ofColumn;
    }
    return isNamed ? table.category : signIn();
  }

  private boolean isOfAnotherLog() {
    return ofColumn != null && ofColumn.group != CategoryGroup.GATEWAY;
  }

  private boolean ofLog() {
    // Few other tables have both TimeGenerated and Category.
    return ofColumn != null
        && RowSignature.any(signature, RowSignature.TIME_GENERATED)
        && switch (ofColumn.group) {
          case SIGN_IN, GATEWAY, GRAPH -> true;
          default -> false;
        };
  }

  private Category signIn() {
    if (ofEvent != null) {
      return ofEvent;
    } else if (!user && servicePrincipal) {
      return managed ? Category.MANAGED_IDENTITY : Category.SERVICE_PRINCIPAL;
    }
    return interactive != null && interactive.equalsIgnoreCase("false")
        ? Category.NON_INTERACTIVE
        : Category.SIGN_IN;
  }

  boolean isOfDiagnostics() {
    return AzureDiagnosticsColumns.isNamed(type);
  }

  /**
   * Returns the name of the row's Log Analytics table from the column {@code Type}, or null if the
   * column names no table. For an event of the activity log, the result is the event's category
   * instead. The column counts only in a row with {@code TimeGenerated}. A value with a slash is
   * the type of a resource, not a table. A name is cut to 128 characters.
   */
  @Nullable String otherTable() {
    if (columnText != null && RowSignature.isActivity(signature)) {
      return columnText;
    } else if (type == null
        || type.indexOf('/') >= 0 // a resource's type, not a table
        || !RowSignature.any(signature, RowSignature.TIME_GENERATED)) {
      return null;
    }
    return type.length() > TYPE_CHARS ? type.substring(0, TYPE_CHARS) : type;
  }

  /** Returns whether rows of this kind write the word {@value #NONE} for null. */
  boolean writesNone() {
    return tableName;
  }
}
