package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is forgotten as the clocks go on stays as it was said. */
final class ForgettingTest {
  private static final long DAY = 86_400_000L;

  @Test
  void aFindingIsNotSaidAnew_whileItsTokenIsUsedForTwoMonths() {
    EventMaker maker = new EventMaker(new SplittableRandom(1), RuleNumbers.defaults(), 1, 1);
    World.Spot home = World.NEAR.get(0);
    List<Activity> calls = new ArrayList<>();
    for (int day = 0; day < 60; day++) {
      Activity call = maker.call((World.FIRST_DAY + (long) day) * DAY, home, "nobodys-key");
      call.setStatus(200);
      call.setAddress(home.spellings().get(0));
      Token token = new Token();
      token.setUti("token");
      token.setExpiresAt((World.FIRST_DAY - 1) * DAY);
      token.setValidated(true);
      call.setToken(token);
      calls.add(call);
    }
    Product product = new Product(Enrichment.none(), RuleNumbers.defaults());

    assertThat(product.findings(Orders.withWatermarks(calls, 2 * DAY)).values())
        .hasSize(60)
        .extracting(Detection::getReason)
        .containsOnly("after-expiry");
  }
}
