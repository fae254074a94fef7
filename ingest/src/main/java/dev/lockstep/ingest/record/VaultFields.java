package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Fields that are read from the object {@code properties} in the record of a key vault call. */
final class VaultFields {
  @Nullable String id;
  @Nullable String requestUri;
  @Nullable String httpStatusCode;
  @Nullable String clientInfo;

  /**
   * Reads the value of a JSON property if records of key vaults have that property, and returns
   * whether they do. The value of any other property stays unread.
   */
  boolean take(Key key, JsonParser json) throws IOException {
    switch (key) {
      case ID -> id = Scalars.first(id, json);
      case REQUEST_URI -> requestUri = Scalars.first(requestUri, json);
      case HTTP_STATUS_CODE -> httpStatusCode = Scalars.first(httpStatusCode, json);
      case CLIENT_INFO -> clientInfo = Scalars.label(clientInfo, json);
      default -> {
        return false;
      }
    }
    return true;
  }
}
