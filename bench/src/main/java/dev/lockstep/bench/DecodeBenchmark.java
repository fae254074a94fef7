package dev.lockstep.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How fast records are decoded by one core: as the product does, by plain streaming of the same
 * fields, and by a tree.
 *
 * <p>Time is the thread's own processor time, so that a busy machine disturbs little; the ways take
 * turns, and what is compared is their ratio. Collecting garbage and compiling happen on other
 * threads; allocation is shown instead.
 */
public final class DecodeBenchmark {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int MESSAGES = 200;
  private static final long SEED = 7;

  private record Turn(double nanosARecord, double bytesARecord) {}

  private final Messages messages;
  private final Map<String, Decoder> decoders = new LinkedHashMap<>();
  private long sum;

  private DecodeBenchmark(Messages messages) {
    this.messages = messages;
    decoders.put("product", new Product());
    decoders.put("streaming", new PlainStreaming());
    decoders.put("tree", new Tree());
  }

  /** Measures: {@code full} or {@code lean} records, turns, seconds a turn, and which ways. */
  public static void main(String[] arguments) throws IOException {
    boolean lean = arguments.length > 0 && arguments[0].equals("lean");
    int turns = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 7;
    double seconds = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 1;
    DecodeBenchmark benchmark = new DecodeBenchmark(Messages.make(MESSAGES, lean, SEED));
    if (arguments.length > 3) {
      benchmark.decoders.keySet().retainAll(Arrays.asList(arguments).subList(3, arguments.length));
    }
    benchmark.run(turns, (long) (seconds * 1e9));
  }

  private void run(int turns, long nanos) throws IOException {
    print(
        "%,d records in messages of %,d, %,d bytes a record on average, seed %d%n",
        messages.records(),
        messages.records() / messages.bodies().size(),
        messages.bytes() / messages.records(),
        SEED);
    Map<String, Turn[]> taken = new LinkedHashMap<>();
    for (int turn = -2; turn < turns; turn++) {
      for (Map.Entry<String, Decoder> each : decoders.entrySet()) {
        Turn one = turn(each.getValue(), nanos);
        if (turn >= 0) {
          taken.computeIfAbsent(each.getKey(), name -> new Turn[turns])[turn] = one;
        }
      }
    }
    print("%-10s %12s %12s %8s %12s%n", "way", "records/s", "at best", "MB/s", "bytes each");
    taken.forEach(this::printWay);
    print("(%d)%n", sum);
  }

  private Turn turn(Decoder decoder, long nanos) throws IOException {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long began = THREADS.getCurrentThreadCpuTime();
    long took;
    long records = 0;
    do {
      for (byte[] body : messages.bodies()) {
        sum += decoder.decode(body);
      }
      records += messages.records();
      took = THREADS.getCurrentThreadCpuTime() - began;
    } while (took < nanos);
    double bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    return new Turn((double) took / records, bytes / records);
  }

  private void printWay(String way, Turn[] turns) {
    double[] nanos = Arrays.stream(turns).mapToDouble(Turn::nanosARecord).sorted().toArray();
    double median = nanos[nanos.length / 2];
    double bytesARecord = (double) messages.bytes() / messages.records();
    print(
        "%-10s %,12.0f %,12.0f %,8.0f %,12.0f%n",
        way,
        1e9 / median,
        1e9 / nanos[0],
        bytesARecord * 1e3 / median,
        turns[turns.length - 1].bytesARecord());
  }

  private static void print(String format, Object... values) {
    System.out.print(String.format(Locale.ROOT, format, values));
  }
}
