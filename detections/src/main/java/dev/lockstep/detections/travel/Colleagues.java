package dev.lockstep.detections.travel;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Look-up of the number of users, other than the judged principal, who are regularly in a city. The
 * static methods count the users of a city and answer such a look-up. {@code impossible-travel}
 * lowers a finding by one level if both cities of the pair have enough such users, unless a network
 * class lowers it already.
 *
 * <p>Each place is a subject that keeps its users of each day. A day with a pair that fires asks
 * both places how many other users are there regularly. A place answers at once, and again when
 * late events change the number; then the day is judged again.
 */
final class Colleagues {
  static final String GATE = "colleagues-place";

  private static final Field USERS = Field.set("users");
  private static final Field BUCKET = Field.text("bucket");
  private static final Field ASKED_BY = Field.set("askedBy");
  private static final Field COUNTRY = Field.text("country");
  private static final Field CITY = Field.text("city");
  private static final Field NUMBER = Field.set("number");

  private static final int MOST_USERS = 256;

  /**
   * Number of buckets over which the questions about the users of one city and day are spread. Each
   * bucket is a fact of its own. A question asks how many users other than a given user are
   * regularly in the city. There is one question for each user who may have travelled impossibly
   * fast to or from the city. The hash of the user's id chooses the bucket.
   */
  private static final int BUCKETS = 64;

  private static final int MOST_ANSWERS = 1_024;

  static final FactKind PRESENT =
      FactKind.named("users", USERS).daily().mostMembers(MOST_USERS).declare();

  static final FactKind QUESTIONS =
      FactKind.named("questions", BUCKET, ASKED_BY)
          .most(BUCKETS)
          .aggregates(ASKED_BY, PlaceQuestions::new)
          .declare();

  static final FactKind ANSWER =
      FactKind.named("colleagues", COUNTRY, CITY, NUMBER)
          .most(MOST_ANSWERS)
          .ofWholeDay()
          .aggregates(NUMBER, LastAddedText::new)
          .declare();

  private final Case day;
  private final Set<PlaceKey> asked = new HashSet<>(4);
  private @Nullable Map<PlaceKey, Integer> answers;

  Colleagues(Case day) {
    this.day = day;
  }

  static void observe(Principal principal, PlaceKey place, Facts facts) {
    if (isCompared(facts.settings()) && PrincipalTypes.isUser(principal) && place.isCity()) {
      facts
          .about(subject(place), PRESENT)
          .adding(USERS, principal.getId())
          .ofNobody()
          .withoutAddress()
          .state();
    }
  }

  private static Subject subject(PlaceKey place) {
    return new Subject(Subject.Kind.PLACE, place.trait());
  }

  private static boolean isCompared(Settings settings) {
    return settings.integer(ImpossibleTravel.COLLEAGUES) > 0;
  }

  /**
   * Stores the users who were at a place on a day as a lesson for later days. The lesson is one
   * text with the hashes of the users' ids.
   */
  static void learn(Day day, Lessons lessons) {
    for (Fact fact : day.facts(PRESENT)) {
      List<Seen> users = fact.members(USERS);
      ByteBuffer hashes = ByteBuffer.allocate(Long.BYTES * users.size());
      users.forEach(user -> hashes.putLong(hash(user.text())));
      lessons.teach(Base64.getEncoder().encodeToString(hashes.array()));
    }
  }

  private static long hash(String user) {
    return SchemaNormalization.fingerprint64(user.getBytes(StandardCharsets.UTF_8));
  }

  static void answer(Case place, Verdicts verdicts) {
    if (!verdicts.takesRelays()) {
      return;
    }
    Fact changed = place.changed();
    for (Fact fact : changed == null ? place.today(QUESTIONS) : List.of(changed)) {
      if (fact.kind() == QUESTIONS && fact.day() == place.day()) {
        PlaceQuestions questions = (PlaceQuestions) fact.aggregate();
        questions.users().forEach(user -> answer(place, questions, user, verdicts));
      }
    }
  }

  private static void answer(Case place, PlaceQuestions questions, String user, Verdicts verdicts) {
    Regulars regulars =
        place.learned().digest(Regulars.class, learned -> Regulars.of(place, learned));
    String number = String.valueOf(regulars.without(user));
    EventReference event = questions.recordAnswer(user, number);
    if (event != null) {
      PlaceKey key = PlaceKey.ofTrait(place.subject().id());
      verdicts.relay(
          new RelayedFact(
              new Subject(Subject.Kind.PRINCIPAL, user),
              ANSWER,
              event,
              List.of(key.country(), key.city()),
              List.of(List.of(number)),
              false,
              false));
    }
  }

  void ask(PlaceKey place, Fact stay, Verdicts verdicts) {
    if (!verdicts.takesRelays()
        || !isCompared(day.settings())
        || !place.isCity()
        || answers().containsKey(place)
        || !asked.add(place)) {
      return;
    }
    String user = day.subject().id();
    verdicts.relay(
        new RelayedFact(
            subject(place),
            QUESTIONS,
            stay.first(),
            List.of(String.valueOf(Math.floorMod(hash(user), BUCKETS))),
            List.of(List.of(user)),
            false,
            false));
  }

  boolean areAt(PlaceKey here, PlaceKey there) {
    int least = day.settings().integer(ImpossibleTravel.COLLEAGUES);
    return least > 0 && at(here) >= least && at(there) >= least;
  }

  /**
   * Returns the number of users other than the judged principal who are regularly at a place, or 0
   * if the number is not known.
   */
  int at(PlaceKey place) {
    return answers().getOrDefault(place, 0);
  }

  private Map<PlaceKey, Integer> answers() {
    Map<PlaceKey, Integer> known = answers;
    if (known == null) {
      known = new HashMap<>(4);
      for (Fact fact : day.today(ANSWER)) {
        String number = ((LastAddedText) fact.aggregate()).text();
        if (number != null) {
          known.put(
              new PlaceKey(
                  Objects.requireNonNull(fact.text(COUNTRY)),
                  Objects.requireNonNull(fact.text(CITY))),
              Integer.parseInt(number));
        }
      }
      answers = known;
    }
    return known;
  }

  /**
   * Hashes of the ids of the users who were regularly at a place. They were there on at least as
   * many of the learned days as the setting demands.
   */
  private static final class Regulars {
    private final long[] users;

    private Regulars(long[] users) {
      this.users = users;
    }

    static Regulars of(Case place, Learned learned) {
      int least = place.settings().integer(ImpossibleTravel.COLLEAGUE_DAYS);
      int first = place.day() - ImpossibleTravel.OLDEST;
      int last = place.day() - ImpossibleTravel.YOUNGEST;
      LongStream.Builder all = LongStream.builder();
      for (int each : learned.days().subSet(first, true, last, true)) {
        for (String trait : learned.on(each).keySet()) {
          LongBuffer hashes = ByteBuffer.wrap(Base64.getDecoder().decode(trait)).asLongBuffer();
          while (hashes.hasRemaining()) {
            all.add(hashes.get());
          }
        }
      }
      long[] sorted = all.build().sorted().toArray();
      LongStream.Builder regular = LongStream.builder();
      for (int i = 0; i + least <= sorted.length; i++) {
        boolean isFirst = i == 0 || sorted[i - 1] != sorted[i];
        if (isFirst && sorted[i + least - 1] == sorted[i]) {
          regular.add(sorted[i]);
        }
      }
      return new Regulars(regular.build().toArray());
    }

    int without(String user) {
      return users.length - (Arrays.binarySearch(users, hash(user)) >= 0 ? 1 : 0);
    }
  }
}
