package dev.lockstep.ingest.raw;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.category.CategoryGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converter of the path of a record's field into the columns that hold the field in exported
 * tables. A row has the values of a record's top level and of its properties side by side, some
 * under another name.
 */
final class RowColumns {
  private static final String PROPERTIES = "properties.";
  private static final String CLAIM = "identity.claim.";

  /** Path of a record's field, with the table column that has its values. */
  private record Renamed(String path, String column) {}

  private static final List<Renamed> RENAMED =
      List.of(
          new Renamed("time", "timegenerated"),
          new Renamed("tenantid", "aadtenantid"),
          new Renamed("resourceid", "_resourceid"),
          new Renamed("properties.tenantid", "aadtenantid"),
          new Renamed("properties.location", "locationdetails"),
          new Renamed("properties.operationtype", "aadoperationtype"),
          new Renamed("properties.resourceid", "resourceidentity"));

  private static final List<Renamed> OF_SIGN_INS =
      List.of(
          new Renamed("properties.appliedconditionalaccesspolicies", "conditionalaccesspolicies"),
          new Renamed("properties.processingtimeinmilliseconds", "processingtimeinms"));

  private static final List<Renamed> OF_GRAPH =
      List.of(
          new Renamed("properties.c_sid", "sessionid"),
          new Renamed("properties.c_deviceid", "deviceid"),
          new Renamed("properties.httpmethod", "requestmethod"),
          new Renamed("properties.httpstatuscode", "responsestatuscode"),
          new Renamed("properties.issuedat", "tokenissuedat"));

  private static final List<Renamed> OF_ALERTS =
      List.of(
          new Renamed("severity", "alertseverity"),
          new Renamed("alertdisplayname", "displayname"),
          new Renamed("alerturi", "alertlink"),
          new Renamed("starttimeutc", "starttime"),
          new Renamed("endtimeutc", "endtime"));

  /** Columns of {@code AzureActivity}, and keys of the REST API of the activity log. */
  private static final List<Renamed> OF_RESOURCES =
      List.of(
          new Renamed("time", "eventtimestamp"),
          new Renamed("category", "categoryvalue"),
          new Renamed("category", "category.value"),
          new Renamed("operationname", "operationnamevalue"),
          new Renamed("operationname", "operationname.value"),
          new Renamed("resulttype", "activitystatusvalue"),
          new Renamed("resulttype", "status.value"),
          new Renamed("resultsignature", "activitysubstatusvalue"),
          new Renamed("resultsignature", "substatus.value"),
          new Renamed("resultdescription", "description"),
          new Renamed("calleripaddress", "httprequest.clientipaddress"),
          new Renamed("identity.claims", "claims"),
          new Renamed("identity.authorization", "authorization"));

  private static final List<Renamed> OF_GATEWAYS = ofGateways();

  /**
   * Endings of column names that stand for the column's type, such as {@code dynamic} in {@code
   * Status_dynamic}.
   */
  private static final Set<String> TYPES =
      Set.of(
          "s",
          "d",
          "g",
          "b",
          "t",
          "bool",
          "datetime",
          "decimal",
          "dynamic",
          "guid",
          "int",
          "long",
          "real",
          "string",
          "timespan");

  private RowColumns() {}

  private static List<Renamed> ofGateways() {
    List<Renamed> all = new ArrayList<>();
    all.add(new Renamed("durationms", "totaltime"));
    all.add(new Renamed("location", "region"));
    for (String part : List.of("elapsed", "message", "reason", "scope", "section", "source")) {
      // AzureDiagnostics splits the object into columns.
      all.add(new Renamed("properties.lasterror" + part, "lasterror_" + part));
      all.add(new Renamed("properties.lasterror." + part, "lasterror_" + part));
      all.add(new Renamed("properties.lasterror." + part, "lasterror" + part));
    }
    return List.copyOf(all);
  }

  /**
   * Returns the paths at which an exported row may hold the field that a log record has at {@code
   * path}. All paths are in lower case.
   *
   * @param category log category of the row; null for one that is not read
   * @param isTable true if the row comes from a table of a workspace, false if it is an object of
   *     Microsoft Graph
   */
  static List<String> of(String path, @Nullable Category category, boolean isTable) {
    List<String> columns = new ArrayList<>();
    boolean isProperty = path.startsWith(PROPERTIES);
    if (isProperty) {
      columns.add(path);
    }
    boolean isAnother = isTable && isAnotherInTables(path, category);
    if (!isAnother && !isForPeople(path, category)) {
      columns.add(isProperty ? path.substring(PROPERTIES.length()) : path);
    }
    add(RENAMED, path, columns);
    add(renamed(category), path, columns);
    if (category == Category.VAULT && path.startsWith(CLAIM)) {
      columns.add("identity_claim_" + underscored(path.substring(CLAIM.length())));
    }
    if (isProperty && isSplit(category)) {
      addSplit(path.substring(PROPERTIES.length()), columns);
    }
    return columns;
  }

  /** Returns whether {@code AzureDiagnostics} splits objects in a category's properties. */
  private static boolean isSplit(@Nullable Category category) {
    return category != null
        && (category.group == CategoryGroup.VAULT || category.group == CategoryGroup.EDGE);
  }

  /**
   * Adds the columns into which an object is split. Their names join keys with underscores. A list
   * is one column, and the rest of the path continues within that column.
   */
  private static void addSplit(String path, List<String> columns) {
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      columns.add(path.substring(0, dot + 1).replace('.', '_') + path.substring(dot + 1));
    }
  }

  /**
   * Returns a text with an underscore in place of each run of characters other than letters and
   * digits.
   */
  private static String underscored(String text) {
    StringBuilder name = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        name.append(c);
      } else if (name.isEmpty() || name.charAt(name.length() - 1) != '_') {
        name.append('_');
      }
    }
    return name.toString();
  }

  /**
   * Returns whether the table column that has a field's name holds another value than the field.
   * The other value is the id of the workspace, or the resource that the log belongs to.
   */
  private static boolean isAnotherInTables(String path, @Nullable Category category) {
    return switch (path) {
      case "tenantid", "properties.tenantid" -> true;
      case "properties.resourceid" ->
          category != null
              && (category.group == CategoryGroup.SIGN_IN
                  || category.group == CategoryGroup.DIRECTORY
                  || category.group == CategoryGroup.GATEWAY);
      default -> false;
    };
  }

  /**
   * Returns whether exports of the activity log use a field's name for a readable text, or for an
   * object with that text. Such exports have the value of the field itself under another name.
   */
  private static boolean isForPeople(String path, @Nullable Category category) {
    return category == Category.RESOURCE
        && (path.equals("operationname") || path.equals("category"));
  }

  private static List<Renamed> renamed(@Nullable Category category) {
    if (category == null) {
      return List.of();
    } else if (category == Category.ALERT) {
      return OF_ALERTS;
    }
    return switch (category.group) {
      case SIGN_IN -> OF_SIGN_INS;
      case GRAPH -> OF_GRAPH;
      case GATEWAY -> OF_GATEWAYS;
      case RESOURCE -> OF_RESOURCES;
      default -> List.of();
    };
  }

  private static void add(List<Renamed> some, String path, List<String> columns) {
    for (Renamed one : some) {
      if (path.equals(one.path()) || path.startsWith(one.path() + ".")) {
        columns.add(one.column() + path.substring(one.path().length()));
      }
    }
  }

  static String plain(String column) {
    int bar = column.lastIndexOf('_');
    return bar > 0 && TYPES.contains(column.substring(bar + 1).toLowerCase(Locale.ROOT))
        ? column.substring(0, bar)
        : column;
  }
}
