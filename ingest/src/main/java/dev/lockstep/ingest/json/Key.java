package dev.lockstep.ingest.json;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Name of a JSON key that a reader of messages or records looks for. Case does not count, because
 * Azure services spell the same key differently.
 */
public enum Key {
  RECORDS,
  CATEGORY,
  TIME,
  TIME_STAMP,
  CREATED_DATE_TIME,
  PROPERTIES,
  CALLER_IP_ADDRESS,
  CORRELATION_ID,
  RESULT_TYPE,
  LOCATION,
  TENANT_ID,
  RESOURCE_ID,
  OPERATION_NAME,
  TRACE_RECORDS,
  // sign-ins
  ID,
  USER_ID,
  USER_PRINCIPAL_NAME,
  USER_DISPLAY_NAME,
  SERVICE_PRINCIPAL_ID,
  SERVICE_PRINCIPAL_NAME,
  APP_ID,
  APP_DISPLAY_NAME,
  RESOURCE_DISPLAY_NAME,
  RESOURCE_TENANT_ID,
  IP_ADDRESS,
  STATUS,
  ERROR_CODE,
  CITY,
  COUNTRY_OR_REGION,
  GEO_COORDINATES,
  LATITUDE,
  LONGITUDE,
  AUTONOMOUS_SYSTEM_NUMBER,
  DEVICE_DETAIL,
  DEVICE_ID,
  IS_MANAGED,
  IS_COMPLIANT,
  AUTHENTICATION_REQUIREMENT,
  UNIQUE_TOKEN_IDENTIFIER,
  SESSION_ID,
  // gateway calls
  RESPONSE_CODE,
  APIM_SUBSCRIPTION_ID,
  PRODUCT_ID,
  API_ID,
  OPERATION_ID,
  METHOD,
  REQUEST_HEADERS,
  SOCKET_IP_HEADER("x-azure-socketip"),
  FORWARDED_FOR_HEADER("x-forwarded-for"),
  NAME,
  VALUE,
  SOURCE,
  MESSAGE,
  DATA("data", "details_data"),
  // identity link
  V,
  UTI,
  SID,
  OID,
  TID,
  AZP,
  IDTYP,
  IAT,
  EXP,
  SOCKET_IP,
  XFF,
  VALIDATED,
  // alerts, and other exports of Defender for Cloud
  SYSTEM_ALERT_ID,
  ALERT_ID,
  ALERT_DISPLAY_NAME,
  TITLE,
  DISPLAY_NAME,
  ALERT_NAME,
  ALERT_TYPE,
  SEVERITY,
  ALERT_SEVERITY,
  SERVICE_SOURCE,
  PRODUCT_NAME,
  PROVIDER_NAME,
  ALERT_URI,
  ALERT_LINK,
  START_TIME_UTC,
  START_TIME,
  ENTITIES,
  EXTENDED_PROPERTIES,
  CLIENT_IP_ADDRESS("client ip address"),
  CLIENT_PRINCIPAL_NAME("client principal name"),
  TYPE,
  EVENT_TYPE("$type"),
  ASSESSMENT_EVENT_DATA_ENRICHMENT,
  SUB_ASSESSMENT_EVENT_DATA_ENRICHMENT,
  // entities of an alert
  AAD_USER_ID,
  AAD_ID,
  OBJECT_ID,
  UPN_SUFFIX,
  UPN,
  ADDRESS,
  IP_ADDRESSES,
  IP_ADDRESSES_MISSPELT("ipadresses"),
  // evidence of an alert
  ADDITIONAL_FIELDS,
  ENTITY_TYPE,
  ACCOUNT_OBJECT_ID,
  ACCOUNT_UPN,
  ACCOUNT_NAME,
  ACCOUNT_DOMAIN,
  ACCOUNT_SID,
  REMOTE_IP,
  REMOTE_URL,
  LOCAL_IP,
  DEVICE_NAME,
  FILE_NAME,
  FOLDER_PATH,
  SHA1,
  SHA256,
  NETWORK_MESSAGE_ID,
  APPLICATION_ID,
  OAUTH_APPLICATION_ID,
  PROCESS_COMMAND_LINE,
  REGISTRY_KEY,
  REGISTRY_VALUE_NAME,
  CLOUD_RESOURCE,
  // envelope of changes and vault calls
  IDENTITY,
  RESULT_SIGNATURE,
  RESULT_DESCRIPTION,
  CLAIM,
  CLAIMS,
  OBJECT_ID_CLAIM(
      "http://schemas.microsoft.com/identity/claims/objectidentifier",
      "http_schemas_microsoft_com_identity_claims_objectidentifier"),
  TENANT_ID_CLAIM(
      "http://schemas.microsoft.com/identity/claims/tenantid",
      "http_schemas_microsoft_com_identity_claims_tenantid"),
  SCOPE_CLAIM(
      "http://schemas.microsoft.com/identity/claims/scope",
      "http_schemas_microsoft_com_identity_claims_scope"),
  UPN_CLAIM(
      "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
      "http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn"),
  NAME_CLAIM(
      "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
      "http_schemas_xmlsoap_org_ws_2005_05_identity_claims_name"),
  EMAIL_CLAIM(
      "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
      "http_schemas_xmlsoap_org_ws_2005_05_identity_claims_emailaddress"),
  /** Beginnings of claim names that a managed HSM splits into the keys of nested objects. */
  CLAIM_NAMESPACE(
      "http_schemas_microsoft_com_identity", "http_schemas_xmlsoap_org_ws_2005_05_identity"),
  UNIQUE_NAME("unique_name"),
  SCP,
  AUTHORIZATION,
  EVIDENCE,
  PRINCIPAL_ID,
  PRINCIPAL_TYPE,
  // more of sign-ins
  CLIENT_APP_USED,
  AUTHENTICATION_PROTOCOL,
  INCOMING_TOKEN_TYPE,
  CONDITIONAL_ACCESS_STATUS,
  CROSS_TENANT_ACCESS_TYPE,
  USER_TYPE,
  USER_AGENT,
  RISK_LEVEL_DURING_SIGN_IN,
  RISK_STATE,
  RISK_EVENT_TYPES,
  RISK_EVENT_TYPES_V2("riskeventtypes_v2"),
  FAILURE_REASON,
  OPERATING_SYSTEM,
  BROWSER,
  TRUST_TYPE,
  // requests, of a gateway, Graph, Front Door or a vault
  URL,
  REQUEST_URI,
  USER_AGENT_HEADER("user-agent"),
  AZURE_REF_HEADER("x-azure-ref"),
  REQUEST_ID,
  CLIENT_REQUEST_ID,
  REQUEST_METHOD,
  RESPONSE_STATUS_CODE,
  SIGN_IN_ACTIVITY_ID,
  UNIQUE_TOKEN_ID,
  USER_PRINCIPAL_OBJECT_ID,
  TOKEN_SESSION_ID("c_sid"),
  TOKEN_TYPE("c_idtyp"),
  TOKEN_ISSUED("c_iat"),
  TOKEN_ISSUED_AT,
  ISSUED_AT,
  TIME_GENERATED,
  TRACKING_REFERENCE("trackingreference", "refstring"),
  CLIENT_IP,
  HTTP_METHOD,
  HTTP_STATUS_CODE,
  HOST_NAME,
  HOST,
  RULE_NAME,
  POLICY,
  ACTION,
  DETAILS,
  IS_RECEIVED_FROM_CLIENT,
  CLIENT_INFO,
  // changes
  AUDIT_EVENT_ID,
  ACTIVITY_DATE_TIME,
  ACTIVITY_DISPLAY_NAME,
  LOGGED_BY_SERVICE,
  OPERATION_TYPE,
  RESULT,
  RESULT_REASON,
  INITIATED_BY,
  USER,
  APP,
  TARGET_RESOURCES,
  MODIFIED_PROPERTIES,
  NEW_VALUE,
  ADDITIONAL_DETAILS,
  KEY,
  RESOURCE_PROVIDER_NAME,
  EVENT_NAME,
  EVENT_ID,
  EVENT_DATA_ID,
  ROLE_DEFINITION,
  ROLE_DEFINITION_ORIGIN_ID,
  CALLER_INFO,
  CALLER_IDENTITY_TYPE,
  CALLER_IDENTITY_VALUE,
  JUSTIFICATION,
  SUBJECT_ID,
  SUBJECT_NAME,
  SUBJECT_TYPE,
  // risks
  RISK_TYPE,
  RISK_EVENT_TYPE,
  RISK_LEVEL,
  RISK_DETAIL,
  DETECTION_TIMING_TYPE,
  ACTIVITY,
  DETECTED_DATE_TIME,
  RISK_LAST_UPDATED_DATE_TIME,
  ADDITIONAL_INFO,
  // rows of exported tables, and keys that distinguish the tables
  VALUES("results"),
  TIME_RECEIVED("_timereceived"),
  TABLE_NAME,
  AAD_TENANT_ID,
  LOCATION_DETAILS,
  SIGN_IN_EVENT_TYPES,
  IS_INTERACTIVE,
  MANAGED_SERVICE_IDENTITY,
  MSI_TYPE,
  RESOURCE_IDENTITY,
  AAD_OPERATION_TYPE,
  EVIDENCE_ROLE,
  DETECTION_SOURCE,
  TABLE_RESOURCE_ID("_resourceid"),
  // proof, session, policies and agent of sign-ins
  CLIENT_CREDENTIAL_TYPE,
  SERVICE_PRINCIPAL_CREDENTIAL_KEY_ID,
  SERVICE_PRINCIPAL_CREDENTIAL_THUMBPRINT,
  FEDERATED_CREDENTIAL_ID,
  TOKEN_PROTECTION_STATUS_DETAILS,
  SIGN_IN_SESSION_STATUS,
  AGENT,
  AGENT_TYPE,
  APPLIED_CONDITIONAL_ACCESS_POLICIES,
  CONDITIONAL_ACCESS_POLICIES,
  // why the gateway ended a call, and which Front Door sent it
  LAST_ERROR,
  LAST_ERROR_SOURCE("lasterrorsource", "lasterror_source"),
  LAST_ERROR_REASON("lasterrorreason", "lasterror_reason"),
  REASON,
  FRONT_DOOR_ID_HEADER("x-azure-fdid"),
  // who acts, and for whom
  AZPACR,
  APPIDACR,
  ACTFCT("actfct", "xms_act_fct"),
  SUBFCT("subfct", "xms_sub_fct"),
  PARAPP("parapp", "xms_par_app_azp"),
  CLIENT_AUTH_METHOD,
  TOKEN_DEVICE_ID("c_deviceid"),
  SCOPE,
  // risks of workloads and agents
  SERVICE_PRINCIPAL_DISPLAY_NAME,
  AGENT_ID,
  AGENT_DISPLAY_NAME,
  IDENTITY_TYPE,
  RISK_LAST_MODIFIED_DATE_TIME,
  IDENTITY_ID,
  SIGN_IN_REQUEST_ID,
  SIGN_IN_CORRELATION_ID,
  // what is kept as context
  TRANSACTION_ID,
  REPORT_ID,
  SEQUENCE_NUMBER,
  ACCOUNT_ID,
  ACCOUNT_DISPLAY_NAME,
  ACCOUNT_TYPE,
  SOURCE_IP,
  DEVICE_OPERATING_SYSTEM,
  COUNTRY_CODE,
  RAW_EVENT_DATA,
  APP_ACCESS_CONTEXT,
  AAD_SESSION_ID,
  APPLICATION,
  CLIENT_NAME,
  ACTION_TYPE,
  REQUEST_TYPE,
  TOOL_NAME,
  SERVER_NAME,
  MCP_SERVER_ENDPOINT,
  DESTINATION_URL,
  DESTINATION_FQDN,
  POLICY_NAME,
  ERROR_TYPE,
  ERROR_NUMBER("errornumber", "errorno"),
  // the firewall's mode, and how long an activation holds
  POLICY_MODE,
  EXPIRATION_TIME,
  // the activity log as a table and as the REST API have it
  EVENT_TIMESTAMP,
  OPERATION_NAME_VALUE,
  ACTIVITY_STATUS,
  ACTIVITY_STATUS_VALUE,
  CATEGORY_VALUE,
  RESOURCE_PROVIDER_VALUE,
  HTTP_REQUEST,
  REQUEST_CLIENT_IP("clientipaddress"),
  DESCRIPTION,
  CLAIMS_COLUMN("claims_d"),
  AUTHORIZATION_COLUMN("authorization_d"),
  PROPERTIES_COLUMN("properties_d"),
  // what a rule of Front Door's firewall matched
  MATCHES("matches", "details_matches"),
  MATCH_MESSAGE("msg", "details_msg"),
  OTHER("");

  private static final Map<String, Key> BY_NAME = new HashMap<>();

  static {
    for (Key key : values()) {
      BY_NAME.put(key.spelling, key);
      if (key.otherSpelling != null) {
        BY_NAME.put(key.otherSpelling, key);
      }
    }
  }

  private final String spelling;
  private final @Nullable String otherSpelling;

  Key() {
    this.spelling = name().replace("_", "").toLowerCase(Locale.ROOT);
    this.otherSpelling = null;
  }

  Key(String spelling) {
    this(spelling, null);
  }

  Key(String spelling, @Nullable String otherSpelling) {
    this.spelling = spelling;
    this.otherSpelling = otherSpelling;
  }

  /**
   * Cache that finds the {@link Key} of a JSON name in any letter case. The result is {@link
   * #OTHER} for an unknown name. Lower-casing a name costs more than the rest of skipping its
   * value. The cache is bounded because names come from outside. A parser returns the same String
   * for the same name, so that most look-ups need no comparison.
   */
  public static final class Table {
    private static final int CACHED = 4096;
    private static final int RECENT = 4096;

    private final Map<String, Key> asSpelt = new HashMap<>();
    private final @Nullable String[] recent = new String[RECENT];
    private final Key[] recentKeys = new Key[RECENT];

    public Key of(String name) {
      int hash = name.hashCode();
      int place = (hash ^ hash >>> 15) & (RECENT - 1);
      return name.equals(recent[place]) ? recentKeys[place] : cached(name, place);
    }

    private Key cached(String name, int place) {
      Key key = asSpelt.get(name);
      if (key == null) {
        key = look(name);
      }
      recent[place] = name;
      recentKeys[place] = key;
      return key;
    }

    private Key look(String name) {
      Key key = BY_NAME.getOrDefault(name.toLowerCase(Locale.ROOT), OTHER);
      if (asSpelt.size() >= CACHED) {
        asSpelt.clear();
      }
      asSpelt.put(name, key);
      return key;
    }
  }
}
