package dev.lockstep.capture.record;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builder of a Defender alert. By default the alert has severity Medium and comes from Defender for
 * Endpoint.
 */
public final class Alert {
  /**
   * Account that the alert names.
   *
   * @param byName whether the alert names it by its user principal name only
   */
  record Named(Account account, boolean byName) {}

  final String id;
  public final Instant at;
  String title = "Connection from an address that is known for attacks";
  public String severity = "Medium";
  String source = "Microsoft Defender for Endpoint";
  public Duration lag = Duration.ofMinutes(2);
  public boolean oldRows;
  final List<Named> named = new ArrayList<>();
  final List<String> addresses = new ArrayList<>();

  private Alert(String id, Instant at) {
    this.id = id;
    this.at = at;
  }

  public static Alert raised(Dice dice, Instant at) {
    return new Alert("da" + dice.guid().toString().replace("-", "") + "_1", at);
  }

  public static String[] ids(Alert... alerts) {
    return Arrays.stream(alerts).map(alert -> alert.id).sorted().toArray(String[]::new);
  }

  public Alert naming(Account account) {
    named.add(new Named(account, false));
    return this;
  }

  public Alert namingByName(Account account) {
    named.add(new Named(account, true));
    return this;
  }

  public Alert naming(String... more) {
    addresses.addAll(List.of(more));
    return this;
  }

  public Alert severity(String severity) {
    this.severity = severity;
    return this;
  }

  public Alert by(String source, String title) {
    this.source = source;
    this.title = title;
    return this;
  }

  /** Sets the time from the alert to the arrival of its records. It has no effect on an export. */
  public Alert arriving(Duration lag) {
    this.lag = lag;
    return this;
  }

  /**
   * Leaves title, severity and detection source out of the rows of evidence, as was usual in 2022.
   */
  public Alert oldRows() {
    oldRows = true;
    return this;
  }
}
