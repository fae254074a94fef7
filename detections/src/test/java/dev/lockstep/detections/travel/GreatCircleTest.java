package dev.lockstep.detections.travel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.enrichment.geo.Place;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class GreatCircleTest {
  private static Place at(double latitude, double longitude) {
    return new Place(null, null, latitude, longitude, 0);
  }

  @Test
  void measuresKnownDistances() {
    Place london = at(51.5142, -0.0931);
    Place newYork = at(40.7143, -74.006);
    assertThat(GreatCircle.km(london, newYork)).isBetween(5560d, 5580d);
    assertThat(GreatCircle.km(newYork, london)).isEqualTo(GreatCircle.km(london, newYork));
    assertThat(GreatCircle.km(london, london)).isZero();
    assertThat(GreatCircle.km(at(0, 0), at(0, 180))).isCloseTo(20_015.1, within(0.1));
    assertThat(GreatCircle.km(at(0, 179), at(0, -179)))
        .isCloseTo(GreatCircle.km(at(0, 0), at(0, 2)), within(1e-6));
  }

  @Test
  void boundsDistancesFromBothSides() {
    SplittableRandom random = new SplittableRandom(20_261_203);
    int decided = 0;
    for (int i = 0; i < 200_000; i++) {
      Place one = at(random.nextDouble() * 180 - 90, random.nextDouble() * 360 - 180);
      boolean close = i % 2 == 0;
      Place other =
          close
              ? at(
                  Math.max(-90, Math.min(90, one.latitude() + random.nextDouble() * 20 - 10)),
                  Math.max(-180, Math.min(180, one.longitude() + random.nextDouble() * 20 - 10)))
              : at(random.nextDouble() * 180 - 90, random.nextDouble() * 360 - 180);
      double km = GreatCircle.km(one, other);
      double than =
          Math.min(
              GreatCircle.MOST_KM,
              Math.max(1, i % 3 == 0 ? km + random.nextDouble() * 0.02 - 0.01 : 500 + i % 19_000));
      boolean nearer = GreatCircle.isNearer(one, other, than);
      boolean farther = GreatCircle.isFarther(one, other, than);
      assertThat(nearer && km >= than).as("%s, %s nearer than %s", one, other, than).isFalse();
      assertThat(farther && km < than).as("%s, %s farther than %s", one, other, than).isFalse();
      decided += nearer || farther ? 1 : 0;
      assertThat(GreatCircle.roughKm(one, other)).isCloseTo(km, within(400.0));
    }
    assertThat(decided).as("decided without a sine").isGreaterThan(120_000);
  }
}
