package dev.lockstep.detections.engine;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Location;
import dev.lockstep.enrichment.Network;
import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Place;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Field;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Where;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Codec of what facts and visits are made of. */
final class PartsCodec {
  private static final NetworkClass[] CLASSES = NetworkClass.values();
  private static final List<String> TYPES = List.of("user", "workload", "subscription");
  private static final int PLACED = 0x80;
  private static final int SAME_CATEGORY = 1;
  private static final int SAME_ORIGIN = 2;

  private PartsCodec() {}

  static void write(ByteSink to, @Nullable Location location) {
    if (location == null) {
      to.text(null);
      return;
    }
    Network network = location.network();
    Place place = location.place();
    to.text(location.address().text());
    to.put(classOf(network) | (place.known() ? PLACED : 0));
    to.unsigned(network.asn() == null ? 0 : network.asn() + 1);
    to.word(network.organisation()).word(network.country());
    if (place.known()) {
      to.word(place.country()).word(place.city());
      to.number(place.latitude()).number(place.longitude()).number(place.accuracyKm());
    }
  }

  private static int classOf(Network network) {
    for (int i = 0; i < CLASSES.length; i++) {
      if (CLASSES[i] == network.networkClass()) {
        return i;
      }
    }
    throw new IllegalStateException("a class of networks that there is not");
  }

  static @Nullable Location location(ByteSource from) {
    String text = from.text();
    if (text == null) {
      return null;
    }
    Address address = Address.parse(text);
    if (address == null) {
      throw new IllegalArgumentException("no address");
    }
    int flags = from.get();
    long asn = from.unsigned();
    String organisation = from.word();
    String country = from.word();
    Place place = Place.UNKNOWN;
    if ((flags & PLACED) != 0) {
      place = new Place(from.word(), from.word(), from.number(), from.number(), from.number());
    }
    return new Location(
        address,
        place,
        new Network(
            asn == 0 ? null : asn - 1,
            organisation,
            address.prefix(),
            country,
            CLASSES[flags & ~PLACED]));
  }

  static void write(ByteSink to, @Nullable Principal principal) {
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

  static @Nullable Principal principal(ByteSource from) {
    int type = from.get();
    if (type == 0) {
      return null;
    }
    String word = type > TYPES.size() ? from.someWord() : TYPES.get(type - 1);
    return new Principal(from.someText(), from.text(), word);
  }

  static void write(ByteSink to, EventReference event) {
    to.word(event.category()).text(event.eventId());
    to.signed(event.at()).signed(event.arrivalAt() - event.at());
    Where where = event.where();
    to.word(where.getSource()).word(where.getHub()).word(where.getFile());
    to.signed(where.getPartition()).signed(where.getPosition()).signed(where.getIndex());
  }

  static EventReference reference(ByteSource from) {
    String category = interned(from.someWord());
    String eventId = from.someText();
    long at = from.signed();
    long arrivalAt = at + from.signed();
    Where where =
        new Where(
            interned(from.someWord()),
            internedOrNull(from.word()),
            internedOrNull(from.word()),
            (int) from.signed(),
            from.signed(),
            (int) from.signed());
    return new EventReference(category, eventId, at, arrivalAt, where);
  }

  /** Writes an event beside an earlier one: what both have in common is not written again. */
  static void write(ByteSink to, EventReference event, EventReference beside) {
    boolean isOfSameKind = event.category().equals(beside.category());
    boolean isOfSameOrigin = isOfSameOrigin(event.where(), beside.where());
    to.put((isOfSameKind ? SAME_CATEGORY : 0) | (isOfSameOrigin ? SAME_ORIGIN : 0));
    if (!isOfSameKind) {
      to.word(event.category());
    }
    to.text(event.eventId());
    to.signed(event.at() - beside.at()).signed(event.arrivalAt() - event.at());
    Where where = event.where();
    if (!isOfSameOrigin) {
      to.word(where.getSource()).word(where.getHub()).word(where.getFile());
    }
    to.signed(where.getPartition()).signed(where.getPosition()).signed(where.getIndex());
  }

  private static boolean isOfSameOrigin(Where one, Where other) {
    return one.getSource().equals(other.getSource())
        && Objects.equals(one.getHub(), other.getHub())
        && Objects.equals(one.getFile(), other.getFile());
  }

  static EventReference reference(ByteSource from, EventReference beside) {
    int same = from.get();
    String category = (same & SAME_CATEGORY) != 0 ? beside.category() : interned(from.someWord());
    String eventId = from.someText();
    long at = beside.at() + from.signed();
    long arrivalAt = at + from.signed();
    boolean isOfSameOrigin = (same & SAME_ORIGIN) != 0;
    Where origin = beside.where();
    String source = isOfSameOrigin ? origin.getSource() : interned(from.someWord());
    String hub = isOfSameOrigin ? origin.getHub() : internedOrNull(from.word());
    String file = isOfSameOrigin ? origin.getFile() : internedOrNull(from.word());
    Where where =
        new Where(source, hub, file, (int) from.signed(), from.signed(), (int) from.signed());
    return new EventReference(category, eventId, at, arrivalAt, where);
  }

  private static String interned(String text) {
    return text.intern();
  }

  private static @Nullable String internedOrNull(@Nullable String text) {
    return text == null ? null : interned(text);
  }

  static void write(ByteSink to, List<Field> fields, @Nullable Object[] values) {
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

  static @Nullable Object[] values(ByteSource from, List<Field> fields, int count) {
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
