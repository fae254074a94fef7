package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.category.CategoryGroup;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.table.RowSignature;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Fields read from one log record of any category. {@link Scalars} trims and bounds texts. Ids are
 * also in NFKC. If a key occurs twice, the first value counts. For identity keys ({@link
 * IdReader}), the last value counts. One instance serves all records of a reader. The fields of a
 * group of categories are cleared only if a record has used them.
 */
public final class RecordFields {
  private static final CategoryGroup[] GROUPS = CategoryGroup.values();

  private static final int MOST_DEFERRED = 16;

  public boolean anyCategory;
  public String categoryText = "";
  public @Nullable Category category;
  public @Nullable String time;

  /**
   * Time under the key {@code timeStamp} or {@code createdDateTime}, which is used if the record
   * has no value under the key {@code time}.
   */
  @Nullable String timeSubstitute;

  @Nullable String callerIpAddress;
  @Nullable String correlationId;
  @Nullable String resultType;
  @Nullable String location;
  @Nullable String tenantId;

  // of groups whose envelope is read
  @Nullable String operationName;
  @Nullable String resourceId;
  @Nullable String resultSignature;
  @Nullable String resultDescription;
  IdentityFields identity = new IdentityFields();

  /** First key that has a non-empty object or array in place of a time, or null. */
  @Nullable String timeMisfit;

  /**
   * Reason why a text that should hold JSON could not be read, or null if every such text could be
   * read. The text is {@code properties}, or a column of a table's row.
   */
  public @Nullable Reason propertiesReason;

  public String propertiesDetail = "";

  /**
   * Group of categories for which {@code properties} of this record were read most recently, or
   * null if they were not read.
   */
  private @Nullable CategoryGroup read;

  /**
   * True if the {@code properties} of this record were read for more than one {@link
   * CategoryGroup}, as when a record names two categories.
   */
  private boolean mixed;

  /**
   * Bit set of the record's keys that distinguish log records from rows of exported tables and
   * objects of Microsoft Graph. The bits are those of {@link RowSignature}.
   */
  public int signature;

  private final PolicyReader policies = new PolicyReader();
  SignInFields signIn = new SignInFields(policies);
  public final CallFields call = new CallFields();
  GraphFields graph = new GraphFields();
  public EdgeFields edge = new EdgeFields();
  VaultFields vault = new VaultFields();
  RiskFields risk = new RiskFields();
  ContextFields context = new ContextFields();
  AuditFields audit = new AuditFields();

  /**
   * Fields that this record has if it is an identity link. The link in a trace of a gateway's call
   * has its fields in {@link #call}.
   */
  LinkFields own = new LinkFields();

  /** Fields that this record has if it is an alert. */
  public AlertFields alert = new AlertFields();

  public final IdReader ids = new IdReader();
  final EventTimes times = new EventTimes();

  /**
   * Number of values that wait to be read until the category is known, at most {@link
   * #MOST_DEFERRED}. They stand before the category in the record. Their keys, and the places where
   * they begin, follow in order.
   */
  int deferred;

  final Key[] deferredKeys = new Key[MOST_DEFERRED];
  final int[] deferredAt = new int[MOST_DEFERRED];

  public void clear() {
    anyCategory = false;
    categoryText = "";
    category = null;
    time = null;
    timeSubstitute = null;
    callerIpAddress = null;
    correlationId = null;
    resultType = null;
    location = null;
    tenantId = null;
    timeMisfit = null;
    propertiesReason = null;
    propertiesDetail = "";
    signature = 0;
    deferred = 0;
    operationName = null;
    resourceId = null;
    resultSignature = null;
    resultDescription = null;
    ids.clear();
    if (own.touched) {
      own = new LinkFields();
    }
    if (identity.touched) {
      identity = new IdentityFields();
    }
    if (alert.touched) {
      alert = new AlertFields();
    }
    if (mixed) {
      for (CategoryGroup group : GROUPS) {
        clear(group);
      }
    } else if (read != null) {
      clear(read);
    }
    read = null;
    mixed = false;
    call.clearTraces();
  }

  void recordGroup(CategoryGroup group) {
    if (read != group) {
      mixed |= read != null;
      read = group;
    }
  }

  private void clear(CategoryGroup group) {
    switch (group) {
      case SIGN_IN -> signIn = new SignInFields(policies);
      case GATEWAY -> call.clear();
      case GRAPH -> graph = new GraphFields();
      case EDGE -> edge = new EdgeFields();
      case VAULT -> vault = new VaultFields();
      case RISK -> risk = new RiskFields();
      case DIRECTORY, RESOURCE -> audit = new AuditFields();
      case CONTEXT -> context = new ContextFields();
      case ALERT, LINK -> {}
    }
  }

  /**
   * Returns the group of categories to which this record belongs, or null if the record is not
   * read. It is the group of the record's category. A record without a category is read as an
   * alert. A record of a category that nothing reads is not read.
   */
  @Nullable CategoryGroup group() {
    if (!anyCategory) {
      return CategoryGroup.ALERT;
    }
    return category == null ? null : category.group;
  }

  /** Returns the bits of each {@link Flaw} that the record has, in one number. */
  public int flaws() {
    int flaws = ids.flaws() | own.ids.flaws() | call.trace.ids.flaws();
    if (identity.touched) {
      flaws |= identity.claims.ids.flaws();
    }
    // An AD FS farm chooses the form of its ids, so an id that is no GUID is no flaw there.
    return category == Category.ADFS ? flaws & ~Flaw.NOT_A_GUID.bit : flaws;
  }

  /**
   * Remembers where in the message a value begins, so that it can be read once the category is
   * known. After sixteen values, further ones are not remembered.
   */
  void defer(Key key, long at) {
    if (deferred < MOST_DEFERRED) {
      deferredKeys[deferred] = key;
      deferredAt[deferred++] = (int) at;
    }
  }

  @Nullable String envelopeTime() {
    return time != null ? time : timeSubstitute;
  }

  /**
   * Returns the earlier value of a time key, or else the parser's current value. The result is null
   * if there is neither. An object or array counts as no value; the first one with content is
   * recorded in {@link #timeMisfit}.
   *
   * @param earlier value that was read under this key before
   * @param name name of the key in the reason of a rejection
   */
  public @Nullable String time(@Nullable String earlier, String name, JsonParser json)
      throws IOException {
    if (!json.currentToken().isStructStart()) {
      return Scalars.first(earlier, json);
    }
    if (Scalars.skippedContent(json) && timeMisfit == null) {
      timeMisfit = name;
    }
    return earlier;
  }
}
