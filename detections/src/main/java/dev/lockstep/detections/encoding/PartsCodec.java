package dev.lockstep.detections.encoding;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Field;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Where;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Codec of places, principals, event references and fields, which several kinds of records share.
 */
public final class PartsCodec {
  private static final NetworkClass[] CLASSES = NetworkClass.values();
  private static final List<String> TYPES =
      List.of(PrincipalTypes.USER, PrincipalTypes.WORKLOAD, PrincipalTypes.SUBSCRIPTION);
  private static final int PLACED = 0x80;

  /**
   * Number of bits for a principal's type. The bits above them are the index of the value that is
   * its id.
   */
  private static final int TYPE_BITS = 3;

  private static final int TYPE_MASK = (1 << TYPE_BITS) - 1;

  /**
   * Number that stands for a principal's id if the id is also the id of the fact's subject. A
   * smaller number stands for an id that is one of the fact's values, and is the index of that
   * value.
   */
  private static final int SUBJECT = 30;

  private static final @Nullable Object[] NO_VALUES = {};

  /**
   * Cache of texts by hash. A text that another thread has overwritten is not found, and is stored
   * again.
   */
  private static final @Nullable String[] SHARED = new String[256];

  private PartsCodec() {}

  public static void write(ByteSink to, @Nullable Location location) {
    if (location == null) {
      to.put(0);
      return;
    }
    Network network = location.network();
    Place place = location.place();
    to.sized(location.address().toBytes());
    int networkClass = Arrays.asList(CLASSES).indexOf(network.networkClass());
    to.put(networkClass | (place.known() ? PLACED : 0));
    if (!to.number(
        new StateDictionary.Holder(network.asn(), network.organisation(), network.country()))) {
      to.unsigned(network.asn() == null ? 0 : network.asn() + 1);
      to.text(network.organisation()).text(network.country());
    }
    if (place.known() && !to.number(place)) {
      to.text(place.country()).text(place.city());
      to.number(place.latitude()).number(place.longitude()).number(place.accuracyKm());
    }
  }

  public static @Nullable Location location(ByteSource from) {
    byte[] bytes = from.sized();
    if (bytes.length == 0) {
      return null;
    }
    Address address = Address.of(bytes);
    int flags = from.get();
    StateDictionary.Holder holder = (StateDictionary.Holder) from.numbered();
    if (holder == null) {
      long asn = from.unsigned();
      holder = new StateDictionary.Holder(asn == 0 ? null : asn - 1, from.text(), from.text());
    }
    Place place = (flags & PLACED) == 0 ? Place.UNKNOWN : knownPlace(from);
    return new Location(
        address,
        place,
        new Network(
            holder.asn(),
            holder.organisation(),
            address.prefix(),
            holder.country(),
            CLASSES[flags & ~PLACED]));
  }

  /** Reads an encoded location, and returns only its geographic place. */
  public static Place place(ByteSource from) {
    if (!from.skipSized()) {
      return Place.UNKNOWN;
    }
    int flags = from.get();
    if (from.numbered() == null) {
      from.unsigned();
      from.skipText();
      from.skipText();
    }
    return (flags & PLACED) == 0 ? Place.UNKNOWN : knownPlace(from);
  }

  private static Place knownPlace(ByteSource from) {
    Place known = (Place) from.numbered();
    return known == null
        ? new Place(from.text(), from.text(), from.number(), from.number(), from.number())
        : known;
  }

  public static void write(ByteSink to, @Nullable Principal principal) {
    if (principal == null) {
      to.put(0);
      return;
    }
    int type = TYPES.indexOf(principal.getType());
    to.put(type < 0 ? TYPES.size() + 1 : type + 1);
    if (type < 0) {
      to.word(principal.getType());
    }
    to.text(principal.getId()).text(principal.getName());
  }

  public static @Nullable Principal principal(ByteSource from) {
    return principal(from, "", NO_VALUES);
  }

  /**
   * Writes the principal of a fact, with a short reference in place of an id that occurs elsewhere
   * in the fact. Such an id is also the fact's subject or one of its first 30 values. Reading needs
   * the same subject and values.
   *
   * @param subject id of the fact's subject
   * @param values values of the fact
   */
  public static void write(
      ByteSink to, @Nullable Principal principal, String subject, @Nullable Object[] values) {
    int place = principal == null ? -1 : placeOf(principal.getId(), subject, values);
    if (principal == null || place < 0) {
      write(to, principal);
      return;
    }
    int type = TYPES.indexOf(principal.getType()) + 1;
    to.put((place + 1) << TYPE_BITS | (type == 0 ? TYPES.size() + 1 : type));
    if (type == 0) {
      to.word(principal.getType());
    }
    to.text(principal.getName());
  }

  private static int placeOf(String id, String subject, @Nullable Object[] values) {
    if (id.equals(subject)) {
      return SUBJECT;
    }
    int place = Arrays.asList(values).indexOf(id);
    return place < SUBJECT ? place : -1;
  }

  /**
   * Reads the principal that was written for a fact with the same subject and values. The
   * principal's id may be a reference to the subject's id or to one of the values.
   *
   * @param subject id of the fact's subject
   * @param values values of the fact
   */
  public static @Nullable Principal principal(
      ByteSource from, String subject, @Nullable Object[] values) {
    int first = from.get();
    int type = first & TYPE_MASK;
    if (type == 0) {
      return null;
    }
    String word = type > TYPES.size() ? from.someWord() : TYPES.get(type - 1);
    int place = (first >>> TYPE_BITS) - 1;
    String id = subject;
    if (place != SUBJECT) {
      id = place < 0 ? from.someText() : String.valueOf(values[place]);
    }
    return new Principal(id, from.text(), word);
  }

  /**
   * Writes an event reference, with the event's time as the difference from the time {@code near}.
   * The closer the two times are, the fewer bytes are written.
   *
   * @param near any time in milliseconds since 1970, which the reader of the event reference needs
   *     too
   */
  public static void write(ByteSink to, EventReference event, long near) {
    write(to, event, near, null);
  }

  /**
   * Writes an event reference, and leaves out the event's id if it equals {@code id}. The event's
   * time is written as the difference from the time {@code near}. The closer the two times are, the
   * fewer bytes are written.
   *
   * @param near any time in milliseconds since 1970, which the reader of the event reference needs
   *     too
   * @param id id that is not written if the event has it; null if any id is to be written
   */
  static void write(ByteSink to, EventReference event, long near, @Nullable String id) {
    Where where = event.where();
    StateDictionary.EventOrigin origin =
        new StateDictionary.EventOrigin(
            event.category(), where.getSource(), where.getHub(), where.getFile());
    if (!to.number(origin)) {
      to.text(origin.category()).text(origin.source()).text(origin.hub()).text(origin.file());
    }
    to.text(event.eventId().equals(id) ? null : event.eventId())
        .signed(event.at() - near)
        .signed(event.arrivalAt() - event.at());
    to.signed(where.getPartition()).signed(where.getPosition()).signed(where.getIndex());
  }

  public static EventReference reference(ByteSource from, long near) {
    return reference(from, near, null);
  }

  /**
   * Reads an event reference that was written with the same values of {@code near} and {@code id}.
   * Its time was written as the difference from {@code near}. Its id was left out if it equals
   * {@code id}.
   *
   * @param id id that the writer left out if the event had it; null if it wrote any id
   */
  static EventReference reference(ByteSource from, long near, @Nullable String id) {
    StateDictionary.EventOrigin origin = (StateDictionary.EventOrigin) from.numbered();
    if (origin == null) {
      origin =
          new StateDictionary.EventOrigin(
              shared(from.someText()),
              shared(from.someText()),
              sharedOrNull(from.text()),
              sharedOrNull(from.text()));
    }
    String written = id == null ? from.someText() : from.text();
    String eventId = written == null ? String.valueOf(id) : written;
    long at = near + from.signed();
    return new EventReference(
        origin.category(),
        eventId,
        at,
        at + from.signed(),
        new Where(
            origin.source(),
            origin.hub(),
            origin.file(),
            (int) from.signed(),
            from.signed(),
            (int) from.signed()));
  }

  private static @Nullable String sharedOrNull(@Nullable String text) {
    return text == null ? null : shared(text);
  }

  private static String shared(String text) {
    int slot = text.hashCode() & (SHARED.length - 1);
    String known = SHARED[slot];
    if (text.equals(known)) {
      return known;
    }
    SHARED[slot] = text;
    return text;
  }

  public static void write(ByteSink to, List<Field> fields, @Nullable Object[] values) {
    for (Field field : fields) {
      if (field.type() == Field.Type.SET) {
        continue;
      }
      Object value = values[field.index()];
      switch (field.type()) {
        case FLAG -> to.put(Boolean.TRUE.equals(value) ? 1 : 0);
        case NUMBER -> to.signed(value == null ? 0 : (Long) value);
        default -> to.text((String) value);
      }
    }
  }

  /** Skips the values of a fact's fields in a record. */
  public static void skipValues(ByteSource from, List<Field> fields) {
    for (Field field : fields) {
      switch (field.type()) {
        case SET -> {}
        case FLAG -> from.get();
        case NUMBER -> from.signed();
        case TEXT -> from.skipText();
      }
    }
  }

  public static @Nullable Object[] values(ByteSource from, List<Field> fields, int count) {
    @Nullable Object[] values = new Object[count];
    for (Field field : fields) {
      switch (field.type()) {
        case SET -> {}
        case FLAG -> values[field.index()] = from.get() == 1;
        case NUMBER -> values[field.index()] = from.signed();
        case TEXT -> values[field.index()] = from.text();
      }
    }
    return values;
  }
}
