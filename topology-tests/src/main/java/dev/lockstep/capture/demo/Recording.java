package dev.lockstep.capture.demo;

import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.AlertRecord;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.CallRecord;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.GzipFile;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.HubMessages;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.SignInRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Recorder of the messages that the demo's hubs receive, which collects the records of all cases
 * and writes them in order of arrival.
 */
final class Recording {
  private static final int COPY_ONE_IN = 33;
  private static final Duration BATCH = Duration.ofMinutes(2);

  /** Record with its time of arrival. */
  private record Entry(Instant arrival, String json) {}

  private final Dice dice;
  private final Map<Hub, List<Entry>> entries = new EnumMap<>(Hub.class);
  private final Map<String, Integer> byCategory = new TreeMap<>();
  private int copies;

  Recording(Dice dice) {
    this.dice = dice;
  }

  UUID token() {
    return dice.guid();
  }

  void add(SignIn signIn) {
    if (signIn.token.getLeastSignificantBits() == 0) {
      signIn.minting(dice.guid());
    }
    if (signIn.lag.isZero()) {
      signIn.arriving(Duration.between(signIn.at, nextFlush(signIn.at)));
    }
    if (dice.oneIn(8)) {
      signIn.inFull();
    }
    UUID correlation = dice.guid();
    String properties = SignInRecord.properties(signIn, dice);
    Instant arrival = signIn.at.plus(signIn.lag);
    add(
        Hub.SIGN_INS,
        signIn.category,
        arrival,
        SignInRecord.envelope(signIn, properties, arrival, correlation));
    if (signIn.copies && dice.oneIn(COPY_ONE_IN)) {
      copies++;
      Instant again = arrival.plus(dice.seconds(60, 540));
      add(
          Hub.SIGN_INS,
          signIn.category,
          again,
          SignInRecord.envelope(signIn, properties, again, correlation));
    }
  }

  private Instant nextFlush(Instant at) {
    // Sign-ins arrive in batches, every five minutes, and a minute after the sign-in at the
    // earliest.
    long flush = (at.getEpochSecond() + 60) / 300 * 300 + 300;
    return Instant.ofEpochSecond(flush).plus(dice.seconds(0, 20));
  }

  void addTwice(SignIn signIn, Duration apart) {
    UUID correlation = dice.guid();
    signIn.minting(dice.guid());
    String properties = SignInRecord.properties(signIn, dice);
    for (Instant arrival :
        List.of(signIn.at.plus(signIn.lag), signIn.at.plus(signIn.lag).plus(apart))) {
      add(
          Hub.SIGN_INS,
          signIn.category,
          arrival,
          SignInRecord.envelope(signIn, properties, arrival, correlation));
    }
    copies++;
  }

  void add(Call call) {
    UUID correlation = dice.guid();
    String json = CallRecord.of(call, correlation, dice);
    add(Hub.GATEWAY, "GatewayLogs", call.at, json);
    if (call.copies && dice.oneIn(COPY_ONE_IN)) {
      copies++;
      add(Hub.GATEWAY, "GatewayLogs", call.at.plus(dice.seconds(1, 40)), json);
    }
    Link message = call.message;
    if (message != null) {
      link(call.at.plus(call.messageAfter), CallRecord.message(call, message, correlation));
    }
  }

  void orphan(Call call, Link link) {
    link(call.at, CallRecord.message(call, link, dice.guid()));
  }

  void export(Alert alert) {
    add(Hub.ALERTS, "SecurityAlert", alert.at, AlertRecord.exported(alert));
  }

  void stream(Alert alert) {
    info(alert, alert.lag);
    evidence(alert, alert.lag.plus(dice.seconds(1, 20)));
  }

  void info(Alert alert, Duration lag) {
    Instant arrival = alert.at.plus(lag);
    add(Hub.XDR, "AdvancedHunting-AlertInfo", arrival, AlertRecord.info(alert, arrival));
  }

  void evidence(Alert alert, Duration lag) {
    Instant arrival = alert.at.plus(lag);
    for (String row : AlertRecord.evidence(alert, arrival)) {
      add(Hub.XDR, "AdvancedHunting-AlertEvidence", arrival, row);
    }
  }

  /** Adds one record, given as JSON, that a hub receives at the given time of arrival. */
  void add(Hub hub, String category, Instant arrival, String json) {
    hub(hub).add(new Entry(arrival, json));
    byCategory.merge(category, 1, Integer::sum);
  }

  int copies() {
    return copies;
  }

  int records() {
    return entries.values().stream().mapToInt(List::size).sum();
  }

  /** Returns the number of records by category, including copies but not identity links. */
  Map<String, Integer> byCategory() {
    return byCategory;
  }

  void write(Path folder) throws IOException {
    for (Hub hub : Hub.values()) {
      List<Entry> ordered = new ArrayList<>(hub(hub));
      ordered.sort(Comparator.comparing(Entry::arrival));
      try (OutputStream out = GzipFile.output(Files.newOutputStream(folder.resolve(hub.file)))) {
        if (!hub.enveloped()) {
          for (Entry entry : ordered) {
            out.write((entry.json + "\n").getBytes(StandardCharsets.UTF_8));
          }
        } else {
          HubMessages messages = new HubMessages(out, BATCH, dice);
          for (Entry entry : ordered) {
            messages.add(entry.arrival, entry.json);
          }
          messages.flush();
        }
      }
    }
  }

  private List<Entry> hub(Hub hub) {
    return entries.computeIfAbsent(hub, any -> new ArrayList<>());
  }

  private void link(Instant arrival, String json) {
    hub(Hub.LINKS).add(new Entry(arrival, json));
  }
}
