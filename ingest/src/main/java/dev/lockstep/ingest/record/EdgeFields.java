package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a log record of Front Door or of its firewall, read from the record's object {@code
 * properties}.
 */
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

  /** Hash of the texts that the firewall rule matched, or 0 if the record has no such texts. */
  private long matchesHash;

  private @Nullable String matchMessage;
  private @Nullable String matchedData;

  /**
   * Reads the value of a JSON property and returns true, or returns false if records of Front Door
   * have no such property. A workspace has the members of {@code details} as columns of their own.
   */
  boolean take(Key key, JsonParser json, JsonWalker walker) throws IOException {
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
      case DETAILS -> takeDetails(json, walker);
      default -> {
        return takeDetail(key, json, walker);
      }
    }
    return true;
  }

  /**
   * Returns a hash of the details of a firewall match: matched values, message and data. It is 0 if
   * the record has none of them. The order of these fields in the record does not count.
   */
  long detailsHash() {
    return fold(fold(matchesHash, matchMessage), matchedData);
  }

  private void takeDetails(JsonParser json, JsonWalker walker) throws IOException {
    if (json.currentToken().isStructStart() || MultiValueText.isStructure(json)) {
      walker.object(
          json,
          (key, value) -> {
            if (!takeDetail(key, value, walker)) {
              value.skipChildren();
            }
          });
    } else {
      matchMessage = Scalars.first(matchMessage, json);
    }
  }

  private boolean takeDetail(Key key, JsonParser json, JsonWalker walker) throws IOException {
    switch (key) {
      case MATCHES -> {
        if (matchesHash == 0) {
          walker.objects(json, match -> walker.members(match, (name, value) -> foldMatched(value)));
        } else {
          json.skipChildren();
        }
      }
      case MATCH_MESSAGE -> matchMessage = Scalars.first(matchMessage, json);
      case DATA -> matchedData = Scalars.first(matchedData, json);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void foldMatched(JsonParser json) throws IOException {
    int open = 0;
    JsonToken token = json.currentToken();
    do {
      if (token.isStructStart()) {
        open++;
      } else if (token.isStructEnd()) {
        open--;
      } else if (token != JsonToken.FIELD_NAME && token != JsonToken.VALUE_NULL) {
        matchesHash = fold(matchesHash, json.getText());
      }
      token = open > 0 ? json.nextToken() : token;
    } while (open > 0);
  }

  private static long fold(long hash, @Nullable String text) {
    if (text == null) {
      return hash;
    }
    return Fingerprint.fold(Fingerprint.fold(hash == 0 ? Fingerprint.START : hash, text), ",");
  }
}
