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
 * Reader of the name of one conditional access policy that applied to a sign-in. Without a name it
 * returns the policy's id. It returns null if the policy did not apply. A record may list dozens of
 * policies, and few apply. Names and ids therefore become texts only when the policy applied.
 */
final class PolicyReader implements JsonWalker.Member {
  private static final String SUCCESS = "success";
  private static final String FAILURE = "failure";

  private final Chars id = new Chars();
  private final Chars name = new Chars();
  private boolean applied;

  void begin() {
    id.length = 0;
    name.length = 0;
    applied = false;
  }

  @Override
  public void take(Key key, JsonParser json) throws IOException {
    switch (key) {
      case ID -> id.read(json);
      case DISPLAY_NAME -> name.read(json);
      case RESULT -> applied |= isApplied(json);
      default -> json.skipChildren();
    }
  }

  @Nullable String appliedName() {
    if (!applied) {
      return null;
    }
    String text = name.text();
    return text != null ? text : id.text();
  }

  private static boolean isApplied(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      json.skipChildren();
      return false;
    }
    int length = json.getTextLength();
    char first = length == 0 ? ' ' : json.getTextCharacters()[json.getTextOffset()];
    // The first character of almost every other result shows that it is neither success nor
    // failure.
    if (first > ' ' && first < 0x80 && "sSfF".indexOf(first) < 0) {
      return false;
    }
    String result = json.getText().strip();
    return result.equalsIgnoreCase(SUCCESS) || result.equalsIgnoreCase(FAILURE);
  }

  /**
   * Buffer for the characters of a policy's id or name. Of several values the first text that is
   * not empty counts.
   */
  private static final class Chars {
    private final char[] chars = new char[Scalars.LABEL_CHARS];
    private int length;

    void read(JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        json.skipChildren();
      } else if (length == 0) {
        length = Math.min(json.getTextLength(), chars.length);
        System.arraycopy(json.getTextCharacters(), json.getTextOffset(), chars, 0, length);
      }
    }

    @Nullable String text() {
      String text = Scalars.present(new String(chars, 0, length));
      return text == null || Guid.isZero(text) ? null : text;
    }
  }
}
