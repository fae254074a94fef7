package dev.lockstep.bench;

import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Where;

/** Decoder that reads records into activities with the product's message reader and its limits. */
final class ProductDecoder implements Decoder {
  private static final long ENQUEUED_AT = 1_795_200_000_000L;

  private final MessageReader reader = new MessageReader(Limits.defaults());
  private final Where where = Where.newBuilder().setSource("bench").setPosition(1).build();
  private long sum;

  @Override
  public long decode(byte[] body) {
    sum = 0;
    reader.read(body, where, ENQUEUED_AT, this::take);
    return sum;
  }

  private void take(Outcome outcome) {
    if (!(outcome instanceof Outcome.Mapped mapped)) {
      throw new IllegalStateException(
          "could not measure: a record was not mapped to an activity, but gave " + outcome);
    }
    sum += mapped.activity().getEventAt();
  }
}
