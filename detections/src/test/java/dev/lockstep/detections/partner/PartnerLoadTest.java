package dev.lockstep.detections.partner;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time that a call of a busy partner takes, of the processor. */
final class PartnerLoadTest {
  private static final int ADDRESSES = 100_000;
  private static final double MOST_MICROS = 100;

  /** On a busy machine, before the code is compiled; whatever grows with the day takes more. */
  private static final double MOST_MICROS_COLD = 1_000;

  /**
   * Calls of one day from so many prefixes, some of them from the known network.
   *
   * @param subscription of a partner that has learned, is learning, or declares ranges
   */
  @ParameterizedTest
  @CsvSource({
    "fabrikam-prod,true,100000",
    "fabrikam-prod,true,400",
    "fabrikam-prod,false,400",
    "declared-prod,false,100000",
    "declared-prod,false,400"
  })
  void takesLittle_fromAHundredThousandAddresses(
      String subscription, boolean learned, int prefixes) {
    assertThat(micros(subscription, learned, prefixes, 5_000)).isLessThan(MOST_MICROS_COLD);
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({
    "fabrikam-prod,true,100000",
    "fabrikam-prod,true,400",
    "fabrikam-prod,false,400",
    "declared-prod,false,100000",
    "declared-prod,false,400"
  })
  void takesLittle_ofAMillionCalls(String subscription, boolean learned, int prefixes) {
    assertThat(micros(subscription, learned, prefixes, 1_000_000)).isLessThan(MOST_MICROS);
  }

  private static double micros(String subscription, boolean learned, int prefixes, int calls) {
    PartnerRun partner = new PartnerRun();
    if (learned) {
      partner.learn(subscription, PartnerRun.BERLIN, 7, 8);
    }
    SplittableRandom random = new SplittableRandom(7);
    long begin = PartnerRun.minute("2026-11-19", 0);
    long nanos = 0;
    Activity[] chunk = new Activity[Math.min(calls, 10_000)];
    for (int done = 0; done < calls; done += chunk.length) {
      for (int i = 0; i < chunk.length; i++) {
        long at = begin + (long) ((done + i) / (double) calls * 86_400_000L);
        chunk[i] = activity(subscription, at, random.nextInt(ADDRESSES), prefixes, done + i);
      }
      long before = cpuNanos();
      for (Activity each : chunk) {
        partner.run.enter(each);
      }
      partner.run.findings();
      nanos += cpuNanos() - before;
    }
    double micros = nanos / 1e3 / calls;
    System.out.printf(
        "%s, learned %s, %d prefixes: %.1f us a call, %d findings%n",
        subscription, learned, prefixes, micros, partner.run.findings().size());
    return micros;
  }

  private static Activity activity(
      String subscription, long at, int address, int prefixes, int number) {
    if (number % 50 == 0) {
      return call(at).id("e" + number).subscription(subscription).from(PartnerRun.BERLIN).build();
    }
    int prefix = address % prefixes;
    int host = prefixes >= ADDRESSES ? 1 : address / prefixes % 250 + 1;
    return call(at)
        .id("e" + number)
        .subscription(subscription)
        .from("%d.%d.%d.%d".formatted(30 + prefix / 65_536, prefix / 256 % 256, prefix % 256, host))
        .in("DE")
        .asn(64_700L + prefix % 300)
        .build();
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
