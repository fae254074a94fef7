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
 * How fast one core decodes records: as the product does, by plain streaming of the same fields,
 * and by a tree. The score is records a second by the clock; {@code ofProcessor} is records for
 * each second that the thread itself had a processor, which a busy machine disturbs less.
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

  /** Records as Azure sends them (2.0 KB), or without what nobody reads (1.35 KB). */
  @Param({"lean", "full"})
  private String records = "lean";

  private List<byte[]> bodies = List.of();
  private final Decoder product = new Product();
  private final Decoder streaming = new PlainStreaming();
  private final Decoder tree = new Tree();

  /** Makes the messages. */
  @Setup
  public void make() throws IOException {
    bodies = Messages.make(MESSAGES, records.equals("lean"), SEED).bodies();
  }

  /** Reads to activities, under limits. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES * Messages.RECORDS)
  public long product(Processor processor) throws IOException {
    return all(product, processor);
  }

  /** Reads the same fields by Jackson's parser and nothing more. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES * Messages.RECORDS)
  public long streaming(Processor processor) throws IOException {
    return all(streaming, processor);
  }

  /** Reads the same fields from Jackson's tree. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES * Messages.RECORDS)
  public long tree(Processor processor) throws IOException {
    return all(tree, processor);
  }

  private long all(Decoder decoder, Processor processor) throws IOException {
    long sum = 0;
    for (byte[] body : bodies) {
      sum += decoder.decode(body);
    }
    processor.records += MESSAGES * Messages.RECORDS;
    return sum;
  }

  /** The thread's own time on a processor in an iteration, beside the clock's. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Processor {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long records;
    private long began;
    private long beganByClock;
    private long took;
    private long tookByClock;

    /** Begins an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
      records = 0;
      beganByClock = System.nanoTime();
      began = THREADS.getCurrentThreadCpuTime();
    }

    /** Ends an iteration. */
    @TearDown(Level.Iteration)
    public void end() {
      took = THREADS.getCurrentThreadCpuTime() - began;
      tookByClock = System.nanoTime() - beganByClock;
    }

    /** Returns the records, scaled so that JMH's division by the clock is one by {@code took}. */
    public double ofProcessor() {
      return took == 0 ? 0 : (double) records * tookByClock / took;
    }
  }
}
