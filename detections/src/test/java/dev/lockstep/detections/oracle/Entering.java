package dev.lockstep.detections.oracle;

import dev.lockstep.detections.oracle.Entered.Order;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.ShrinkingDistance;

/**
 * Makes histories in some order for jqwik, and shrinks them: by leaving out runs of events, ever
 * shorter ones, then by taking from single events what they need not have.
 */
final class Entering {
  private static final long OTHERS = Long.getLong("oracle.seed", 0L);
  private static final List<Order> ORDERS = List.of(Order.values());
  private static final long SHORT = 25 * 86_400_000L;

  private Entering() {}

  /** Histories of some themes, in every order in which their verdicts are promised. */
  static Arbitrary<Entered> of(Theme... themes) {
    return Arbitraries.fromGenerator(random -> shrinkable(entered(random, List.of(themes))));
  }

  private static Entered entered(Random random, List<Theme> themes) {
    long seed = random.nextLong() + OTHERS;
    History history = HistoryMaker.make(themes, seed);
    return inSomeOrder(history, new SplittableRandom(~seed));
  }

  /** Returns a history in one of the orders in which its verdicts are promised. */
  static Entered inSomeOrder(History history, SplittableRandom own) {
    Order order = ORDERS.get(own.nextInt(ORDERS.size()));
    boolean anyOrder = order != Order.ANY || isShort(history.events());
    return Entered.of(history, anyOrder ? order : Order.WITHIN_LATENESS, own);
  }

  private static boolean isShort(List<Activity> events) {
    LongSummaryStatistics times =
        events.stream().mapToLong(Activity::getEventAt).filter(at -> at > 0).summaryStatistics();
    return times.getCount() == 0 || times.getMax() - times.getMin() < SHORT;
  }

  private static Shrinkable<Entered> shrinkable(Entered entered) {
    return new Shrinkable<>() {
      @Override
      public Entered value() {
        return entered;
      }

      @Override
      public Stream<Shrinkable<Entered>> shrink() {
        return Stream.concat(fewer(entered), plainer(entered)).map(Entering::shrinkable);
      }

      @Override
      public ShrinkingDistance distance() {
        return ShrinkingDistance.of(entered.events().size(), details(entered.events()));
      }
    };
  }

  private static Stream<Entered> fewer(Entered entered) {
    int size = entered.events().size();
    return Stream.iterate(size, run -> run >= 1, run -> run / 2)
        .flatMap(
            run ->
                IntStream.iterate(0, from -> from < size, from -> from + run)
                    .mapToObj(from -> without(entered, from, Math.min(size, from + run))));
  }

  private static Entered without(Entered entered, int from, int to) {
    List<Activity> fewer = new ArrayList<>(entered.events().subList(0, from));
    fewer.addAll(entered.events().subList(to, entered.events().size()));
    return entered.with(fewer);
  }

  private static final List<Consumer<Activity>> PLAINER =
      List.of(
          event -> event.setDevice(null),
          event -> event.setGeo(null),
          event -> event.setSingleFactor(false),
          event -> {
            if (event.getToken() != null) {
              event.getToken().setExpiresAt(null);
            }
          },
          event -> {
            if (event.getAlert() != null) {
              event.getAlert().setNames(List.of());
            }
          },
          event -> {
            if (event.getAlert() != null) {
              event.getAlert().setAccounts(List.of());
            }
          },
          event -> {
            if (event.getKind() != ActivityKind.API_CALL) {
              event.setToken(null);
            }
          });

  private static Stream<Entered> plainer(Entered entered) {
    return IntStream.range(0, entered.events().size())
        .boxed()
        .flatMap(at -> PLAINER.stream().map(change -> changed(entered, at, change)))
        .filter(other -> details(other.events()) < details(entered.events()));
  }

  private static Entered changed(Entered entered, int at, Consumer<Activity> change) {
    List<Activity> events = new ArrayList<>(entered.events());
    Activity changed = Copies.of(events.get(at));
    change.accept(changed);
    events.set(at, changed);
    return entered.with(events);
  }

  private static long details(List<Activity> events) {
    long details = 0;
    for (Activity event : events) {
      details += event.getDevice() == null ? 0 : 1;
      details += event.getGeo() == null ? 0 : 1;
      details += event.getSingleFactor() ? 1 : 0;
      details += event.getToken() == null ? 0 : event.getToken().getExpiresAt() == null ? 1 : 2;
      if (event.getAlert() != null) {
        details += event.getAlert().getNames().size() + event.getAlert().getAccounts().size();
      }
    }
    return details;
  }
}
