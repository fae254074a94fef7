package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.message.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A made capture of which one record in twenty is damaged, and which knows what must come of each.
 */
final class DamagedCapture {
  /** A record as it was meant, as it arrives, and what broke it; null if nothing did. */
  record Sent(String whole, String arrived, @Nullable DamageKind damage) {}

  final List<Sent> records = new ArrayList<>();
  final List<String> messages = new ArrayList<>();

  /**
   * Makes a capture.
   *
   * @param form of the messages: 0 envelopes, 1 arrays, 2 a bare record each, 3 a bare record a
   *     line
   * @param perMessage how many records a message has
   */
  DamagedCapture(long seed, int count, int form, int perMessage) {
    Random random = new Random(seed);
    DamageKind[] kinds = DamageKind.values();
    int kind = random.nextInt(kinds.length);
    for (int i = 0; i < count; i++) {
      // Azure's messages hold one category each.
      String whole = whole(i, (i / perMessage * 7 + form) % 6);
      if (random.nextInt(20) == 0) {
        DamageKind damage = kinds[kind++ % kinds.length];
        if (damage == DamageKind.FLIPPED_BRACE && i > 0 && records.get(i - 1).damage() != null) {
          // A record without its first byte looks like more of the damaged one before it.
          damage = kinds[kind++ % kinds.length];
        }
        records.add(new Sent(whole, arrived(damage, whole, random), damage));
      } else {
        records.add(new Sent(whole, whole, null));
      }
    }
    for (int i = 0; i < count; i += perMessage) {
      List<Sent> some = records.subList(i, Math.min(count, i + perMessage));
      messages.add(message(some, form));
    }
  }

  private static String message(List<Sent> some, int form) {
    StringBuilder message = new StringBuilder(form == 0 ? "{\"records\":[" : form == 1 ? "[" : "");
    for (int i = 0; i < some.size(); i++) {
      boolean glued = i > 0 && some.get(i).damage() == DamageKind.GLUED;
      message.append(i == 0 || glued ? "" : form == 3 ? "\n" : ",").append(some.get(i).arrived());
    }
    return message.append(form == 0 ? "]}" : form == 1 ? "]" : "").toString();
  }

  private static String arrived(DamageKind damage, String whole, Random random) {
    return switch (damage) {
      case TIME_OF_WRONG_TYPE -> broken(whole, "{\"at\":[1]}");
      case NO_ID -> withoutId(whole);
      default -> damage.apply(whole, random);
    };
  }

  /** Puts another value where the time is that decides. */
  private static String broken(String whole, String value) {
    for (String key :
        List.of("\"createdDateTime\":", "\"StartTimeUtc\":", "\"Timestamp\":", "\"time\":")) {
      int at = whole.indexOf(key);
      if (at >= 0) {
        int from = at + key.length();
        return whole.substring(0, from) + value + whole.substring(whole.indexOf('"', from + 1) + 1);
      }
    }
    throw new AssertionError(whole);
  }

  private static String withoutId(String whole) {
    for (String key : List.of("\"properties\":{\"id\":", "\"AlertId\":", "\"SystemAlertId\":")) {
      int at = whole.indexOf(key);
      if (at >= 0) {
        int from = at + key.length();
        return whole.substring(0, from)
            + "\"\""
            + whole.substring(whole.indexOf('"', from + 1) + 1);
      }
    }
    int from = whole.indexOf("\"correlationId\":") + 16;
    return whole.substring(0, from) + "\"\"" + whole.substring(whole.indexOf('"', from + 1) + 1);
  }

  private static String whole(int i, int category) {
    String number = "%06d".formatted(i);
    String marked = "\"x\":\"y\",";
    return switch (category) {
      case 0 ->
          Records.SIGN_IN
              .replace(Records.GUID, "3f2504e0-4f89-41d3-9a0c-000000" + number)
              .replace("\"userId\"", marked + "\"userId\"");
      case 1 ->
          Records.ALERT
              .replace("alert-1", "alert-" + number)
              .replace("\"Severity\"", marked + "\"Severity\"");
      case 2 ->
          Records.ALERT_INFO
              .replace("da-1", "da-" + number)
              .replace("\"Title\"", marked + "\"Title\"");
      case 3 ->
          Records.evidence("'EntityType':'Ip','RemoteIP':'81.2.69.142','x':'y','Extra':" + i)
              .replace("da-1", "da-" + number);
      default ->
          Records.CALL
              .replace("call-1", "call-" + number)
              .replace("\"apiId\"", marked + "\"apiId\"");
    };
  }
}
