package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.text.Guid;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Parser of the logged request headers that tell a call's addresses, its user agent and its way
 * through Front Door. Headers come as one object, as a list of objects, or as a list of {@code
 * {name, value}} or {@code {key, value}}. Each of these may be JSON within a text. A value is a
 * text or an array of texts.
 *
 * <p>The client's address is decided later, by {@code ClientAddress} of {@code enrichment}.
 */
final class RequestHeaders {
  private final Key.Table keys;
  private final JsonWalker walker;

  RequestHeaders(Key.Table keys, JsonWalker walker) {
    this.keys = keys;
    this.walker = walker;
  }

  void read(JsonParser json, CallFields fields) throws IOException {
    walker.objects(json, object -> readObject(object, fields));
  }

  private void readObject(JsonParser json, CallFields fields) throws IOException {
    Key named = Key.OTHER;
    String value = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      Key key = keys.of(json.currentName());
      json.nextToken();
      switch (key) {
        case SOCKET_IP_HEADER,
            FORWARDED_FOR_HEADER,
            AZURE_REF_HEADER,
            USER_AGENT_HEADER,
            FRONT_DOOR_ID_HEADER ->
            put(key, value(json), fields);
        case NAME, KEY -> {
          String name = Scalars.text(json);
          named = name == null ? Key.OTHER : keys.of(name);
        }
        case VALUE -> value = value(json);
        default -> json.skipChildren();
      }
    }
    put(named, value, fields);
  }

  private static void put(Key header, @Nullable String value, CallFields fields) {
    if (value == null) {
      return;
    }
    switch (header) {
      case SOCKET_IP_HEADER ->
          fields.socketIp = fields.socketIp == null ? Scalars.bounded(value) : fields.socketIp;
      case FORWARDED_FOR_HEADER -> {
        // A repeated header is one list, in order.
        String earlier = fields.forwardedFor;
        fields.forwardedFor = nearest(earlier == null ? value : earlier + "," + value);
      }
      case AZURE_REF_HEADER ->
          fields.azureRef = fields.azureRef == null ? Scalars.bounded(value) : fields.azureRef;
      case USER_AGENT_HEADER ->
          fields.userAgent = fields.userAgent == null ? Scalars.label(value) : fields.userAgent;
      case FRONT_DOOR_ID_HEADER -> {
        String earlier = fields.frontDoorId;
        fields.frontDoorId = profiles(earlier == null ? value : earlier + "," + value);
      }
      default -> {}
    }
  }

  private static @Nullable String profiles(String list) {
    return Guid.isZero(list) ? null : Scalars.bounded(list);
  }

  /**
   * Returns the value of the header that the parser has reached, or null if the value is absent.
   * The elements of an array are joined by commas. The values of a repeated header are joined in
   * the same way.
   */
  static @Nullable String value(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return Scalars.raw(json);
    }
    StringBuilder list = new StringBuilder();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String item = Scalars.raw(json);
      if (item != null) {
        list.append(list.isEmpty() ? "" : ",").append(item);
      }
    }
    return Scalars.present(list.toString());
  }

  /**
   * Returns a comma-separated list of addresses, shortened from the left if it has more than
   * {@value Scalars#TEXT_CHARS} characters. The nearest proxies wrote the right end, the caller
   * wrote the left end. The cut is at a comma, because half an address may be another address.
   * Without a comma to cut at, the result is {@code (too long)}.
   */
  static String nearest(String list) {
    if (list.length() <= Scalars.TEXT_CHARS) {
      return list;
    }
    int comma = list.indexOf(',', list.length() - Scalars.TEXT_CHARS - 1);
    return comma < 0 ? "(too long)" : list.substring(comma + 1);
  }
}
