package dev.lockstep.app.suggest;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Device;
import java.util.Locale;

/**
 * Counts of the events from one address or prefix, for suggestions of networks: sign-ins, calls,
 * users, days, managed devices and more.
 */
public final class AddressStats {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long DAY_MILLIS = 24 * HOUR_MILLIS;
  private static final double DEGREES_AN_HOUR = 15;
  private static final int WORK_BEGINS = 6;
  private static final int WORK_ENDS = 20;

  final DistinctCounter users = new DistinctCounter();
  final DistinctCounter days = new DistinctCounter();
  final DistinctCounter devices = new DistinctCounter();
  final DistinctCounter addresses = new DistinctCounter();
  private Location location;
  private long interactive;
  private long nonInteractive;
  private long calls;
  private long withDevice;
  private long managed;
  private long interactiveAtWork;

  AddressStats(Location first) {
    this.location = first;
  }

  void add(Activity activity, Location at, long userHash) {
    location = at;
    users.add(userHash);
    days.add(Long.toString(Math.floorDiv(activity.getEventAt(), DAY_MILLIS)));
    addresses.add(at.address().text());
    if (activity.getKind() == ActivityKind.API_CALL) {
      calls++;
      return;
    }
    if (activity.getCategory().equals("SignInLogs")) {
      interactive++;
      interactiveAtWork += atWork(activity.getEventAt(), at) ? 1 : 0;
    } else {
      nonInteractive++;
    }
    Device device = activity.getDevice();
    if (device != null && device.getId() != null) {
      withDevice++;
      devices.add(device.getId());
      managed += device.getManaged() || device.getCompliant() ? 1 : 0;
    }
  }

  private static boolean atWork(long eventAt, Location at) {
    // by the solar time of the location, or by UTC if its place is unknown
    double east = at.place().known() ? at.place().longitude() : 0;
    long local = eventAt + Math.round(east / DEGREES_AN_HOUR * HOUR_MILLIS);
    long weekday =
        Math.floorMod(Math.floorDiv(local, DAY_MILLIS) + 3, 7L); // 1970 began on a Thursday
    long hour = Math.floorMod(local, DAY_MILLIS) / HOUR_MILLIS;
    return weekday < 5 && hour >= WORK_BEGINS && hour < WORK_ENDS;
  }

  Location location() {
    return location;
  }

  long signIns() {
    return interactive + nonInteractive;
  }

  long events() {
    return signIns() + calls;
  }

  double interactiveShare() {
    return share(interactive, events());
  }

  double deviceShare() {
    return share(withDevice, signIns());
  }

  double managedShare() {
    return share(managed, signIns());
  }

  double workShare() {
    return share(interactiveAtWork, interactive);
  }

  private static double share(long part, long all) {
    return all == 0 ? 0 : (double) part / all;
  }

  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
