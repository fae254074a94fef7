package dev.lockstep.ingest.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.raw.RawFieldFinder;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.record.RecordFields;
import dev.lockstep.ingest.record.RecordParser;
import dev.lockstep.ingest.table.RowParser;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Splitter of messages into records, each with one outcome. A message is an envelope ({@code
 * {"records":[...]}}, or {@code value} or {@code results} as in pages of Microsoft Graph and
 * hunting queries), a bare record, an array of either, or several of these in a row, in UTF-8 with
 * or without a byte order mark. A record may be a row of an exported table, or a sign-in in the
 * form of Microsoft Graph.
 *
 * <p>A record is one element of {@code records[]}, or one bare object. Outcomes come in the
 * message's order. Damage affects only the record that it is in; a message that cannot be split is
 * one rejected record. The same bytes give the same outcomes.
 *
 * <p>Not safe for use by several threads.
 */
public final class MessageReader {
  /** Names of the lists of records in an envelope, in lower case. */
  public static final List<String> LIST_NAMES = JsonScan.LIST_NAMES;

  final Limits limits;
  public final JsonFactory strict;
  public final Key.Table keys = new Key.Table();
  final RecordFields fields = new RecordFields();
  final RecordParser records;
  final RowParser rows;
  public final NextRecordFinder shape;
  final RawFieldFinder raw;
  final OutcomeHook hook;

  /**
   * Hook that receives each record and its outcome, and passes the outcome on. The consumer of the
   * outcome is the one given to {@code read}.
   */
  public interface OutcomeHook {
    void pass(Slice slice, Outcome outcome, Consumer<Outcome> sink);
  }

  /**
   * Creates a reader with limits, and without raw fields. Records beyond the limits are rejected.
   */
  public MessageReader(Limits limits) {
    this(limits, RawFieldPlan::none);
  }

  /**
   * Creates a reader with limits, and with raw fields that may change while the reader is in use.
   *
   * @param limits limits beyond which records are rejected
   * @param raw supplier of the raw fields to look for, called for each record
   */
  public MessageReader(Limits limits, Supplier<RawFieldPlan> raw) {
    this(limits, raw, (slice, outcome, sink) -> sink.accept(outcome));
  }

  public MessageReader(Limits limits, OutcomeHook hook) {
    this(limits, RawFieldPlan::none, hook);
  }

  private MessageReader(Limits limits, Supplier<RawFieldPlan> raw, OutcomeHook hook) {
    this.limits = limits;
    this.hook = hook;
    // Tokens are counted by record, so the count of a whole message is left open.
    this.strict = factory(limits, Long.MAX_VALUE).build();
    this.shape = new NextRecordFinder(strict, keys);
    JsonFactory embedded =
        factory(limits, limits.tokens()).enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();
    this.records = new RecordParser(keys, strict, embedded);
    this.rows = new RowParser(strict, embedded, keys, records);
    this.raw = new RawFieldFinder(strict, embedded, raw);
  }

  private static JsonFactoryBuilder factory(Limits limits, long tokens) {
    return new JsonFactoryBuilder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CHARSET_DETECTION)
        .streamReadConstraints(limits.constraints(tokens));
  }

  /**
   * Reads the records in the body of one message, and passes the outcome of each to {@code sink}.
   *
   * @param body bytes, neither changed nor kept
   * @param where place of the message, with the index of its first record
   * @param enqueuedAt arrival time in milliseconds since 1970, or null if the transport has none
   * @param sink receiver of the outcome of each record
   * @return the number of begun records; if the sink received fewer outcomes, some were lost
   */
  public int read(byte[] body, Where where, @Nullable Long enqueuedAt, Consumer<Outcome> sink) {
    return new MessageParser(this, body, where, enqueuedAt, sink).run();
  }

  JsonParser parser(byte[] body, int from, int to, boolean measured) throws IOException {
    JsonParser parser = strict.createParser(body, from, to - from);
    return measured ? new MeasuredTexts(parser, limits.stringBytes()) : parser;
  }

  /**
   * Reads the records of one message, and passes the outcome of each to {@code sink}. The dead
   * letter of a table's row keeps the row as the file has it.
   *
   * @param sink receiver of the outcome of each record
   * @return the number of records whose beginning was found
   */
  public int read(SourceMessage message, Consumer<Outcome> sink) {
    byte[] row = message.row();
    return read(
        message.body(),
        message.where(),
        message.arrivalAt(),
        row == null ? sink : outcome -> sink.accept(Slice.withBody(outcome, row)));
  }

  /**
   * Returns the arrival time of a message. If it is unknown, the result is the earliest arrival
   * time of the message's records, or {@code otherwise} if that is unknown too. All times are in
   * milliseconds since 1970.
   *
   * <p>A record that cannot be read has none, nor has an identity link without any time. Links
   * count only in a message without other records, because their time may be the issue of their
   * token.
   */
  public long arrival(SourceMessage message, long otherwise) {
    Long known = message.arrivalAt();
    if (known != null) {
      return known;
    }
    long[] earliest = {Long.MAX_VALUE, Long.MAX_VALUE};
    try {
      read(
          message,
          outcome -> {
            if (outcome instanceof Outcome.Mapped mapped && mapped.activity().getArrivalAt() > 0) {
              int at = mapped.activity().getKind() == ActivityKind.IDENTITY_LINK ? 1 : 0;
              earliest[at] = Math.min(earliest[at], mapped.activity().getArrivalAt());
            }
          });
    } catch (RuntimeException e) {
      // The later reading of the message reports the failure.
    }
    long found = earliest[0] == Long.MAX_VALUE ? earliest[1] : earliest[0];
    return found == Long.MAX_VALUE ? otherwise : found;
  }
}
