package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.text.Guid;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the values that identify principal, token, event and address. If a key occurs twice,
 * the last value counts, as in most JSON parsers. Ids are trimmed and in NFKC, so that two
 * spellings of one id are equal.
 */
public final class IdReader {
  /** Flaws found, as bits. */
  private int flaws;

  /**
   * True if the first of several values for the same field counts, in place of the last. {@link
   * Flaw#DUPLICATE_KEY} is then not recorded.
   */
  private boolean keepsFirst;

  void clear() {
    flaws = 0;
    keepsFirst = false;
  }

  int flaws() {
    return flaws;
  }

  void record(Flaw flaw) {
    flaws |= flaw.bit;
  }

  /** Skips a value of an unexpected shape, and records the given flaw unless the value is empty. */
  void skip(JsonParser json, Flaw flaw) throws IOException {
    if (json.currentToken().isStructStart()
        ? Scalars.skippedContent(json)
        : Scalars.text(json) != null) {
      record(flaw);
    }
  }

  /**
   * Passes each member of the object at the parser to a function, even if the object is embedded in
   * a text. Any other value is skipped, and recorded as the flaw unless it is empty.
   */
  void object(JsonParser json, JsonWalker walker, JsonWalker.Member member, Flaw flaw)
      throws IOException {
    if (MultiValueText.isObject(json)) {
      walker.object(json, member);
    } else {
      skip(json, flaw);
    }
  }

  /**
   * Returns the earlier value if there is one, or else the text of the parser's current token. The
   * text is trimmed, and cut to {@value Scalars#LABEL_CHARS} characters. An object or list with
   * content is recorded as the flaw.
   */
  @Nullable String word(@Nullable String earlier, JsonParser json, Flaw flaw) throws IOException {
    if (json.currentToken().isStructStart()) {
      skip(json, flaw);
      return earlier;
    }
    return Scalars.label(earlier, json);
  }

  /**
   * Returns the earlier id if there is one, or else the id in the parser's current token. The id is
   * trimmed, and cut to {@value Scalars#TEXT_CHARS} characters; the all-zero GUID counts as absent.
   * An object or list with content is recorded as the flaw.
   */
  @Nullable String wordId(@Nullable String earlier, JsonParser json, Flaw flaw) throws IOException {
    if (json.currentToken().isStructStart()) {
      skip(json, flaw);
      return earlier;
    }
    return Scalars.firstId(earlier, json);
  }

  /**
   * Makes the reader keep the first of several values for the same field, instead of the last.
   * {@link Flaw#DUPLICATE_KEY} is not recorded. A table may have several columns of the same
   * meaning.
   */
  public void keepFirst() {
    keepsFirst = true;
  }

  /**
   * Returns the id or address in the parser's current token, or the earlier value if the token has
   * none. After {@link #keepFirst}, an earlier value is always returned. An object or list with
   * content is recorded as {@link Flaw#BAD_ID}.
   *
   * @param earlier value that was read under this key before
   */
  @Nullable String last(@Nullable String earlier, JsonParser json) throws IOException {
    if (json.currentToken().isStructStart()) {
      skip(json, Flaw.BAD_ID);
      return earlier;
    }
    String text = Scalars.text(json);
    return text == null ? earlier : chosen(earlier, Scalars.normalisedId(text));
  }

  /**
   * Returns the id in the parser's current token in lower case, or the earlier id if the token has
   * none. After {@link #keepFirst}, an earlier id is always returned. The all-zero GUID counts as
   * none. Entra writes such an id as a GUID; another form is recorded as {@link Flaw#NOT_A_GUID},
   * and an object or list with content as {@link Flaw#BAD_ID}.
   *
   * @param earlier value that was read under this key before
   */
  @Nullable String lastGuid(@Nullable String earlier, JsonParser json) throws IOException {
    if (json.currentToken().isStructStart()) {
      skip(json, Flaw.BAD_ID);
      return earlier;
    }
    String text = Scalars.text(json);
    if (text == null) {
      return earlier;
    }
    if (!Guid.isGuid(text)) {
      text = Scalars.lower(Scalars.normalisedId(text));
      if (!Guid.isGuid(text)) {
        flaws |= Flaw.NOT_A_GUID.bit;
      }
    }
    return chosen(earlier, text);
  }

  private @Nullable String chosen(@Nullable String earlier, String text) {
    if (text.isEmpty() || Guid.isZero(text)) {
      return earlier;
    } else if (earlier == null) {
      return text;
    } else if (keepsFirst) {
      return earlier;
    }
    flaws |= Flaw.DUPLICATE_KEY.bit;
    return text;
  }
}
