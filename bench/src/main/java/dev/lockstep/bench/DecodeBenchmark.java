package dev.lockstep.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Benchmark of decoding on one core in three ways: as the product decodes, by plain streaming of
 * the same fields, and by a tree. The score is the number of records a second by the clock; {@code
 * ofProcessor} is the number for each second of the thread's own processor time, which a busy
 * machine disturbs less.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 7, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"})
public class DecodeBenchmark {
  private static final int MESSAGES = 200;
  private static final long SEED = 7;

  /**
   * Kind of records: {@code full} as Azure sends them (2.0 KB), or {@code lean} without some of
   * their fields (1.35 KB).
   */
  @Param({"lean", "full"})
  private String records = "lean";

  private List<byte[]> bodies = List.of();
  private final Decoder product = new ProductDecoder();
  private final Decoder streaming = new StreamingDecoder();
  private final Decoder tree = new TreeDecoder();

  /** Creates the messages that each benchmark decodes. */
  @Setup
  public void make() throws IOException {
    bodies = BenchmarkMessages.make(MESSAGES, records.equals("lean"), SEED).bodies();
  }

  /** Decodes the messages as the product does, into activities and under the product's limits. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES * BenchmarkMessages.RECORDS)
  public long product(Processor processor) throws IOException {
    return all(product, processor);
  }

  /**
   * Reads the fields that the product reads, with Jackson's streaming parser, and does nothing
   * else.
   */
  @Benchmark
  @OperationsPerInvocation(MESSAGES * BenchmarkMessages.RECORDS)
  public long streaming(Processor processor) throws IOException {
    return all(streaming, processor);
  }

  /** Builds a tree with Jackson, and reads from it the fields that the product reads. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES * BenchmarkMessages.RECORDS)
  public long tree(Processor processor) throws IOException {
    return all(tree, processor);
  }

  private long all(Decoder decoder, Processor processor) throws IOException {
    long sum = 0;
    for (byte[] body : bodies) {
      sum += decoder.decode(body);
    }
    processor.records += MESSAGES * BenchmarkMessages.RECORDS;
    return sum;
  }

  /** Counts of one iteration: the records decoded, and the processor time that the thread took. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Processor {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long records;
    private long began;
    private long beganByClock;
    private long took;
    private long tookByClock;

    /**
     * Sets the counts of an iteration to zero, and starts its wall clock and its processor clock.
     */
    @Setup(Level.Iteration)
    public void begin() {
      records = 0;
      beganByClock = System.nanoTime();
      began = THREADS.getCurrentThreadCpuTime();
    }

    /** Stops the wall clock and the processor clock of an iteration. */
    @TearDown(Level.Iteration)
    public void end() {
      took = THREADS.getCurrentThreadCpuTime() - began;
      tookByClock = System.nanoTime() - beganByClock;
    }

    /**
     * Returns a number that JMH turns into records for each second of processor time: JMH divides
     * it by the wall-clock time. It is the number of records times the wall-clock time, divided by
     * the processor time.
     */
    public double ofProcessor() {
      return took == 0 ? 0 : (double) records * tookByClock / took;
    }
  }
}
