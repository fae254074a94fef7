package dev.lockstep.detections.topology;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.join.PendingHalf;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.MessageCodec;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.IncidentMember;
import dev.lockstep.schemas.SingleObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Codec of stage payloads, the parts of a record that one stage sends to another. Not for use by
 * several threads.
 */
final class StagePayloadCodec {
  private static final byte MESSAGE = 1;
  private static final byte HALF = 2;
  private static final byte PEER = 3;
  private static final byte REVISION = 4;
  private static final byte CONTRIBUTION = 5;
  private static final byte CONFIRMATION = 6;
  private static final byte ERASURE = 7;
  private static final byte EDGE_HALF = 8;
  private static final byte MEMBER = 9;
  private static final byte CORRELATION = 10;

  private static final int PROVISIONAL = 1;
  private static final int RETRACTS = 2;
  private static final int ONLY_CLAIMS = 4;
  private static final int AGAIN = 8;
  private static final Event.Claims[] CLAIMS = Event.Claims.values();

  private MessageCodec messages;
  private final ByteSink sink = new ByteSink();
  private final SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
  private final SingleObject<Contribution> contributions =
      new SingleObject<>(Contribution.getClassSchema());
  private final SingleObject<Confirmation> confirmations =
      new SingleObject<>(Confirmation.getClassSchema());
  private final SingleObject<IncidentMember> members =
      new SingleObject<>(IncidentMember.getClassSchema());
  private final SingleObject<Correlation> correlations =
      new SingleObject<>(Correlation.getClassSchema());
  private final SingleObject<Erasure> erasures = new SingleObject<>(Erasure.getClassSchema());

  StagePayloadCodec(List<ActiveRule> rules) {
    this.messages = new MessageCodec(rules);
  }

  void use(List<ActiveRule> rules) {
    messages = new MessageCodec(rules);
  }

  byte[] encode(StagePayload part) {
    if (part instanceof StagePayload.OfMessage of) {
      return typed(MESSAGE, messages.encode(of.message()));
    } else if (part instanceof StagePayload.Half half) {
      half.half().write(sink.clear().put(HALF).text(half.id()), activities);
      return sink.bytes();
    } else if (part instanceof StagePayload.EdgeHalf half) {
      return typed(EDGE_HALF, activities.encode(half.activity()));
    } else if (part instanceof StagePayload.Peer peer) {
      byte[] id = peer.callId().getBytes(StandardCharsets.UTF_8);
      byte[] address = peer.peer().getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(1 + Long.BYTES + Short.BYTES + id.length + address.length)
          .put(PEER)
          .putLong(peer.arrivalAt())
          .putShort((short) id.length)
          .put(id)
          .put(address)
          .array();
    } else if (part instanceof StagePayload.OfRevision of) {
      CallRevision revision = of.revision();
      return revision(
          revision.claims(),
          (revision.provisional() ? PROVISIONAL : 0)
              | (revision.retracts() ? RETRACTS : 0)
              | (revision.onlyClaims() ? ONLY_CLAIMS : 0)
              | (revision.again() ? AGAIN : 0),
          activities.encode(revision.activity()));
    } else if (part instanceof StagePayload.OfAttributed of) {
      return revision(Event.Claims.ABSENT, PROVISIONAL | ONLY_CLAIMS, of.call().bytes(activities));
    } else if (part instanceof StagePayload.OfContribution of) {
      return typed(CONTRIBUTION, contributions.encode(of.contribution()));
    } else if (part instanceof StagePayload.OfConfirmation of) {
      return typed(CONFIRMATION, confirmations.encode(of.confirmation()));
    } else if (part instanceof StagePayload.OfMember of) {
      return typed(MEMBER, members.encode(of.member()));
    } else if (part instanceof StagePayload.OfCorrelation of) {
      return typed(CORRELATION, correlations.encode(of.correlation()));
    } else if (part instanceof StagePayload.OfErasure of) {
      return typed(ERASURE, erasures.encode(of.erasure()));
    }
    throw new IllegalArgumentException(
        "could not write a record of an internal topic: a part of it has an unknown class: "
            + part);
  }

  private static byte[] revision(Event.Claims claims, int flags, byte[] activity) {
    return ByteBuffer.allocate(3 + activity.length)
        .put(REVISION)
        .put((byte) Arrays.asList(CLAIMS).indexOf(claims))
        .put((byte) flags)
        .put(activity)
        .array();
  }

  private static byte[] typed(byte type, byte[] body) {
    byte[] part = new byte[body.length + 1];
    part[0] = type;
    System.arraycopy(body, 0, part, 1, body.length);
    return part;
  }

  /**
   * Returns the decoded part, or null if it concerns only rules that do not run here.
   *
   * @throws RuntimeException if the bytes are not those of a part
   */
  @Nullable StagePayload decode(byte[] part) {
    byte[] body = Arrays.copyOfRange(part, 1, part.length);
    return switch (part[0]) {
      case MESSAGE -> message(messages.decode(body));
      case HALF -> {
        ByteSource from = new ByteSource(body);
        String id = from.someText();
        PendingHalf half = PendingHalf.read(from, activities);
        half.requireHeader();
        yield new StagePayload.Half(id, half);
      }
      case EDGE_HALF -> new StagePayload.EdgeHalf(activities.decode(body));
      case PEER -> peer(ByteBuffer.wrap(body));
      case REVISION -> {
        Activity activity = activities.decode(Arrays.copyOfRange(body, 2, body.length));
        yield new StagePayload.OfRevision(
            new CallRevision(
                activity,
                CLAIMS[body[0]],
                (body[1] & PROVISIONAL) != 0,
                (body[1] & RETRACTS) != 0,
                (body[1] & ONLY_CLAIMS) != 0,
                (body[1] & AGAIN) != 0));
      }
      case CONTRIBUTION -> new StagePayload.OfContribution(contributions.decode(body));
      case CONFIRMATION -> new StagePayload.OfConfirmation(confirmations.decode(body));
      case MEMBER -> new StagePayload.OfMember(members.decode(body));
      case CORRELATION -> new StagePayload.OfCorrelation(correlations.decode(body));
      case ERASURE -> new StagePayload.OfErasure(erasures.decode(body));
      default ->
          throw new IllegalArgumentException(
              "a part of this record of an internal topic has the type %d, which this version does not know"
                  .formatted(part[0]));
    };
  }

  private static @Nullable StagePayload message(@Nullable Message message) {
    return message == null ? null : new StagePayload.OfMessage(message);
  }

  private static StagePayload.Peer peer(ByteBuffer from) {
    long arrivalAt = from.getLong();
    byte[] id = new byte[from.getShort()];
    from.get(id);
    byte[] address = new byte[from.remaining()];
    from.get(address);
    return new StagePayload.Peer(
        new String(id, StandardCharsets.UTF_8),
        new String(address, StandardCharsets.UTF_8),
        arrivalAt);
  }
}
