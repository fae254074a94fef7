package dev.lockstep.app.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.app.terminal.TextTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Text that tells a person to which application, object and tenant a token belongs. */
final class TokenClaimsText {
  private static final Map<String, String> NAMES =
      Map.of("appid", "application", "azp", "application", "oid", "object", "tid", "tenant");
  private static final int MOST_CHARS = 64;

  private TokenClaimsText() {}

  /**
   * Returns a text with the ids of application, object and tenant that the claims contain. If the
   * claims contain none of these ids, the text says that the token does not name its identity.
   *
   * @param claims JSON object; empty for an opaque token
   */
  static String of(String claims) {
    Map<String, String> found = new TreeMap<>();
    try (JsonParser json = new JsonFactory().createParser(claims)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = NAMES.get(json.currentName());
          if (json.nextToken() == JsonToken.VALUE_STRING && name != null) {
            found.put(name, TextTable.shown(json.getText(), MOST_CHARS));
          } else {
            json.skipChildren();
          }
        }
      }
    } catch (IOException e) {
      return "an identity that its token does not name";
    }
    List<String> words = new ArrayList<>();
    found.forEach((name, value) -> words.add(name + " " + value));
    return words.isEmpty() ? "an identity that its token does not name" : String.join(", ", words);
  }
}
