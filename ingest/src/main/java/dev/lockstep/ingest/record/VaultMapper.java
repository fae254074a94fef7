package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Request;
import org.jspecify.annotations.Nullable;

/** Mapper of a key vault call to an activity. */
final class VaultMapper {
  private static final String PROVIDERS = "/providers/";
  private static final String VAULTS = "microsoft.keyvault/";

  private VaultMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    if (isOfAnotherService(f.resourceId)) {
      return new Outcome.Ignored(f.categoryText);
    }
    VaultFields call = f.vault;
    Outcome untimed = f.times.read(f, slice, category, "time", null);
    if (untimed != null) {
      return untimed;
    }
    int status = (int) Scalars.whole(call.httpStatusCode, Integer.MAX_VALUE, -1);
    String id = ActivityMapper.idOf(id(f, call, status), slice, f.times);
    Activity activity =
        ActivityMapper.activity(ActivityKind.VAULT_CALL, category, id, slice, f.times);
    activity.setAddress(f.callerIpAddress);
    activity.setStatus(status);
    activity.setPrincipal(f.identity.principal());
    activity.setToken(f.identity.token());
    activity.setUserAgent(call.clientInfo);
    ActivityMapper.setContext(activity, f, f.operationName, f.resultDescription, f.correlationId);
    String uri = call.requestUri != null ? call.requestUri : call.id;
    if (uri != null) {
      Request request = new Request();
      RequestTarget.put(request, uri);
      activity.setRequest(request);
    }
    return TimeBounds.judged(activity, slice);
  }

  private static boolean isOfAnotherService(@Nullable String resourceId) {
    if (resourceId == null) {
      return false;
    }
    String resource = Scalars.lower(resourceId);
    // The log of another service has the same name, but another meaning.
    int provider = resource.indexOf(PROVIDERS);
    return provider >= 0 && !resource.startsWith(VAULTS, provider + PROVIDERS.length());
  }

  /**
   * Returns the event id of a call, or null if operation, URI and correlation id are absent. The id
   * consists of the correlation id, if the call has one, and a hash of the fields. A vault gives
   * its records no id, and a client may give many calls the same correlation id.
   *
   * <p>A workspace writes resources and claims in lower case and numbers as decimals, and its
   * portal cuts times to milliseconds. So that copies of a call have one id, these differences do
   * not count. Without a correlation id the whole time counts.
   */
  private static @Nullable String id(RecordFields f, VaultFields call, int status) {
    if (f.operationName == null && call.requestUri == null && f.correlationId == null) {
      return null;
    }
    String hash =
        Fingerprint.of(
            f.correlationId == null ? f.times.instant() : Long.toString(f.times.eventAt),
            Scalars.lowerOrNull(f.resourceId),
            f.operationName,
            f.resultSignature,
            f.callerIpAddress,
            Scalars.lowerOrNull(f.identity.claims.oid),
            call.id,
            call.requestUri,
            status < 0 ? null : Integer.toString(status));
    return f.correlationId == null ? hash : f.correlationId + "/" + hash;
  }
}
