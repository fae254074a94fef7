package dev.lockstep.detections.oracle;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The product and the oracle, asked about the same events. */
final class Comparison {
  private final Enrichment enrichment;
  private final History history;
  private final Oracle oracle;
  private final Product product;
  private final UnaryOperator<List<Activity>> delivered;

  /**
   * Starts a comparison.
   *
   * @param delivered how the product is given events that come in an order
   */
  Comparison(Enrichment enrichment, History history, UnaryOperator<List<Activity>> delivered) {
    this.delivered = delivered;
    this.enrichment = enrichment;
    this.history = history;
    this.oracle = new Oracle(enrichment, history.settings());
    this.product = new Product(enrichment, history.settings());
  }

  /** Returns what tells the two apart, in the fewest events that still do; empty if they agree. */
  Optional<String> difference(String order, List<Activity> entered) {
    if (!differs(entered)) {
      return Optional.empty();
    }
    List<Activity> few = Minimal.of(entered, this::differs);
    List<Verdict> specified = oracle.verdicts(few);
    List<Verdict> said = product.verdicts(delivered.apply(few));
    List<Verdict> missing = new ArrayList<>(specified);
    said.forEach(missing::remove);
    List<Verdict> surplus = new ArrayList<>(said);
    specified.forEach(surplus::remove);
    return Optional.of(
        "seed %d (%s, %s), %s%n%s%nmissing: %s%nsurplus: %s"
            .formatted(
                history.seed(),
                history.theme(),
                order,
                history.settings(),
                few.stream().map(this::text).collect(Collectors.joining("\n")),
                missing,
                surplus));
  }

  private boolean differs(List<Activity> entered) {
    return !oracle.verdicts(entered).equals(product.verdicts(delivered.apply(entered)));
  }

  private String text(Activity event) {
    List<Observation> seen = Observations.of(List.of(event), enrichment);
    return (seen.isEmpty() ? event : seen.get(0))
        + " arrived "
        + Instant.ofEpochMilli(event.getArrivalAt())
        + " on "
        + event.getWhere().getPartition();
  }
}
