package dev.lockstep.detections;

import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A principal's pages while one observation is worked in: each is read and written once at most.
 */
final class TravelVisit implements ImpossibleTravel.CommuteReader {
  private final TravelBook.Pages pages;
  private final Opened opened;
  private final Map<Integer, @Nullable DayPage> days = new HashMap<>(4);
  private final TreeSet<Integer> changed = new TreeSet<>();
  private @Nullable Commutes commutes;
  private boolean commutesChanged;

  TravelVisit(TravelBook.Pages pages, Opened opened) {
    this.pages = pages;
    this.opened = opened;
  }

  /** Pages that were opened lately, so that a large one need not be opened for each event. */
  static final class Opened {
    private static final int MOST = 16;
    private static final int LARGE = 8;

    private final int mostPlaces;
    private final PrincipalDay[] records = new PrincipalDay[MOST];
    private final DayPage[] pages = new DayPage[MOST];
    private final PrincipalProfile[] profiles = new PrincipalProfile[MOST];
    private final Commutes[] commutes = new Commutes[MOST];
    private int nextPage;
    private int nextProfile;

    Opened(int mostPlaces) {
      this.mostPlaces = mostPlaces;
    }

    private DayPage page(int day, PrincipalDay record) {
      for (int i = 0; i < MOST; i++) {
        if (records[i] == record) {
          return pages[i];
        }
      }
      DayPage page = new DayPage(day, record);
      if (record.getStays().size() >= LARGE) {
        remember(record, page);
      }
      return page;
    }

    private void remember(PrincipalDay record, DayPage page) {
      records[nextPage] = record;
      pages[nextPage] = page;
      nextPage = (nextPage + 1) % MOST;
    }

    private Commutes commutes(@Nullable PrincipalProfile profile) {
      if (profile == null) {
        return new Commutes(mostPlaces);
      }
      for (int i = 0; i < MOST; i++) {
        if (profiles[i] == profile) {
          return commutes[i];
        }
      }
      Commutes read = new Commutes(mostPlaces, profile);
      remember(profile, read);
      return read;
    }

    private void remember(PrincipalProfile profile, Commutes read) {
      if (profile.getPlaces().size() >= LARGE) {
        profiles[nextProfile] = profile;
        commutes[nextProfile] = read;
        nextProfile = (nextProfile + 1) % MOST;
      }
    }
  }

  @Nullable DayPage day(int day) {
    if (!days.containsKey(day)) {
      PrincipalDay record = pages.day(day);
      days.put(day, record == null ? null : opened.page(day, record));
    }
    return days.get(day);
  }

  DayPage dayOrNew(int day) {
    DayPage page = day(day);
    if (page == null) {
      page = new DayPage(day);
      days.put(day, page);
    }
    return page;
  }

  Commutes commutes() {
    Commutes read = commutes;
    if (read == null) {
      read = opened.commutes(pages.profile());
      commutes = read;
    }
    return read;
  }

  @Override
  public int daysAt(PlaceKey place, int day) {
    return commutes().daysAt(place, day);
  }

  void changed(DayPage page) {
    changed.add(page.day());
  }

  void commutesChanged() {
    commutesChanged = true;
  }

  /** Writes what changed. */
  void write() {
    for (int day : changed) {
      DayPage page = days.get(day);
      if (page != null) {
        pages.write(day, page.record());
      }
    }
    if (commutesChanged) {
      PrincipalProfile profile = commutes().profile();
      pages.write(profile);
      opened.remember(profile, commutes());
    }
  }
}
