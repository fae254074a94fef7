package dev.lockstep.app.replay;

import dev.lockstep.app.file.TemporaryFolder;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.HeaderNames;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Player of captured messages into a topic, unchanged and in the order of their arrival.
 *
 * <p>If the capture has the arrival time of a message, that time goes into the header {@code
 * lockstep-arrival}. Otherwise the earliest time of the message's records gives the order, and
 * there is no header; the reader then takes the time from each record, as a replay does.
 */
public final class CapturePlayer {
  private static final long SORT_MEMORY_BYTES = 128L * 1024 * 1024;

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final double speed;
  private final Limits limits;

  /**
   * Creates a player.
   *
   * @param speed multiple of the original speed; 0 means without delay
   */
  public CapturePlayer(Producer<byte[], byte[]> producer, String topic, double speed) {
    this(producer, topic, speed, Limits.defaults());
  }

  public CapturePlayer(
      Producer<byte[], byte[]> producer, String topic, double speed, Limits limits) {
    this.limits = limits;
    this.producer = producer;
    this.topic = topic;
    this.speed = speed;
  }

  /**
   * Result of playing a capture.
   *
   * @param messages number of messages
   * @param damages rejections of damaged places in the files
   */
  public record Played(long messages, List<Outcome> damages) {}

  public Played play(List<String> paths, InputStream in, Progress progress) throws IOException {
    List<Outcome> damages = new ArrayList<>();
    try (TemporaryFolder temporary = TemporaryFolder.make("lockstep-play");
        ArrivalSorter sorter =
            new ArrivalSorter(
                temporary.folder().resolve("sort"), SORT_MEMORY_BYTES, Arrays::compareUnsigned)) {
      CaptureFiles files = new CaptureFiles(limits);
      MessageReader reader = new MessageReader(limits);
      progress.begin("reading", files.totalBytes(paths));
      long[] count = {0};
      files.read(
          paths,
          in,
          message -> {
            count[0]++;
            sorter.add(reader.arrival(message, 0), packed(message));
          },
          damages::add,
          progress::at);
      progress.done();
      progress.end();
      progress.begin("playing", count[0]);
      Sending sending = new Sending(progress);
      sorter.drain(sending);
      sending.finish();
      progress.done();
      progress.end();
      return new Played(count[0], damages);
    }
  }

  private static byte[] packed(SourceMessage message) {
    byte[] body = message.body();
    ByteBuffer packed = ByteBuffer.allocate(9 + body.length);
    packed.put((byte) (message.arrivalAt() == null ? 0 : 1));
    packed.putLong(message.arrivalAt() == null ? 0 : message.arrivalAt());
    return packed.put(body).array();
  }

  private final class Sending implements ArrivalSorter.Sink {
    private final Progress progress;
    private final long beganNanos = System.nanoTime();
    private long firstArrival;
    private long sent;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    Sending(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void take(long arrivalAt, byte[] packed) {
      refuseFailure();
      if (firstArrival == 0) {
        firstArrival = arrivalAt;
      }
      if (speed > 0) {
        long dueNanos = beganNanos + (long) ((arrivalAt - firstArrival) * 1e6 / speed);
        while (System.nanoTime() < dueNanos) {
          LockSupport.parkNanos(dueNanos - System.nanoTime());
        }
      }
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, null, Arrays.copyOfRange(packed, 9, packed.length));
      if (packed[0] == 1) {
        long known = ByteBuffer.wrap(packed, 1, 8).getLong();
        record
            .headers()
            .add(HeaderNames.ARRIVAL, Long.toString(known).getBytes(StandardCharsets.US_ASCII));
      }
      Future<?> unused =
          producer.send(record, (sent, failed) -> failure.compareAndSet(null, failed));
      progress.at(++sent);
    }

    void finish() {
      producer.flush();
      refuseFailure();
    }

    private void refuseFailure() {
      Exception failed = failure.get();
      if (failed != null) {
        throw new OperatorException(
            "could not write to topic %s: %s; check the broker and the limits of the topic"
                .formatted(Quoted.of(topic), Failures.message(failed)),
            failed);
      }
    }
  }
}
