package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Fields read from {@code properties} of a record of Front Door or of Front Door's firewall. */
public final class EdgeFields {
  @Nullable String trackingReference;
  @Nullable String clientIp;
  @Nullable String socketIp;
  @Nullable String method;
  @Nullable String requestUri;
  @Nullable String hostName;
  @Nullable String userAgent;
  public @Nullable String httpStatusCode;
  @Nullable String receivedFromClient;
  @Nullable String ruleName;
  @Nullable String policy;
  @Nullable String action;
  @Nullable String policyMode;

  /** Hash of the details that the firewall rule matched. */
  long detailsHash;

  boolean take(Key key, JsonParser json) throws IOException {
    switch (key) {
      case TRACKING_REFERENCE -> trackingReference = Scalars.first(trackingReference, json);
      case CLIENT_IP -> clientIp = Scalars.first(clientIp, json);
      case SOCKET_IP -> socketIp = Scalars.first(socketIp, json);
      case HTTP_METHOD -> method = Scalars.label(method, json);
      case REQUEST_URI -> requestUri = Scalars.first(requestUri, json);
      case HOST_NAME, HOST -> hostName = Scalars.label(hostName, json);
      case USER_AGENT -> userAgent = Scalars.label(userAgent, json);
      case HTTP_STATUS_CODE -> httpStatusCode = Scalars.first(httpStatusCode, json);
      case IS_RECEIVED_FROM_CLIENT -> receivedFromClient = Scalars.first(receivedFromClient, json);
      case RULE_NAME -> ruleName = Scalars.label(ruleName, json);
      case POLICY -> policy = Scalars.label(policy, json);
      case ACTION -> action = Scalars.label(action, json);
      case POLICY_MODE -> policyMode = Scalars.label(policyMode, json);
      case DETAILS -> takeDetails(json);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void takeDetails(JsonParser json) throws IOException {
    long hash = Fingerprint.START;
    int open = 0;
    JsonToken token = json.currentToken();
    do {
      if (token.isStructStart()) {
        open++;
      } else if (token.isStructEnd()) {
        open--;
      } else if (token != JsonToken.FIELD_NAME && token != JsonToken.VALUE_NULL) {
        hash = Fingerprint.fold(hash, json.getText());
        hash = Fingerprint.fold(hash, ",");
      }
      token = open > 0 ? json.nextToken() : token;
    } while (open > 0);
    detailsHash = detailsHash == 0 ? hash : detailsHash;
  }
}
