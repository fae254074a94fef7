package dev.lockstep.detections.oracle;

import dev.lockstep.schemas.Activity;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A history's events as they come.
 *
 * @param lag by how much the second of two partitions is read later than the first, in milliseconds
 * @param events in the order in which they are entered, some of them twice
 */
record Entered(History history, Order order, long lag, List<Activity> events) {
  private static final long HOUR = 3_600_000L;

  /** An order of entering. */
  enum Order {
    AS_HAPPENED,
    AS_ARRIVED,
    WITHIN_LATENESS,
    ANY,
    LIVE
  }

  static Entered of(History history, Order order, SplittableRandom random) {
    long lag = List.of(0L, 30 * HOUR, 48 * HOUR).get(random.nextInt(3));
    List<Activity> events = history.events();
    List<Activity> entered =
        switch (order) {
          case AS_HAPPENED -> events;
          case AS_ARRIVED -> Orders.asArrived(events);
          case WITHIN_LATENESS -> Orders.withinLateness(events, random);
          case ANY -> Orders.any(events, random);
          case LIVE -> Orders.ofTwoPartitions(events, lag, random);
        };
    return new Entered(history, order, lag, entered);
  }

  Entered with(List<Activity> others) {
    return new Entered(history, order, lag, others);
  }

  /** Returns what the product is given: the events, and the clocks of their sources. */
  List<Activity> delivered() {
    return order == Order.LIVE ? Orders.withWatermarks(events, lag) : Orders.thenWatermarks(events);
  }

  /** Returns how product and specification differ; empty if they do not. */
  String difference(Product product) {
    Specified specified = new Oracle(World.ENRICHMENT, history.settings()).specified(events);
    return specified.difference(product.verdicts(delivered()));
  }

  String difference() {
    return difference(new Product(World.ENRICHMENT, history.settings()));
  }

  @Override
  public String toString() {
    return "seed %d (%s, %s, lag %d h), %s%n%s"
        .formatted(
            history.seed(),
            history.theme(),
            order,
            lag / HOUR,
            history.settings(),
            events.stream().map(Entered::text).collect(Collectors.joining("\n")));
  }

  private static String text(Activity event) {
    List<Observation> seen = Observations.of(List.of(event), World.ENRICHMENT);
    String said =
        switch (event.getKind()) {
          case ALERT -> at(event.getEventAt()) + " " + event.getEventId() + " " + event.getAlert();
          case IDENTITY_LINK ->
              at(event.getEventAt())
                  + (" link of " + event.getEventId() + " token=" + event.getToken())
                  + (" socket=" + event.getSocketAddress() + " xff=" + event.getForwardedFor());
          case EDGE_REQUEST ->
              at(event.getEventAt())
                  + (" edge of " + event.getTrackingReference())
                  + (" socket=" + event.getSocketAddress());
          default -> seen.isEmpty() ? event.toString() : seen.get(0).toString();
        };
    return said + " arrived " + at(event.getArrivalAt()) + " on " + event.getWhere().getPartition();
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }
}
