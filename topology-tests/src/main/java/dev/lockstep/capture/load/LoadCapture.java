package dev.lockstep.capture.load;

import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.GzipFile;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.HubMessages;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.SignInRecord;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * Capture of any size for measurements, with 10,000 users over three days.
 *
 * <p>There are six sign-ins for every four gateway calls. Three of a hundred records are delivered
 * twice. Writing it takes the same memory at any size.
 */
public final class LoadCapture {
  private static final Instant FIRST = Instant.parse("2026-11-18T00:00:00Z");
  private static final Duration SPAN = Duration.ofDays(3);
  private static final Duration BATCH = Duration.ofSeconds(5);

  /** Record that has not been written to its hub yet. */
  private record Entry(Instant arrival, long order, Hub hub, String json) {}

  private final Dice dice;
  private final LoadUsers users;
  private final PriorityQueue<Entry> onTheirWay =
      new PriorityQueue<>(Comparator.comparing(Entry::arrival).thenComparing(Entry::order));
  private final HubMessages signIns;
  private final HubMessages calls;
  private final long records;
  private long received;

  private LoadCapture(OutputStream out, long records, long seed) {
    this.dice = new Dice(seed);
    this.signIns = new HubMessages(out, BATCH, dice);
    this.calls = new HubMessages(out, BATCH, dice);
    this.records = records;
    this.users = new LoadUsers(dice);
  }

  /**
   * Writes a capture. The arguments are the file, the number of records and the seed. The file is
   * compressed if its name ends in {@code .gz}.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      throw new IllegalArgumentException(
          "could not write the capture: three arguments are needed; give the file, the number of"
              + " records and the seed");
    }
    write(Path.of(arguments[0]), Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
  }

  /** Writes a capture with the given number of records, of which some are copies of others. */
  public static void write(Path file, long records, long seed) throws IOException {
    OutputStream raw = Files.newOutputStream(file);
    boolean compressed = file.toString().endsWith(".gz");
    try (OutputStream out =
        new BufferedOutputStream(compressed ? GzipFile.quickly(raw) : raw, 1 << 16)) {
      new LoadCapture(out, records, seed).play();
    }
  }

  private void play() throws IOException {
    for (long index = 0; received < records; index++) {
      Instant at =
          FIRST.plusNanos(
              (long) (SPAN.toNanos() * ((double) index / records)) / 1_000_000 * 1_000_000);
      deliverUntil(at);
      int user = dice.below(LoadUsers.COUNT);
      if (dice.below(10) < 6) {
        signIn(user, at);
      } else {
        receive(at, Hub.GATEWAY, users.call(user, at), false);
      }
    }
    deliverUntil(Instant.MAX);
    signIns.flush();
    calls.flush();
  }

  private void signIn(int user, Instant at) {
    SignIn signIn = users.signIn(user, at);
    UUID correlation = dice.guid();
    String properties = SignInRecord.properties(signIn, dice);
    Instant arrival = at.plus(dice.seconds(60, 400));
    receive(
        arrival,
        Hub.SIGN_INS,
        SignInRecord.envelope(signIn, properties, arrival, correlation),
        true);
    if (dice.below(100) < 3) {
      Instant again = arrival.plus(dice.seconds(60, 540));
      receive(
          again, Hub.SIGN_INS, SignInRecord.envelope(signIn, properties, again, correlation), true);
    }
  }

  private void receive(Instant arrival, Hub hub, String json, boolean copied) {
    if (received == records) {
      return;
    }
    onTheirWay.add(new Entry(arrival, received++, hub, json));
    if (!copied && dice.below(100) < 3 && received < records) {
      onTheirWay.add(new Entry(arrival.plus(dice.seconds(1, 40)), received++, hub, json));
    }
  }

  private void deliverUntil(Instant now) throws IOException {
    for (Entry next = onTheirWay.peek();
        next != null && next.arrival.isBefore(now);
        next = onTheirWay.peek()) {
      onTheirWay.remove();
      (next.hub == Hub.SIGN_INS ? signIns : calls).add(next.arrival, next.json);
    }
  }
}
