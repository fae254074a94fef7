package dev.lockstep.detections.join;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/** Codec of the stored states of calls, identity links and Front Door requests. */
final class JoinCodec {
  private final SingleObject<Activity> codec;
  private final ByteSink sink = new ByteSink();
  private final ByteSink halfSink = new ByteSink();

  /** Creates a codec of states, which uses the given codec for the activities in the states. */
  JoinCodec(SingleObject<Activity> codec) {
    this.codec = codec;
  }

  /**
   * Runs a function that reads a stored record, and turns any exception that reports damage into an
   * {@link AvroRuntimeException}.
   *
   * @throws AvroRuntimeException if the record is damaged
   */
  static <T> T whole(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (AvroRuntimeException e) {
      throw e;
    } catch (RuntimeException e) { // the class differs by the kind of damage
      throw new AvroRuntimeException(
          "could not read a stored call, identity link or Front Door request: the bytes of its record are"
              + " damaged, or a newer version of Lockstep wrote them; if it was a newer version, update"
              + " this instance",
          e);
    }
  }

  byte[] bytes(CallState state) {
    sink.clear()
        .signed(state.waitsFrom())
        .sized(bytesOf(state.call()))
        .sized(bytesOf(state.link()));
    state.peers().forEach(sink::text);
    return sink.bytes();
  }

  private ByteSink bytesOf(@Nullable PendingHalf half) {
    halfSink.clear();
    if (half != null) {
      half.write(halfSink, codec);
    }
    return halfSink;
  }

  /**
   * Reads the stored state of a call or link.
   *
   * @throws AvroRuntimeException if the record is damaged
   */
  CallState callOf(byte[] value) {
    return whole(() -> read(value, new CallState()));
  }

  private CallState read(byte[] value, CallState state) {
    ByteSource from = new ByteSource(value);
    state.waitsFrom(from.signed());
    state.call(halfOf(from.sized()));
    state.link(halfOf(from.sized()));
    while (from.hasMore()) {
      state.peers().add(from.someText());
    }
    state.markStored();
    return state;
  }

  private @Nullable PendingHalf halfOf(byte[] value) {
    return value.length == 0 ? null : PendingHalf.read(new ByteSource(value), codec);
  }

  byte[] bytes(EdgeState state) {
    return written(
        to -> {
          to.writeBoolean(state.isJoined());
          to.writeLong(state.arrivalAt());
          to.writeShort(state.peers().size());
          for (String peer : state.peers()) {
            to.writeUTF(peer);
          }
          to.writeShort(state.calls().size());
          for (Activity call : state.calls().values()) {
            byte[] bytes = codec.encode(call);
            to.writeInt(bytes.length);
            to.write(bytes);
          }
        });
  }

  /**
   * Reads the stored state of a request at Front Door.
   *
   * @throws AvroRuntimeException if the record is damaged
   */
  EdgeState edgeOf(byte[] value) {
    return whole(() -> read(ByteBuffer.wrap(value), new EdgeState()));
  }

  private EdgeState read(ByteBuffer from, EdgeState state) {
    state.joined(from.get() == 1);
    state.arrivalAt(from.getLong());
    int peers = from.getShort();
    for (int i = 0; i < peers; i++) {
      state.peers().add(text(from));
    }
    int calls = from.getShort();
    for (int i = 0; i < calls; i++) {
      Activity call = activity(from);
      if (call != null) {
        state.calls().put(call.getEventId(), call);
      }
    }
    return state;
  }

  private interface Writing {
    void write(DataOutputStream to) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      writing.write(to);
    } catch (IOException e) {
      throw new UncheckedIOException("could not write to memory", e);
    }
    return bytes.toByteArray();
  }

  private @Nullable Activity activity(ByteBuffer from) {
    int length = from.getInt();
    if (length == 0) {
      return null;
    }
    if (length > from.remaining()) {
      throw new BufferUnderflowException(); // before an array of that length is made
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return codec.decode(bytes);
  }

  private static String text(ByteBuffer from) {
    byte[] bytes = new byte[from.getShort()];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
