package dev.lockstep.app.authoring;

import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * Order in which a rule's test enters its activities into the engine: as given, reversed, shuffled
 * or doubled. A test runs in all orders, to detect findings that depend on the order. Doubled means
 * that each activity is entered twice. All activities get new arrival times. Only activities less
 * than 20 hours apart change places, because the engine promises the same findings for events up to
 * 23 hours late.
 */
enum EntryOrder {
  AS_GIVEN("as given"),
  REVERSED("in reverse"),
  SHUFFLED("shuffled"),
  DOUBLED("doubled");

  private static final long TOGETHER_MILLIS = 20 * 3_600_000L;

  private final String words;

  EntryOrder(String words) {
    this.words = words;
  }

  String words(long seed) {
    return this == SHUFFLED ? words + " with seed " + seed : words;
  }

  List<Activity> of(List<Activity> given, long seed) {
    if (given.isEmpty()) {
      return List.of();
    }
    long first = given.stream().mapToLong(Activity::getEventAt).min().orElseThrow();
    TreeMap<Long, List<Activity>> blocks = new TreeMap<>();
    for (Activity activity : given) {
      blocks
          .computeIfAbsent(
              (activity.getEventAt() - first) / TOGETHER_MILLIS, any -> new ArrayList<>())
          .add(activity);
    }
    List<Activity> ordered = new ArrayList<>();
    Random random = new Random(seed);
    for (List<Activity> block : blocks.values()) {
      long arrivalAt = block.stream().mapToLong(Activity::getEventAt).max().orElseThrow();
      for (Activity activity : entered(block, random)) {
        Activity copy = Activity.newBuilder(activity).build();
        copy.setArrivalAt(arrivalAt++);
        ordered.add(copy);
      }
    }
    return ordered;
  }

  private List<Activity> entered(List<Activity> block, Random random) {
    List<Activity> entered = new ArrayList<>(block);
    switch (this) {
      case AS_GIVEN -> {}
      case REVERSED -> Collections.reverse(entered);
      case SHUFFLED -> Collections.shuffle(entered, random);
      case DOUBLED -> entered.addAll(block);
    }
    return entered;
  }
}
