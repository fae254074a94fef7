package dev.lockstep.ingest.table;

import dev.lockstep.ingest.json.Key;

/**
 * Static methods and constants for a record's signature, a number with bits for some of its JSON
 * keys. These keys tell log records from rows of exported tables and from objects of Microsoft
 * Graph. Some bits tell tables from each other.
 */
public final class RowSignature {
  public static final int TIME_GENERATED = 1 << 1;
  public static final int CREATED = 1 << 2;
  public static final int TIMESTAMP = 1 << 3;
  public static final int TYPE = 1 << 6;
  static final int ALERT_ID = 1 << 12;
  static final int EVIDENCE = 1 << 13;
  static final int ALERT_INFO = 1 << 14;
  public static final int SYSTEM_ALERT_ID = 1 << 15;

  private static final int PROPERTIES = 1;
  private static final int ID = 1 << 4;
  private static final int CORRELATION_ID = 1 << 5;

  /**
   * Bit for the keys that are typical of sign-ins, such as the keys of the device or of the
   * client's application. A record that also has an id and a time is a sign-in, unless it is a risk
   * event.
   */
  private static final int SIGN_IN = 1 << 8;

  private static final int GATEWAY = 1 << 11;
  private static final int ACTIVITY_NAME = 1 << 16;
  private static final int ACTIVITY_TIME = 1 << 17;
  private static final int REQUEST_URI = 1 << 18;
  private static final int SIGN_IN_ACTIVITY_ID = 1 << 19;
  private static final int RISK_EVENT = 1 << 21;
  private static final int RISK_UPDATED = 1 << 22;
  private static final int RISK_STATE = 1 << 23;
  static final int USER = 1 << 24;
  static final int WORKLOAD = 1 << 25;
  static final int AGENT = 1 << 26;
  private static final int EVENT_TIME = 1 << 27;
  private static final int EVENT_DATA_ID = 1 << 28;
  static final int OPERATION_VALUE = 1 << 29;
  private static final int CLIENT_INFO = 1 << 30;

  /**
   * Bit for the keys that only identity links and alerts of Defender for Cloud have. A record with
   * such a key is no row of an exported table. Such a record in an event hub has no {@code
   * properties}; in this it resembles a row.
   */
  private static final int FLAT = 1 << 20;

  static final int AUDIT = ID | ACTIVITY_NAME | ACTIVITY_TIME;

  /**
   * Bits for the keys that together mark a record as a risk event. The record also has to have a
   * key of a user, workload or agent.
   */
  static final int RISK = ID | RISK_EVENT | ACTIVITY_TIME;

  /**
   * Bits for the keys that together mark a record as a risk state. The record also has to have a
   * key of a user, workload or agent.
   */
  static final int RISKY = ID | RISK_UPDATED | RISK_STATE;

  static final int GRAPH_CALL = REQUEST_URI | SIGN_IN_ACTIVITY_ID | TIME_GENERATED;
  static final int GATEWAY_CALL = GATEWAY | CORRELATION_ID | TIME_GENERATED;

  static final int VAULT_CALL = REQUEST_URI | CLIENT_INFO | TIME_GENERATED;

  private RowSignature() {}

  /**
   * Returns the bit that a JSON key sets in a record's signature, or 0 if the key sets no bit. A
   * key sets a bit if it helps to tell log records from rows of exported tables. Keys that tell the
   * same about a record share a bit.
   */
  public static int of(Key key) {
    return switch (key) {
      case PROPERTIES -> PROPERTIES;
      case TIME_GENERATED -> TIME_GENERATED;
      case CREATED_DATE_TIME -> CREATED;
      case TIME_STAMP -> TIMESTAMP;
      case ID -> ID;
      case CORRELATION_ID -> CORRELATION_ID;
      case TYPE -> TYPE;
      case IP_ADDRESS,
          RESOURCE_DISPLAY_NAME,
          UNIQUE_TOKEN_IDENTIFIER,
          CLIENT_APP_USED,
          CONDITIONAL_ACCESS_STATUS,
          AUTHENTICATION_REQUIREMENT,
          DEVICE_DETAIL,
          IS_INTERACTIVE,
          SIGN_IN_EVENT_TYPES ->
          SIGN_IN;
      case API_ID, APIM_SUBSCRIPTION_ID, RESPONSE_CODE -> GATEWAY;
      case ALERT_ID -> ALERT_ID;
      case ENTITY_TYPE, EVIDENCE_ROLE -> EVIDENCE;
      case SERVICE_SOURCE, DETECTION_SOURCE -> ALERT_INFO;
      case SYSTEM_ALERT_ID -> SYSTEM_ALERT_ID;
      case ACTIVITY_DISPLAY_NAME -> ACTIVITY_NAME;
      case ACTIVITY_DATE_TIME, DETECTED_DATE_TIME -> ACTIVITY_TIME;
      case REQUEST_URI -> REQUEST_URI;
      case SIGN_IN_ACTIVITY_ID -> SIGN_IN_ACTIVITY_ID;
      case RISK_EVENT_TYPE -> RISK_EVENT;
      case RISK_LAST_UPDATED_DATE_TIME, RISK_LAST_MODIFIED_DATE_TIME -> RISK_UPDATED;
      case RISK_STATE -> RISK_STATE;
      case USER_ID, USER_PRINCIPAL_NAME, USER_DISPLAY_NAME -> USER;
      case SERVICE_PRINCIPAL_ID, APP_ID -> WORKLOAD;
      case AGENT_ID, AGENT_DISPLAY_NAME, IDENTITY_ID, IDENTITY_TYPE -> AGENT;
      case EVENT_TIMESTAMP -> EVENT_TIME;
      case EVENT_DATA_ID -> EVENT_DATA_ID;
      case OPERATION_NAME_VALUE -> OPERATION_VALUE;
      case CLIENT_INFO -> CLIENT_INFO;
      case V, START_TIME_UTC -> FLAT;
      default -> 0;
    };
  }

  /**
   * Returns whether a record may be a row of an exported table or an object of Microsoft Graph.
   * Such a record has a table's name and time, or keys that are typical of such rows and objects.
   * Without a table's name it may have {@code properties} only if it is an event of the activity
   * log or a call of a key vault.
   */
  public static boolean mayBeRow(int signature) {
    return !any(signature, FLAT)
        && (all(signature, TYPE | TIME_GENERATED)
            || isActivity(signature)
            || all(signature, VAULT_CALL)
            || (!any(signature, PROPERTIES) && hasRowsKeys(signature)));
  }

  private static boolean hasRowsKeys(int signature) {
    return any(signature, TIME_GENERATED)
        || isSignIn(signature)
        || all(signature, AUDIT)
        || isRisk(signature)
        || all(signature, ALERT_ID | TIMESTAMP);
  }

  /**
   * Returns whether a record is an event of the activity log, in the form of the table {@code
   * AzureActivity} or of the REST API.
   */
  static boolean isActivity(int signature) {
    return all(signature, TIME_GENERATED | OPERATION_VALUE)
        || all(signature, EVENT_TIME | EVENT_DATA_ID);
  }

  private static boolean isRisk(int signature) {
    return any(signature, USER | WORKLOAD | AGENT)
        && (all(signature, RISK) || all(signature, RISKY));
  }

  static boolean isSignIn(int signature) {
    return all(signature, ID | SIGN_IN)
        && any(signature, CREATED | TIME_GENERATED)
        && !any(signature, RISK_EVENT);
  }

  public static boolean all(int signature, int wanted) {
    return (signature & wanted) == wanted;
  }

  public static boolean any(int signature, int wanted) {
    return (signature & wanted) != 0;
  }
}
