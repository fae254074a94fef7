package dev.lockstep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;

/**
 * Decoder that reads the same fields as {@link StreamingDecoder} from a tree of the whole message.
 */
final class TreeDecoder implements Decoder {
  private final ObjectMapper mapper = new ObjectMapper();

  @Override
  public long decode(byte[] body) throws IOException {
    return node(mapper.readTree(body));
  }

  private long node(JsonNode node) throws IOException {
    long sum = 0;
    if (node.isArray()) {
      for (JsonNode element : node) {
        sum += node(element);
      }
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getValue().isContainerNode()) {
        sum += DecodedFields.WITHIN.contains(field.getKey()) ? node(field.getValue()) : 0;
      } else if (DecodedFields.READ.contains(field.getKey())) {
        String text = field.getValue().asText();
        sum += text.length();
        if (field.getKey().equals("message")) {
          sum += node(mapper.readTree(text));
        }
      }
    }
    return sum;
  }
}
