package dev.lockstep.app.compare;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.file.TemporaryFolder;
import dev.lockstep.app.replay.ArrivalSorter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collector of the findings of two runs, which compares them by id, and counts and lists the
 * differences by rule. Memory is bounded: more findings are sorted on disk.
 *
 * <p>{@link Difference#kind} decides what counts as changed. If a finding has several revisions,
 * the highest one counts, and the last of equal ones. A retracted finding counts as absent.
 */
public final class Comparison implements Closeable {
  private static final List<Difference.Kind> KINDS = List.of(Difference.Kind.values());

  private static final long SORT_MEMORY_BYTES = 16L << 20;
  private static final byte BEFORE = 0;
  private static final byte AFTER = 1;

  private final TemporaryFolder temporary = TemporaryFolder.make("lockstep-diff");
  private final ArrivalSorter byId;
  private final ArrivalSorter byRule;
  private final DetectionFilter filter;
  private final Map<String, Map<Difference.Kind, Long>> counts = new TreeMap<>();
  private long entered;
  private long before;
  private long after;

  /**
   * @param filter filter of the findings; a finding is compared if the filter keeps it in at least
   *     one of the runs
   */
  public Comparison(DetectionFilter filter) {
    this(filter, SORT_MEMORY_BYTES);
  }

  Comparison(DetectionFilter filter, long sortMemoryBytes) {
    this.filter = filter;
    this.byId =
        new ArrivalSorter(
            temporary.folder().resolve("by-id"), sortMemoryBytes, Arrays::compareUnsigned);
    this.byRule =
        new ArrivalSorter(
            temporary.folder().resolve("by-rule"), sortMemoryBytes, Arrays::compareUnsigned);
  }

  public void before(ComparedDetection detection) {
    add(detection, BEFORE);
  }

  public void after(ComparedDetection detection) {
    add(detection, AFTER);
  }

  private void add(ComparedDetection detection, byte run) {
    byId.add(
        0,
        bytes(
            out -> {
              writeText(out, detection.id());
              out.writeByte(run);
              out.writeInt(detection.revision());
              out.writeLong(entered++);
              detection.write(out);
            }));
  }

  /** Compares the findings of both runs. It is called once, after all findings are added. */
  public void compare() {
    Pairing pairing = new Pairing();
    byId.drain((none, item) -> pairing.take(item));
    pairing.end();
  }

  /** Pairing of a finding's last revision in one run with its last revision in the other run. */
  private final class Pairing {
    private @Nullable ComparedDetection last;
    private @Nullable ComparedDetection lastBefore;
    private byte lastRun;

    void take(byte[] item) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(item))) {
        String id = readText(in);
        byte run = in.readByte();
        in.readInt();
        in.readLong();
        ComparedDetection detection = ComparedDetection.read(id, in);
        if (last != null && !last.id().equals(id)) {
          end();
        } else if (last != null && lastRun == BEFORE && run == AFTER) {
          lastBefore = last;
        }
        last = detection;
        lastRun = run;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void end() {
      if (last == null) {
        return;
      }
      ComparedDetection first = active(lastRun == BEFORE ? last : lastBefore);
      ComparedDetection second = active(lastRun == AFTER ? last : null);
      last = null;
      lastBefore = null;
      if (first != null || second != null) {
        found(new Difference(first, second));
      }
    }

    private static @Nullable ComparedDetection active(@Nullable ComparedDetection detection) {
      return detection == null || detection.isWithdrawn() ? null : detection;
    }
  }

  private void found(Difference difference) {
    if (!filter.keeps(difference)) {
      return;
    }
    before += difference.before() == null ? 0 : 1;
    after += difference.after() == null ? 0 : 1;
    Difference.Kind kind = difference.kind();
    ComparedDetection either = difference.either();
    counts
        .computeIfAbsent(either.rule(), rule -> new EnumMap<>(Difference.Kind.class))
        .merge(kind, 1L, Long::sum);
    if (kind != Difference.Kind.SAME) {
      byRule.add(
          0,
          bytes(
              out -> {
                writeText(out, either.rule());
                out.writeByte(KINDS.indexOf(kind));
                out.writeLong(either.endAt() ^ Long.MIN_VALUE); // so that negative times sort first
                writeText(out, either.id());
                write(out, difference.before());
                write(out, difference.after());
              }));
    }
  }

  private static void write(DataOutputStream out, @Nullable ComparedDetection detection)
      throws IOException {
    out.writeBoolean(detection != null);
    if (detection != null) {
      detection.write(out);
    }
  }

  /**
   * Passes every finding that appeared, is gone or changed to a consumer, ordered by rule, kind of
   * difference, end time and id. It may be called again.
   */
  public void forEach(Consumer<Difference> each) {
    byRule.drain(
        (none, item) -> {
          try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(item))) {
            readText(in);
            in.readByte();
            in.readLong();
            String id = readText(in);
            each.accept(
                new Difference(
                    in.readBoolean() ? ComparedDetection.read(id, in) : null,
                    in.readBoolean() ? ComparedDetection.read(id, in) : null));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * Returns the number of findings of the first run, without those that the filter drops. A finding
   * of both runs is kept if the filter keeps its form in the first run or in the second. Withdrawn
   * findings are not counted.
   */
  public long findingsBefore() {
    return before;
  }

  /**
   * Returns the number of findings of the second run, without those that the filter drops. They are
   * counted as in {@link #findingsBefore}.
   */
  public long findingsAfter() {
    return after;
  }

  /**
   * Returns the number of findings by rule and kind of difference. Findings that are the same are
   * included.
   */
  public Map<String, Map<Difference.Kind, Long>> counts() {
    return counts;
  }

  public long count(Difference.Kind kind) {
    return counts.values().stream().mapToLong(rule -> rule.getOrDefault(kind, 0L)).sum();
  }

  public boolean differs() {
    return count(Difference.Kind.SAME)
        < counts.values().stream()
            .flatMap(rule -> rule.values().stream())
            .mapToLong(Long::longValue)
            .sum();
  }

  @Override
  public void close() throws IOException {
    try (byId;
        byRule) {
      counts.clear();
    } finally {
      temporary.close();
    }
  }

  /** Function that writes a finding or difference as bytes for sorting. */
  @FunctionalInterface
  private interface Item {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Item item) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(300);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      item.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    // a zero byte ends the text, so that the bytes sort like the texts
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      out.writeByte(each == 0 ? 1 : each);
    }
    out.writeByte(0);
  }

  private static String readText(DataInputStream in) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream(64);
    for (byte each = in.readByte(); each != 0; each = in.readByte()) {
      text.write(each);
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
