package dev.lockstep.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Decoder that reads the same fields as the product, but by Jackson's parser alone. It has no
 * limits, no case folding, no JSON recovery and no activities.
 */
public final class StreamingDecoder implements Decoder {
  private final JsonFactory factory = new JsonFactory();

  @Override
  public long decode(byte[] body) throws IOException {
    try (JsonParser json = factory.createParser(body)) {
      return object(json);
    }
  }

  private long object(JsonParser json) throws IOException {
    long sum = 0;
    for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
      if (token != JsonToken.FIELD_NAME) {
        continue;
      }
      String name = json.currentName();
      token = json.nextToken();
      if (token.isStructStart()) {
        if (!DecodedFields.WITHIN.contains(name)) {
          json.skipChildren();
        }
      } else if (DecodedFields.READ.contains(name)) {
        String text = json.getText();
        sum += text.length();
        if (name.equals("message") && text.startsWith("{")) {
          try (JsonParser inner = factory.createParser(text)) {
            sum += object(inner);
          }
        }
      }
    }
    return sum;
  }
}
