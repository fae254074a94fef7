package dev.lockstep.ingest.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * A way in which a record is broken on its way. Works on Latin-1 text, one character a byte, so
 * that no byte is out of reach.
 */
enum DamageKind {
  CUT,
  HALF_KEPT,
  FLIPPED_QUOTE,
  FLIPPED_BRACE,
  CONTROL_BYTE,
  NO_UTF8,
  NUL_RUN,
  BRACE_LOST,
  BRACE_DOUBLED,
  BRACKET_ADDED,
  QUOTE_ADDED,
  QUOTE_LOST,
  ESCAPE_CUT,
  SINGLE_QUOTES,
  KEY_TWICE,
  HUGE_NUMBER,
  DEEP,
  LONG_TEXT,
  LONG_KEY,
  TIME_OF_WRONG_TYPE,
  NO_ID,
  COMMA_LOST,
  COLON_LOST,
  BYTE_ORDER_MARK,
  NOT_A_NUMBER,
  GLUED;

  static final int STRING_BYTES = 4096;

  /** Whether the record is read, as what is broken lies beside it or does not matter. */
  boolean leavesTheRecord() {
    return switch (this) {
      case KEY_TWICE, GLUED, BRACE_DOUBLED, BRACKET_ADDED -> true;
      default -> false;
    };
  }

  /** Returns the record, which has a key {@code "x":"y"} in its middle, as it arrives. */
  String apply(String record, Random random) {
    int middle = record.indexOf("\"x\":\"y\"");
    String before = record.substring(0, middle);
    String after = record.substring(middle + 7);
    return switch (this) {
      case CUT -> record.substring(0, middle + random.nextInt(record.length() - middle - 1));
      case HALF_KEPT -> before + "\"x\":\"y";
      case FLIPPED_QUOTE -> before + "#x\":\"y\"" + after;
      case FLIPPED_BRACE -> ";" + record.substring(1);
      case CONTROL_BYTE -> before + "\"x\":\"\u0007\"" + after;
      case NO_UTF8 -> before + "\"x\":\"\u00ff\"" + after;
      case NUL_RUN -> before + "\"x\":\"" + "\0".repeat(20) + "\"" + after;
      case BRACE_LOST -> record.substring(0, record.length() - 1);
      case BRACE_DOUBLED -> record + "}";
      case BRACKET_ADDED -> record + "]";
      case QUOTE_ADDED -> before + "\"x\":\"y\"\"" + after;
      case QUOTE_LOST -> before + "\"x\":y\"" + after;
      case ESCAPE_CUT -> before + "\"x\":\"\\u00\"" + after;
      case SINGLE_QUOTES -> record.replace('"', '\'');
      case KEY_TWICE -> before + "\"x\":\"y\",\"x\":\"z\"" + after;
      case HUGE_NUMBER -> before + "\"x\":" + "7".repeat(120) + after;
      case DEEP -> before + "\"x\":" + "[".repeat(70) + "]".repeat(70) + after;
      case LONG_TEXT -> before + "\"x\":\"" + "z".repeat(STRING_BYTES + 1) + "\"" + after;
      case LONG_KEY -> before + "\"" + "k".repeat(300) + "\":1" + after;
      case TIME_OF_WRONG_TYPE -> record; // by the capture, which knows where the time stands
      case NO_ID -> record; // likewise
      case COMMA_LOST -> before + "\"x\":\"y\"" + after.replaceFirst(",", "");
      case COLON_LOST -> before + "\"x\"\"y\"" + after;
      case BYTE_ORDER_MARK -> before + "\u00ef\u00bb\u00bf\"x\":\"y\"" + after;
      case NOT_A_NUMBER -> before + "\"x\":NaN" + after;
      case GLUED -> record;
    };
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
