package dev.lockstep.detections.encoding;

import dev.lockstep.enrichment.geo.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Dictionary of the values that state records repeat, which gives each value a number that replaces
 * it in records. The values are texts, places, holders of networks, and the logs and sources that
 * events come from. Each value is a word of the dictionary. The dictionary has up to {@value #MOST}
 * words; further values stay in the records themselves. A {@link Keeper} stores the dictionary
 * beside the records. For one thread.
 */
public final class StateDictionary {
  private static final int MOST = 10_000;
  private static final int TEXT = 0;
  private static final int PLACE = 1;
  private static final int HOLDER = 2;
  private static final int ORIGIN = 3;

  private final Map<Object, Integer> numbers = new HashMap<>();
  private final List<@Nullable Object> words = new ArrayList<>();
  private final @Nullable Keeper keeper;
  private boolean read;

  /** Autonomous system, organisation and country of a network, which many addresses share. */
  record Holder(@Nullable Long asn, @Nullable String organisation, @Nullable String country) {}

  /** Log category, source, and hub or file, which many events share. */
  record EventOrigin(String category, String source, @Nullable String hub, @Nullable String file) {}

  /**
   * Storage of repeated values, such as texts and places, and of the numbers that stand for them in
   * state records. The values and numbers outlast the process.
   */
  public interface Keeper {
    /**
     * Stores a text, place or other value that is new in the dictionary, with the number that
     * replaces the value in state records. No record with this number is written before this call.
     */
    void added(int number, byte[] word);

    /**
     * Loads a dictionary from this storage: calls {@link StateDictionary#kept} of the dictionary
     * for each stored value and its number. The dictionary calls this method before its first use.
     */
    void read(StateDictionary into);
  }

  /**
   * Creates an empty dictionary for state records that are kept only in memory. The dictionary too
   * is kept only in memory.
   */
  public StateDictionary() {
    this(null);
  }

  /**
   * Creates a dictionary that keeps its values and their numbers in the given storage. Without a
   * storage, the dictionary is kept in memory only.
   */
  public StateDictionary(@Nullable Keeper keeper) {
    this.keeper = keeper;
  }

  /** Adds a value that was read from the dictionary's storage, with the number of the value. */
  public void kept(int number, byte[] word) {
    ByteSource from = new ByteSource(word);
    Object read =
        switch (from.get()) {
          case TEXT -> from.someText();
          case PLACE ->
              new Place(from.text(), from.text(), from.number(), from.number(), from.number());
          case HOLDER -> {
            long asn = from.unsigned();
            yield new Holder(asn == 0 ? null : asn - 1, from.text(), from.text());
          }
          case ORIGIN ->
              new EventOrigin(from.someText(), from.someText(), from.text(), from.text());
          default ->
              throw new IllegalArgumentException(
                  "a value in the dictionary of state records has an unknown kind; the state is"
                      + " damaged, or a newer version wrote it");
        };
    while (words.size() <= number) {
      words.add(null);
    }
    words.set(number, read);
    numbers.put(read, number);
  }

  /**
   * Returns the number that replaces a text, place or other value in state records. A new value is
   * added to the dictionary. The result is -1 if the value is new and the dictionary is full.
   */
  public int number(Object word) {
    readOnce();
    Integer known = numbers.get(word);
    if (known != null) {
      return known;
    }
    int number = words.size();
    if (number >= MOST) {
      return -1;
    }
    numbers.put(word, number);
    words.add(word);
    if (keeper != null) {
      keeper.added(number, bytes(word));
    }
    return number;
  }

  private void readOnce() {
    if (!read) {
      read = true;
      if (keeper != null) {
        keeper.read(this);
      }
    }
  }

  private static byte[] bytes(Object word) {
    ByteSink to = new ByteSink();
    if (word instanceof Place place) {
      to.put(PLACE).text(place.country()).text(place.city());
      to.number(place.latitude()).number(place.longitude()).number(place.accuracyKm());
    } else if (word instanceof Holder holder) {
      to.put(HOLDER).unsigned(holder.asn() == null ? 0 : holder.asn() + 1);
      to.text(holder.organisation()).text(holder.country());
    } else if (word instanceof EventOrigin origin) {
      to.put(ORIGIN).text(origin.category());
      to.text(origin.source()).text(origin.hub()).text(origin.file());
    } else {
      to.put(TEXT).text((String) word);
    }
    return to.bytes();
  }

  /**
   * Returns the value that a number in a state record stands for. It is a text, a place, the holder
   * of a network, or the log and source of an event.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Object word(int number) {
    readOnce();
    Object word = number >= 0 && number < words.size() ? words.get(number) : null;
    if (word == null) {
      throw new IllegalArgumentException(
          ("a state record refers to a repeated value by the number %d, but no value with this"
                  + " number is stored; the state is damaged")
              .formatted(number));
    }
    return word;
  }
}
