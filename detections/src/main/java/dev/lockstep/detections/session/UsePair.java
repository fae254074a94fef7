package dev.lockstep.detections.session;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.NetworkVerdict;
import dev.lockstep.rules.Severities;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pair of uses of one session, compared for signs of two machines, such as a changed device. The
 * earlier use began first.
 */
record UsePair(Fact earlier, Fact later, long maxMillis)
    implements Supplier<List<GateChecked>>, Consumer<Fired> {
  static UsePair of(Fact one, Fact other, long maxMillis) {
    return one.isBefore(other)
        ? new UsePair(one, other, maxMillis)
        : new UsePair(other, one, maxMillis);
  }

  boolean isClose() {
    return earlier.isWithin(maxMillis, later);
  }

  @Nullable String reason() {
    return isUnbound()
        ? SessionReplay.UNBOUND
        : isDeviceChanged()
            ? SessionReplay.DEVICE_CHANGED
            : isClientChanged()
                ? SessionReplay.CLIENT_CHANGED
                : isHosting() ? SessionReplay.HOSTING : null;
  }

  private int reasons() {
    return (isUnbound() ? 1 : 0)
        + (isDeviceChanged() ? 1 : 0)
        + (isClientChanged() ? 1 : 0)
        + (isHosting() ? 1 : 0);
  }

  private boolean isUnbound() {
    String one = earlier.text(SessionReplay.BINDING);
    String other = later.text(SessionReplay.BINDING);
    return ("bound".equals(one) && "unbound".equals(other))
        || ("unbound".equals(one) && "bound".equals(other));
  }

  private boolean isDeviceChanged() {
    String one = earlier.text(SessionReplay.DEVICE);
    String other = later.text(SessionReplay.DEVICE);
    if (one != null && other != null) {
      return !one.equals(other);
    }
    return areSignIns() && !Objects.equals(one, other);
  }

  /** Returns whether both uses name a device, and the two devices differ. */
  boolean areOfTwoDevices() {
    String one = earlier.text(SessionReplay.DEVICE);
    String other = later.text(SessionReplay.DEVICE);
    return one != null && other != null && !one.equals(other);
  }

  private boolean isClientChanged() {
    return areSignIns()
        && (differs(SessionReplay.SYSTEM)
            || (isSame(SessionReplay.APP) && differs(SessionReplay.BROWSER)));
  }

  private boolean isHosting() {
    return networkOf(earlier).networkClass() == NetworkClass.HOSTING
        || networkOf(later).networkClass() == NetworkClass.HOSTING;
  }

  boolean areBothHosting() {
    return networkOf(earlier).networkClass() == NetworkClass.HOSTING
        && networkOf(later).networkClass() == NetworkClass.HOSTING;
  }

  private boolean areSignIns() {
    return earlier.is(SessionReplay.IS_SIGN_IN) && later.is(SessionReplay.IS_SIGN_IN);
  }

  private boolean isSame(Field field) {
    String one = earlier.text(field);
    return one != null && one.equals(later.text(field));
  }

  private boolean differs(Field field) {
    String one = earlier.text(field);
    String other = later.text(field);
    return one != null && other != null && !one.equals(other);
  }

  @Nullable String gate() {
    return isSame(SessionReplay.TOKEN) ? SessionReplay.SAME_TOKEN : byNetworks().gate();
  }

  @Nullable Severity severity() {
    Severity table = byNetworks().severity();
    return table != null && reasons() > 1 ? Severities.up(table) : table;
  }

  /**
   * Returns whether the severity is above the severity that the networks of the two uses alone
   * would give.
   */
  boolean isRaised() {
    return severity() != byNetworks().severity();
  }

  private NetworkVerdict byNetworks() {
    return NetworkVerdict.of(networkOf(earlier), networkOf(later));
  }

  private static Network networkOf(Fact use) {
    return Objects.requireNonNull(use.location()).network();
  }

  /**
   * Sets the count of a finding to the number of networks from which the session was used. The
   * networks of these two uses are added to those that are counted, each network once. Without
   * this, the finding would count minutes. The events of both facts are limited to the time in
   * which they can be compared.
   */
  @Override
  public void accept(Fired fired) {
    String[] prefixes = new String[fired.size()];
    for (int i = 0; i < fired.size(); i++) {
      Location at = Objects.requireNonNull(fired.fact(i).location());
      prefixes[i] = at.network().prefix();
    }
    fired.counting(prefixes).limitEachToNear(maxMillis);
  }

  @Override
  public List<GateChecked> get() {
    Gates gates = new Gates();
    gates.passes(Gates.TIME, "limitHours", (double) maxMillis / SessionReplay.HOUR_MILLIS);
    gates.decides("one-client", reason() == null, Gates.SUPPRESSED);
    gates.decides(SessionReplay.SAME_TOKEN, isSame(SessionReplay.TOKEN), Gates.SUPPRESSED);
    NetworkVerdict verdict = byNetworks();
    String gate = verdict.gate();
    if (gate != null) {
      gates.decides(gate, true, Gates.SUPPRESSED, "line", verdict.line());
    }
    String reason = reason();
    if (reason != null) {
      gates.decides(reason, true, Gates.FIRES, "line", verdict.line(), "reasons", reasons());
    }
    return gates.list();
  }
}
