package dev.lockstep.ingest.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import dev.lockstep.ingest.outcome.Reason;
import java.io.IOException;

/**
 * JSON parser that measures every text, even a skipped text, and fails if a text is too long. It is
 * slower, so it serves messages in which a text may be too long.
 */
final class MeasuredTexts extends JsonParserDelegate {
  private final int stringBytes;

  MeasuredTexts(JsonParser parser, int stringBytes) {
    super(parser);
    this.stringBytes = stringBytes;
  }

  @Override
  public JsonToken nextToken() throws IOException {
    JsonToken token;
    try {
      token = delegate.nextToken();
    } catch (StreamConstraintsException e) {
      // No text has been read yet, so the value is a number, and longer than even a text may be.
      if (Reason.of(e) == Reason.STRING_TOO_LONG) {
        throw new StreamConstraintsException(
            "a number has more characters than getMaxNumberLength allows",
            delegate.currentLocation());
      }
      throw e;
    }
    if (token == JsonToken.VALUE_STRING) {
      // The request for the length makes the parser read the whole text, and fail if it is too
      // long.
      int chars = delegate.getTextLength();
      if (chars > stringBytes / 3 && bytes(chars) > stringBytes) {
        throw new StreamConstraintsException(
            "a text has more than the %d bytes that getMaxStringLength allows"
                .formatted(stringBytes),
            delegate.currentLocation());
      }
    }
    return token;
  }

  private long bytes(int length) throws IOException {
    char[] chars = delegate.getTextCharacters();
    int from = delegate.getTextOffset();
    long bytes = 0;
    for (int i = from; i < from + length; i++) {
      // Each half of a surrogate pair counts two of the pair's four bytes.
      bytes += chars[i] < 0x80 ? 1 : chars[i] < 0x800 || Character.isSurrogate(chars[i]) ? 2 : 3;
    }
    return bytes;
  }

  @Override
  public JsonParser skipChildren() throws IOException {
    if (!delegate.currentToken().isStructStart()) {
      return this;
    }
    int open = 1;
    while (open > 0) {
      JsonToken token = nextToken();
      if (token == null) {
        return this;
      } else if (token.isStructStart()) {
        open++;
      } else if (token.isStructEnd()) {
        open--;
      }
    }
    return this;
  }
}
