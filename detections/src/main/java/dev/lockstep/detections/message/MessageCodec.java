package dev.lockstep.detections.message;

import dev.lockstep.detections.encoding.AlertCodec;
import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.encoding.PartsCodec;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Codec of the messages that a stage of the topology sends to the stage with a subject's state. Not
 * safe for use by several threads.
 *
 * <p>Each statement begins with its length and the number of its rule in state. Decoding skips a
 * statement if its rule does not run here, runs in another version, or has facts of another layout.
 * A statement of an earlier Lockstep names no layout, and counts as one of the present layout.
 */
public final class MessageCodec {
  private static final int VISIT = 1;
  private static final int ALERT_RECORD = 2;
  private static final int ALERT_ACCOUNT = 3;
  private static final int ALERTED = 4;
  private static final int NAMED = 5;
  private static final int MENTIONED = 6;

  private static final int PROVISIONAL = 1;
  private static final int RETRACTS = 2;
  private static final int PLACED = 1;
  private static final int OWNED = 2;

  /**
   * Bit that is set if a statement's bytes end with a hash of how the facts of its rule are laid
   * out.
   */
  private static final int WITH_LAYOUT = 4;

  private static final Subject.Kind[] KINDS = Subject.Kind.values();

  private final List<ActiveRule> rules;
  private final Map<Integer, ActiveRule> byCode = new HashMap<>();
  private final int[] layouts;
  private final SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
  private final ByteSink sink = new ByteSink();
  private final ByteSink part = new ByteSink();

  // An alert goes to many subjects, in one message after the other.
  private @Nullable AlertOnSubject written;
  private byte[] writtenBytes = {};
  private @Nullable AlertOnSubject read;
  private byte[] readBytes = {};

  /** Creates a codec for messages with facts of the given rules. */
  public MessageCodec(List<ActiveRule> rules) {
    this.rules = List.copyOf(rules);
    this.layouts = rules.stream().mapToInt(ActiveRule::layout).toArray();
    for (ActiveRule rule : rules) {
      byCode.put(rule.code(), rule);
    }
  }

  /** Returns a message as bytes. */
  public byte[] encode(Message message) {
    sink.clear();
    if (message instanceof Message.OfVisit of) {
      sink.put(VISIT);
      write(of.visit());
    } else if (message instanceof Message.AlertRecord record) {
      sink.put(ALERT_RECORD);
      write(record.subject());
      sink.sized(activities.encode(record.activity()));
    } else if (message instanceof Message.AlertAccount account) {
      sink.put(ALERT_ACCOUNT);
      write(account.subject());
      sink.text(account.account());
    } else if (message instanceof Message.Alerted alerted) {
      sink.put(ALERTED);
      write(alerted.subject());
      sink.put(alerted.counts() ? 1 : 0);
      sink.raw(bytesOf(alerted.alert()));
    } else if (message instanceof Message.Named named) {
      sink.put(NAMED);
      write(named.subject());
      sink.text(named.principal()).signed(named.at());
    } else if (message instanceof Message.Mentioned mentioned) {
      sink.put(MENTIONED);
      write(mentioned.subject());
      sink.text(mentioned.finding()).signed(mentioned.startAt()).signed(mentioned.endAt());
      sink.text(mentioned.networkClass());
    }
    return sink.bytes();
  }

  private byte[] bytesOf(AlertOnSubject alert) {
    if (alert != written) {
      part.clear();
      AlertCodec.write(part, alert);
      writtenBytes = part.bytes();
      written = alert;
    }
    return writtenBytes;
  }

  private AlertOnSubject alert(ByteSource from) {
    byte[] bytes = from.remaining();
    AlertOnSubject known = read;
    if (known != null && Arrays.equals(bytes, readBytes)) {
      from.skipRest();
      return known;
    }
    known = AlertCodec.read(from);
    read = from.hasMore() ? null : known;
    readBytes = bytes;
    return known;
  }

  private void write(Subject subject) {
    for (int i = 0; i < KINDS.length; i++) {
      if (KINDS[i] == subject.kind()) {
        sink.put(i);
      }
    }
    sink.text(subject.id());
  }

  private void write(Visit visit) {
    write(visit.subject());
    PartsCodec.write(sink, visit.reference(), 0);
    PartsCodec.write(sink, visit.location());
    PartsCodec.write(sink, visit.principal());
    sink.put((visit.provisional() ? PROVISIONAL : 0) | (visit.retracts() ? RETRACTS : 0));
    sink.unsigned(visit.statements().size());
    for (Statement statement : visit.statements()) {
      ActiveRule rule = rules.get(statement.rule());
      part.clear().fixed32(rule.code()).put(rule.kindOf(statement.kind()));
      part.put(statement.rank());
      part.put((statement.placed() ? PLACED : 0) | (statement.owned() ? OWNED : 0) | WITH_LAYOUT);
      PartsCodec.write(part, statement.kind().fields(), statement.values());
      for (List<String> set : statement.members()) {
        part.texts(set);
      }
      part.fixed32(layouts[statement.rule()]);
      sink.sized(part);
    }
  }

  /**
   * Returns the decoded message, or null if it concerns only rules that do not run here, or run
   * here in another version.
   *
   * @throws IllegalArgumentException if the bytes are not a message
   */
  public @Nullable Message decode(byte[] bytes) {
    ByteSource from = new ByteSource(bytes);
    try {
      Message message = decode(from);
      if (message != null && from.hasMore()) {
        throw new IllegalArgumentException(
            "bytes are left after the end of a message to a subject; the internal topic's record"
                + " with this message is damaged");
      }
      return message;
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "a message to a subject ends too early, or has a kind of subject or fact that this version"
              + " does not know; the internal topic's record with this message is damaged, or a newer"
              + " version wrote the record",
          e);
    }
  }

  private @Nullable Message decode(ByteSource from) {
    int type = from.get();
    Subject subject = new Subject(KINDS[from.get()], from.someText());
    return switch (type) {
      case VISIT -> visit(subject, from);
      case ALERT_RECORD -> new Message.AlertRecord(subject, activities.decode(from.sized()));
      case ALERT_ACCOUNT -> new Message.AlertAccount(subject, from.someText());
      case ALERTED -> {
        boolean counts = from.get() == 1;
        yield new Message.Alerted(subject, alert(from), counts);
      }
      case NAMED -> new Message.Named(subject, from.someText(), from.signed());
      case MENTIONED ->
          new Message.Mentioned(
              subject, from.someText(), from.signed(), from.signed(), from.someText());
      default ->
          throw new IllegalArgumentException(
              "a message to a subject has the type "
                  + type
                  + ", which this version does not know; the internal topic's record with this message"
                  + " is damaged, or a newer version wrote the record");
    };
  }

  private @Nullable Message visit(Subject subject, ByteSource from) {
    EventReference reference = PartsCodec.reference(from, 0);
    Location location = PartsCodec.location(from);
    Principal principal = PartsCodec.principal(from);
    int flags = from.get();
    int count = from.count();
    List<Statement> statements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Statement statement = statement(from.sized());
      if (statement != null) {
        statements.add(statement);
      }
    }
    if (statements.isEmpty()) {
      return null;
    }
    return new Message.OfVisit(
        new Visit(
            subject,
            reference,
            location,
            principal,
            (flags & PROVISIONAL) != 0,
            (flags & RETRACTS) != 0,
            statements));
  }

  private @Nullable Statement statement(byte[] bytes) {
    ByteSource from = new ByteSource(bytes);
    ActiveRule rule = byCode.get(from.fixed32());
    if (rule == null) {
      return null; // the layout of its facts is not known here
    }
    int place = from.get();
    int rank = from.get();
    int parts = from.get();
    if ((parts & WITH_LAYOUT) != 0
        && ByteBuffer.wrap(bytes).getInt(bytes.length - Integer.BYTES) != layouts[rule.place()]) {
      return null;
    }
    FactKind kind = rule.info().kinds().get(place);
    @Nullable Object[] values = PartsCodec.values(from, kind.fields(), kind.values());
    List<List<String>> members = new ArrayList<>(kind.sets());
    for (int set = 0; set < kind.sets(); set++) {
      members.add(from.texts());
    }
    return new Statement(
        rule.place(), kind, values, members, rank, (parts & PLACED) != 0, (parts & OWNED) != 0);
  }
}
