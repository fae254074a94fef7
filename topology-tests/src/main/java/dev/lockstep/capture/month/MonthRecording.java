package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.AlertRecord;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.CallRecord;
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
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * Writer of the simulated month's messages into one file for each hub, in order of arrival. Records
 * that have arrived do not stay in memory.
 */
final class MonthRecording implements AutoCloseable {
  private static final Duration BATCH = Duration.ofSeconds(20);

  /**
   * Record that has not arrived yet.
   *
   * @param seed seed of the values drawn when the record is written, the same for its copies
   */
  private record Entry(Instant arrival, long order, Object what, long seed) {}

  private final Dice dice;
  private final PriorityQueue<Entry> onTheirWay =
      new PriorityQueue<>(Comparator.comparing(Entry::arrival).thenComparing(Entry::order));
  private final Map<Hub, HubMessages> hubs = new EnumMap<>(Hub.class);
  private final Path folder;
  private final String prefix;
  private long records;

  MonthRecording(Path folder, Dice dice) throws IOException {
    this(folder, "", dice);
    for (Hub hub : new Hub[] {Hub.SIGN_INS, Hub.GATEWAY, Hub.XDR}) {
      hub(hub);
    }
  }

  /** Creates a recording whose files begin with a prefix. A hub without records has no file. */
  MonthRecording(Path folder, String prefix, Dice dice) throws IOException {
    this.dice = dice;
    this.folder = Files.createDirectories(folder);
    this.prefix = prefix;
  }

  private HubMessages hub(Hub hub) throws IOException {
    HubMessages messages = hubs.get(hub);
    if (messages == null) {
      OutputStream file = Files.newOutputStream(folder.resolve(prefix + hub.file));
      messages =
          new HubMessages(new BufferedOutputStream(GzipFile.quickly(file), 1 << 16), BATCH, dice);
      hubs.put(hub, messages);
    }
    return messages;
  }

  /** Record whose JSON text is final. */
  private record Written(Hub hub, String json) {}

  void add(Hub hub, Instant at, Duration lag, String json) {
    receive(at.plus(lag), new Written(hub, json), 0);
  }

  void add(SignIn signIn) {
    if (signIn.token.getLeastSignificantBits() == 0) {
      signIn.minting(dice.guid());
    }
    signIn.inFull = dice.oneIn(10);
    long seed = dice.next();
    Instant arrival =
        signIn.at.plus(dice.oneIn(300) ? dice.seconds(3600, 72_000) : dice.seconds(28, 1000));
    receive(arrival, signIn, seed);
    while (dice.below(100) < 3) {
      arrival = arrival.plus(dice.seconds(60, 1500));
      receive(arrival, signIn, seed);
    }
  }

  void add(Call call) {
    long seed = dice.next();
    receive(call.at.plus(dice.seconds(1, 40)), call, seed);
    if (dice.below(100) < 2) {
      receive(call.at.plus(dice.seconds(41, 90)), call, seed);
    }
  }

  void add(Alert alert) {
    receive(alert.at.plus(alert.lag), alert, 0);
  }

  private void receive(Instant arrival, Object what, long seed) {
    onTheirWay.add(new Entry(arrival, records++, what, seed));
  }

  void deliverUntil(Instant now) throws IOException {
    for (Entry next = onTheirWay.peek();
        next != null && next.arrival.isBefore(now);
        next = onTheirWay.peek()) {
      onTheirWay.remove();
      deliver(next);
    }
  }

  private void deliver(Entry entry) throws IOException {
    Dice chance = new Dice(entry.seed);
    UUID correlation = chance.guid();
    if (entry.what instanceof SignIn signIn) {
      String properties = SignInRecord.properties(signIn, chance);
      hub(Hub.SIGN_INS)
          .add(
              entry.arrival, SignInRecord.envelope(signIn, properties, entry.arrival, correlation));
    } else if (entry.what instanceof Call call) {
      hub(Hub.GATEWAY).add(entry.arrival, CallRecord.of(call, correlation, chance));
    } else if (entry.what instanceof Alert alert) {
      hub(Hub.XDR).add(entry.arrival, AlertRecord.info(alert, entry.arrival));
      for (String row : AlertRecord.evidence(alert, entry.arrival)) {
        hub(Hub.XDR).add(entry.arrival, row);
      }
    } else if (entry.what instanceof Written written) {
      hub(written.hub()).add(entry.arrival, written.json());
    }
  }

  long records() {
    return records;
  }

  @Override
  public void close() throws IOException {
    deliverUntil(Instant.MAX);
    for (HubMessages messages : hubs.values()) {
      messages.close();
    }
  }
}
