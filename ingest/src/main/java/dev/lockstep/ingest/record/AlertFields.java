package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.entity.NamedEntities;
import dev.lockstep.ingest.text.Scalars;
import org.jspecify.annotations.Nullable;

/**
 * Fields of the record of an alert, or of another object that Defender for Cloud exports. The alert
 * may be of any service. Texts are as in the record. {@link #kind} finds the kind of a record that
 * names no category.
 */
public final class AlertFields {
  private static final String RESOURCE = "microsoft.security/";
  private static final int KIND_CHARS = 128;

  public boolean touched;

  /**
   * True if the record has the key of a Defender for Cloud alert's id. The value of the key does
   * not matter.
   */
  boolean systemAlert;

  @Nullable String systemAlertId;
  @Nullable String alertId;
  @Nullable String resourceName;

  /**
   * Azure resource type of the record, or the table's name for a row of Log Analytics. It is the
   * value of the key {@code type}.
   */
  @Nullable String type;

  @Nullable String eventType;
  boolean assessment;
  boolean subAssessment;
  @Nullable String alertType;

  @Nullable String alertDisplayName;
  @Nullable String title;
  @Nullable String otherTitle;
  @Nullable String severity;
  @Nullable String alertSeverity;
  @Nullable String serviceSource;
  @Nullable String productName;
  @Nullable String providerName;
  @Nullable String link;

  @Nullable String startTimeUtc;
  @Nullable String startTime;
  public @Nullable String timestamp;

  /** First key that has a non-empty object or array in place of a time, or null. */
  @Nullable String timeMisfit;

  // evidence
  @Nullable String entityType;
  @Nullable String additionalType;
  @Nullable String accountUpn;
  @Nullable String accountObjectId;
  @Nullable String remoteIp;

  /**
   * Hash of the columns that distinguish an {@code AlertEvidence} record from other records of the
   * same alert. Such columns are, for example, device and file name. It is 0 if all these columns
   * are absent.
   */
  long entityHash;

  long additionalHash;

  final NamedEntities entities = new NamedEntities();

  /** Accounts and IP addresses that the field {@code ExtendedProperties} of an alert names. */
  final NamedEntities extended = new NamedEntities();

  /**
   * Accounts and IP addresses that the field {@code AdditionalFields} of an {@code AlertEvidence}
   * record names.
   */
  final NamedEntities additional = new NamedEntities();

  /**
   * Returns the category, such as {@code SecurityAlert}, that the content of a record without a
   * category shows. Without a match it is an empty text. An object of Defender for Cloud of any
   * other kind has its resource type in place of a category.
   */
  String kind() {
    if (!touched) {
      return "";
    }
    String resource = type == null ? "" : Scalars.lower(type);
    if (resource.startsWith(RESOURCE)) {
      return resourceKind(resource);
    }
    String event = eventType == null ? "" : Scalars.lower(eventType);
    if (subAssessment || event.startsWith("subassessment")) {
      return "SecurityNestedRecommendation";
    } else if (assessment || event.startsWith("assessment")) {
      return "SecurityRecommendation";
    } else if (event.startsWith("securescorecontrol")) {
      return "SecureScoreControls";
    } else if (event.startsWith("securescore")) {
      return "SecureScores";
    } else if (event.startsWith("regulatorycompliance")) {
      return "SecurityRegulatoryCompliance";
    }
    boolean alert =
        systemAlert
            || resource.equals("securityalert")
            || (alertDisplayName != null && (alertType != null || startTimeUtc != null));
    return alert ? Category.ALERT.spelling : "";
  }

  /** Returns whether an Azure resource type is the type of Defender for Cloud's alerts. */
  public static boolean isAlert(String resourceType) {
    String resource = Scalars.lower(resourceType);
    return resource.startsWith(RESOURCE) && resource.endsWith("/alerts");
  }

  private String resourceKind(String resource) {
    if (isAlert(resource)) {
      return Category.ALERT.spelling;
    } else if (resource.endsWith("/subassessments")) {
      return "SecurityNestedRecommendation";
    } else if (resource.startsWith("regulatorycompliance", RESOURCE.length())) {
      return "SecurityRegulatoryCompliance";
    } else if (resource.endsWith("/assessments")) {
      return "SecurityRecommendation";
    } else if (resource.contains("/securescorecontrols")) {
      return "SecureScoreControls";
    } else if (resource.startsWith("securescores", RESOURCE.length())) {
      return "SecureScores";
    }
    String spelt = type == null ? "" : type;
    return spelt.length() > KIND_CHARS ? spelt.substring(0, KIND_CHARS) : spelt;
  }
}
