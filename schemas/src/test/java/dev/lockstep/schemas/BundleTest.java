package dev.lockstep.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;

class BundleTest {
  private static final long SEED = 20260115;

  /** Magic, version, single-object header. */
  private static final int FIRST_AT = 13;

  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
  private final BundleReader<Activity> reader = new BundleReader<>(Activity.getClassSchema());
  private final Random random = new Random(SEED);

  @Test
  void givesBackWhatWasAdded_inOrder_howeverItIsSplit() {
    for (int round = 0; round < 200; round++) {
      int most = 1 + random.nextInt(20_000);
      List<Activity> given = activities(1 + random.nextInt(40));
      List<byte[]> values = values(given, most);
      List<Activity> read = new ArrayList<>();
      for (byte[] value : values) {
        int before = read.size();
        assertThat(reader.read(value, read::add)).as("seed %d, round %d", SEED, round).isNull();
        assertThat(value.length <= most || read.size() == before + 1).isTrue();
      }
      assertThat(read).as("seed %d, round %d", SEED, round).isEqualTo(given);
    }
  }

  @Test
  void returnsTheBytesOfTheLastRecord_inABundleAndAlone() {
    List<Activity> given = activities(20);
    List<byte[]> read = new ArrayList<>();
    for (byte[] value : values(given, 5_000)) {
      assertThat(reader.read(value, activity -> read.add(reader.currentBytes()))).isNull();
    }
    assertThat(reader.read(codec.encode(given.get(0)), activity -> read.add(reader.currentBytes())))
        .isNull();
    given.add(given.get(0));
    assertThat(read).containsExactly(given.stream().map(codec::encode).toArray(byte[][]::new));
  }

  @Test
  void namesTheSchemaOnce() {
    List<Activity> given = activities(20);
    int bodies = given.stream().mapToInt(each -> codec.encode(each).length - 10).sum();
    byte[] value = value(given);
    assertThat(value).hasSize(FIRST_AT + 20 * 4 + bodies).startsWith('L', 'S', 1, 0xC3, 0x01);
  }

  @Test
  void writesTheBytesThatAvroWrites() throws IOException {
    SpecificDatumWriter<Activity> plain = new SpecificDatumWriter<>(Activity.getClassSchema());
    for (Activity each : activities(200)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      plain.write(each, encoder);
      encoder.flush();
      byte[] framed = codec.encode(each);
      assertThat(Arrays.copyOfRange(framed, 10, framed.length)).isEqualTo(bytes.toByteArray());
    }
  }

  @Test
  void readsARecordThatIsInNoBundle() {
    Activity given = activities(1).get(0);
    List<Activity> read = new ArrayList<>();
    assertThat(reader.read(codec.encode(given), read::add)).isNull();
    assertThat(read).containsExactly(given);
  }

  @Test
  void readsWhatIsWhole_whereverABundleIsCut() {
    List<Activity> given = activities(5);
    byte[] value = value(given);
    int[] ends = ends(given);
    for (int length = 0; length < value.length; length++) {
      byte[] cut = Arrays.copyOf(value, length);
      int whole = whole(ends, length);
      List<Activity> read = new ArrayList<>();
      BundleReader.Unread unread = reader.read(cut, read::add);
      assertThat(read)
          .as("%d of %d bytes", length, value.length)
          .isEqualTo(given.subList(0, whole));
      if (whole > 0 && ends[whole - 1] == length) {
        assertThat(unread).as("a bundle of %d", whole).isNull();
      } else {
        assertThat(unread).as("%d of %d bytes", length, value.length).isNotNull();
        assertThat(unread.index()).isEqualTo(whole);
        byte[] rest = Arrays.copyOfRange(cut, whole == 0 ? 0 : ends[whole - 1], length);
        assertThat(unread.bytes()).endsWith(rest);
      }
    }
  }

  @Test
  void readsTheNeighbours_ofForeignRecords_andKeepsThese() {
    for (int round = 0; round < 300; round++) {
      List<Activity> given = activities(1 + random.nextInt(6));
      List<Activity> expected = new ArrayList<>();
      Bundle bundle = new Bundle(Integer.MAX_VALUE);
      Bundle foreign = new Bundle(Integer.MAX_VALUE);
      int first = -1;
      for (int i = 0; i < given.size(); i++) {
        byte[] encoded = codec.encode(given.get(i));
        if (random.nextBoolean()) {
          first = first < 0 ? i : first;
          encoded = foreign(encoded);
          foreign.add(encoded);
        } else {
          expected.add(given.get(i));
        }
        bundle.add(encoded);
      }
      List<Activity> read = new ArrayList<>();
      BundleReader.Unread unread = reader.read(bundle.drain(), read::add);
      assertThat(read).as("seed %d, round %d", SEED, round).isEqualTo(expected);
      if (first < 0) {
        assertThat(unread).isNull();
      } else {
        assertThat(unread).isNotNull();
        assertThat(unread.index()).isEqualTo(first);
        assertThat(unread.why()).startsWith("record %d of a bundle: could not".formatted(first));
        assertThat(unread.bytes()).isEqualTo(foreign.drain());
      }
    }
  }

  /** Returns an encoding with a header of ours and a body that is none. */
  private byte[] foreign(byte[] encoded) {
    return switch (random.nextInt(3)) {
      case 0 -> Arrays.copyOf(encoded, 10 + random.nextInt(encoded.length - 10)); // cut
      case 1 -> Arrays.copyOf(encoded, encoded.length + 1 + random.nextInt(20)); // and more
      default -> {
        byte[] bytes = Arrays.copyOf(encoded, 10 + 1 + random.nextInt(100));
        Arrays.fill(bytes, 10, bytes.length, (byte) 0xFF); // a number without an end
        yield bytes;
      }
    };
  }

  @Test
  void survivesAnyBytes() {
    byte[] value = value(activities(4));
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = value.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      List<Activity> read = new ArrayList<>();
      BundleReader.Unread unread = reader.read(damaged, read::add);
      assertThat(unread != null || read.size() > 0).as("seed %d, round %d", SEED, round).isTrue();
    }
    for (int round = 0; round < 2_000; round++) {
      byte[] foreign = new byte[random.nextInt(200)];
      random.nextBytes(foreign);
      List<Activity> read = new ArrayList<>();
      assertThat(reader.read(foreign, read::add)).isNotNull();
      assertThat(read).isEmpty();
    }
  }

  @Test
  void takesNoMoreMemoryThanTheBytesHave() {
    Where where = new Where("", null, null, 0, 0L, 0);
    Activity alert =
        Activity.newBuilder()
            .setKind(ActivityKind.ALERT)
            .setCategory("")
            .setEventId("")
            .setEventAt(0)
            .setArrivalAt(0)
            .setWhere(where)
            .setAlert(Alert.newBuilder().setId("").setAccounts(List.of("x")).build())
            .build();
    byte[] encoded = codec.encode(alert);
    int count = encoded.length - 7; // one account, its two bytes, three ends, and no raw fields
    assertThat(encoded[count]).isEqualTo((byte) 2);
    ByteBuffer bomb = ByteBuffer.allocate(encoded.length + 4);
    bomb.put(encoded, 0, count).put(new byte[] {(byte) 0xFE, -1, -1, -1, 0x0F});
    bomb.put(encoded, count + 1, encoded.length - count - 1);
    BundleReader.Unread unread = reader.read(bomb.array(), each -> {});
    assertThat(unread).isNotNull();
    assertThat(unread.why())
        .contains("(2147483647) that is larger than the number of bytes left (6); the bytes are");
  }

  @Test
  void says_thatTheFieldsOfARecordReachBeyondItsBytes() {
    byte[] encoded = codec.encode(empty());
    Bundle bundle = new Bundle(Integer.MAX_VALUE);
    bundle.add(Arrays.copyOf(encoded, encoded.length - 1));
    bundle.add(encoded);
    List<Activity> read = new ArrayList<>();
    BundleReader.Unread unread = reader.read(bundle.drain(), read::add);
    assertThat(read).hasSize(1);
    assertThat(unread).isNotNull();
    assertThat(unread.why()).contains("the fields of a record do not end where its bytes end");
  }

  @Test
  void says_thatALengthIsNegative() {
    byte[] encoded = codec.encode(empty());
    assertThat(encoded[11]).as("length of the category").isZero();
    encoded[11] = 1; // -1
    BundleReader.Unread unread = reader.read(encoded, each -> {});
    assertThat(unread).isNotNull();
    assertThat(unread.why())
        .contains("the data declare a negative number of bytes or items (-1); the bytes are");
  }

  private static Activity empty() {
    return Activity.newBuilder()
        .setKind(ActivityKind.ALERT)
        .setCategory("")
        .setEventId("")
        .setEventAt(0)
        .setArrivalAt(0)
        .setWhere(new Where("", null, null, 0, 0L, 0))
        .build();
  }

  @Test
  void refusesANewerLayout_anotherSchema_andWhatIsEmpty() {
    byte[] newer = value(activities(2));
    newer[2] = 2;
    assertUnread(
        newer,
        "a bundle of layout 2, which this version does not know; a newer version may have written"
            + " it");
    byte[] other = value(activities(2));
    Arrays.fill(other, 5, FIRST_AT, (byte) 0x11);
    assertUnread(other, "unknown schema fingerprint 1111111111111111");
    assertUnread(Arrays.copyOf(other, FIRST_AT), "a bundle without a record, 13 bytes");
    assertUnread(
        new byte[0], "its 0 bytes do not begin with the header of Avro's single-object encoding");
    assertUnread("LS".getBytes(UTF_8), "a bundle without a record, 2 bytes");
    assertUnread(
        "{\"a\":1}".getBytes(UTF_8),
        "its 7 bytes do not begin with the header of Avro's single-object encoding");
  }

  private void assertUnread(byte[] value, String why) {
    List<Activity> read = new ArrayList<>();
    BundleReader.Unread unread = reader.read(value, read::add);
    assertThat(read).isEmpty();
    assertThat(unread).isNotNull();
    assertThat(unread.bytes()).isSameAs(value);
    assertThat(unread.why()).contains(why);
  }

  @Test
  void takesRecordsOfOneSchemaOnly() {
    Bundle bundle = new Bundle(1_000);
    bundle.add(codec.encode(activities(1).get(0)));
    byte[] where =
        new SingleObject<Where>(Where.getClassSchema()).encode(new Where("", null, null, 0, 0L, 0));
    assertThatThrownBy(() -> bundle.add(where))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another schema");
  }

  @Test
  void handsOutOneInstance_ofAShortTextThatComesAgain() {
    List<Activity> read = new ArrayList<>();
    Activity activity = activities(1).get(0); // of many texts, some push others out
    for (String city : List.of("Zürich", "Oslo", "Ýstanbul", "Oslo", "Zürich", "")) {
      activity.setCategory("NonInteractiveUserSignInLogs");
      activity.setAddress(city);
      assertThat(reader.read(value(List.of(activity)), read::add)).isNull();
    }
    assertThat(read.stream().map(Activity::getAddress))
        .containsExactly("Zürich", "Oslo", "Ýstanbul", "Oslo", "Zürich", "");
    assertThat(read.get(3).getAddress()).isSameAs(read.get(1).getAddress());
    assertThat(read.get(5).getCategory()).isSameAs(read.get(0).getCategory());
  }

  private List<Activity> activities(int count) {
    List<Activity> activities = new ArrayList<>();
    for (Object each :
        new RandomData(
            SpecificData.getForSchema(Activity.getClassSchema()),
            Activity.getClassSchema(),
            count,
            random.nextLong(),
            false)) {
      activities.add((Activity) each);
    }
    return activities;
  }

  private byte[] value(List<Activity> activities) {
    return values(activities, Integer.MAX_VALUE).get(0);
  }

  private List<byte[]> values(List<Activity> activities, int mostBytes) {
    Bundle bundle = new Bundle(mostBytes);
    List<byte[]> values = new ArrayList<>();
    for (Activity each : activities) {
      byte[] full = bundle.add(codec.encode(each));
      if (full != null) {
        values.add(full);
      }
    }
    values.add(bundle.drain());
    return values;
  }

  /** Returns where each record ends in the bundle of all. */
  private int[] ends(List<Activity> activities) {
    int[] ends = new int[activities.size()];
    int at = FIRST_AT;
    for (int i = 0; i < ends.length; i++) {
      at += 4 + codec.encode(activities.get(i)).length - 10;
      ends[i] = at;
    }
    return ends;
  }

  private static int whole(int[] ends, int length) {
    return (int) IntStream.of(ends).filter(end -> end <= length).count();
  }
}
