package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Fields read from {@code properties} of the record of a gateway call. */
public final class CallFields {
  public @Nullable String responseCode;
  @Nullable String apimSubscriptionId;
  @Nullable String productId;
  @Nullable String apiId;
  @Nullable String operationId;
  @Nullable String method;
  @Nullable String url;

  // lastError
  @Nullable String errorSource;
  @Nullable String errorReason;

  // logged request headers
  @Nullable String socketIp;
  @Nullable String forwardedFor;
  @Nullable String azureRef;
  @Nullable String userAgent;
  @Nullable String frontDoorId;

  /**
   * Fields of the identity link that the gateway wrote as a trace into the record of the call. They
   * are empty if the record has no such trace.
   */
  LinkFields trace = new LinkFields();

  void clear() {
    responseCode = null;
    apimSubscriptionId = null;
    productId = null;
    apiId = null;
    operationId = null;
    method = null;
    url = null;
    errorSource = null;
    errorReason = null;
    socketIp = null;
    forwardedFor = null;
    azureRef = null;
    userAgent = null;
    frontDoorId = null;
    clearTraces();
  }

  void clearTraces() {
    if (trace.isPresent()) {
      trace = new LinkFields();
    }
  }

  boolean take(Key key, JsonParser json, IdReader ids) throws IOException {
    switch (key) {
      case RESPONSE_CODE -> responseCode = Scalars.first(responseCode, json);
      case APIM_SUBSCRIPTION_ID -> apimSubscriptionId = ids.last(apimSubscriptionId, json);
      case PRODUCT_ID -> productId = Scalars.first(productId, json);
      case API_ID -> apiId = Scalars.first(apiId, json);
      case OPERATION_ID -> operationId = Scalars.first(operationId, json);
      case METHOD -> method = Scalars.label(method, json);
      case URL -> url = Scalars.first(url, json);
      case LAST_ERROR_SOURCE -> errorSource = ids.word(errorSource, json, Flaw.BAD_LAST_ERROR);
      case LAST_ERROR_REASON -> errorReason = ids.word(errorReason, json, Flaw.BAD_LAST_ERROR);
      default -> {
        return false;
      }
    }
    return true;
  }

  void takeError(Key key, JsonParser json, IdReader ids) throws IOException {
    switch (key) {
      case SOURCE -> errorSource = ids.word(errorSource, json, Flaw.BAD_LAST_ERROR);
      case REASON -> errorReason = ids.word(errorReason, json, Flaw.BAD_LAST_ERROR);
      default -> json.skipChildren();
    }
  }
}
