package dev.lockstep.schemas;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * JSON for terminals and files: what {@link Quoted} would not show as itself is written as a JSON
 * escape, so that a parser reads the same text.
 *
 * <p>Jackson asks for one UTF-16 unit at a time, so code points beyond U+FFFF are escaped all.
 */
@NullMarked
public final class EscapedJson {
  /** Factory of such generators, and of ordinary parsers. */
  public static final JsonFactory FACTORY =
      new JsonFactoryBuilder().characterEscapes(new Escapes()).build();

  private EscapedJson() {}

  /** Returns if a code point is written as an escape of six characters for each UTF-16 unit. */
  public static boolean escapes(int point) {
    return point > 0xffff || Quoted.isHidden(point);
  }

  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    private final int[] ascii = standardAsciiEscapesForJSON();

    Escapes() {
      ascii[0x7f] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int unit) {
      return Quoted.isHidden(unit) // a surrogate by itself is
          ? new SerializedString("\\u" + Integer.toHexString(0x10000 | unit).substring(1))
          : null;
    }
  }
}
