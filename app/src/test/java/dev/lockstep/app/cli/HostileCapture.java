package dev.lockstep.app.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Eleven days of the bundled capture with characters that nobody can see in every text of its
 * records, and in the names of its files. Equal texts stay equal where they are ids, so that the
 * rules still fire.
 */
final class HostileCapture {
  /** Characters of every kind that may not reach a terminal; more than two hundred. */
  static final List<Integer> CHARACTERS =
      Stream.of(
              IntStream.rangeClosed(0x01, 0x1f),
              IntStream.rangeClosed(0x7f, 0x9f),
              IntStream.of(0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e),
              IntStream.rangeClosed(0x200b, 0x200f),
              IntStream.rangeClosed(0x2028, 0x202e),
              IntStream.rangeClosed(0x2060, 0x206f),
              IntStream.of(0x3164, 0xe000, 0xfeff, 0xffa0, 0xfff9, 0xffff, 0x10ffff),
              IntStream.rangeClosed(0xfe00, 0xfe0f),
              IntStream.rangeClosed(0xe0001, 0xe007f))
          .flatMapToInt(one -> one)
          .boxed()
          .toList();

  private static final int EACH = 12;

  /** The first date of a message: its day, of which the last has findings of every rule. */
  private static final Pattern DATE = Pattern.compile("2026-1[0-2]-[0-3][0-9]");

  private static final String FIRST_DAY = "2026-11-09";
  private static final String LAST_DAY = "2026-11-19";
  private static final JsonFactory JSON = new JsonFactory();

  private HostileCapture() {}

  /** Writes the files into a folder and returns them. */
  static List<String> write(Path folder) throws IOException {
    List<String> files = new ArrayList<>();
    int shift = 0;
    for (String name : DemoCommand.CAPTURE) {
      Path file = folder.resolve(name.replace(".jsonl.gz", "") + inName(shift++) + ".jsonl");
      List<String> lines = new ArrayList<>();
      try (BufferedReader in =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(HostileCapture.class.getResourceAsStream("/demo/" + name)),
                  StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (isOfTheseDays(line)) {
            lines.add(hostile(line, lines.size()));
          }
        }
      }
      Files.write(file, lines, StandardCharsets.UTF_8);
      files.add(file.toString());
    }
    return files;
  }

  /** Returns the characters that a file's name takes, so that all stand in some name. */
  private static String inName(int shift) {
    StringBuilder name = new StringBuilder();
    for (int i = shift; i < CHARACTERS.size(); i += DemoCommand.CAPTURE.size()) {
      name.appendCodePoint(CHARACTERS.get(i));
    }
    return name.toString();
  }

  private static boolean isOfTheseDays(String line) {
    Matcher date = DATE.matcher(line);
    return !date.find()
        || (date.group().compareTo(FIRST_DAY) >= 0 && date.group().compareTo(LAST_DAY) <= 0);
  }

  private static String hostile(String line, int number) throws IOException {
    StringWriter text = new StringWriter(line.length() * 4);
    try (JsonParser in = JSON.createParser(line);
        JsonGenerator out = JSON.createGenerator(text)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.VALUE_STRING && !isStructure(in.currentName(), in.getText())) {
          out.writeString(in.getText() + some(in.currentName(), in.getText(), number));
        } else {
          out.copyCurrentEvent(in);
        }
      }
    }
    return text.toString();
  }

  private static String some(String key, String value, int number) {
    String name = String.valueOf(key).toLowerCase(Locale.ROOT);
    boolean id = name.endsWith("id") || name.endsWith("name") || name.contains("token");
    int from = Math.floorMod(value.hashCode() + (id ? 0 : number * EACH), CHARACTERS.size());
    StringBuilder some = new StringBuilder();
    for (int i = 0; i < EACH; i++) {
      some.appendCodePoint(CHARACTERS.get((from + i) % CHARACTERS.size()));
    }
    return some.toString();
  }

  /**
   * Returns whether a value is a time, an address, a number, a word that readers go by, or JSON.
   */
  private static boolean isStructure(String key, String value) {
    String name = String.valueOf(key).toLowerCase(Locale.ROOT);
    boolean word =
        name.contains("time")
            || name.contains("date")
            || name.contains("category")
            || name.contains("operation")
            || name.contains("type")
            || name.contains("ip")
            || name.contains("severity")
            || name.contains("source")
            || name.startsWith("$")
            || name.equals("uti")
            || name.contains("method")
            || name.contains("status");
    return word
        || value.isEmpty()
        || value.startsWith("{")
        || value.startsWith("[")
        || value.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.' || c == ':');
  }
}
