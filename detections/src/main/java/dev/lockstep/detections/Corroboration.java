package dev.lockstep.detections;

import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.PresenceEntry;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What {@code defender-corroboration} keeps of the principals of a partition, and what becomes of
 * it with one more event or alert: either may come first.
 */
final class Corroboration {
  private static final int MOST_RECENT = 50_000;

  private final RuleSettings.Defender settings;
  private final PresenceBook book;
  private final FlaggedAddress rule;
  private final FlaggedFindings findings;
  private final Tally tally;
  private final PresencePages pages;
  private final PresenceIndex index;
  private final AlertIndex alerts;
  private RecentKeys<String> named = new RecentKeys<>(MOST_RECENT);

  Corroboration(
      RuleSettings settings,
      Expected expected,
      Tally tally,
      PresencePages pages,
      PresenceIndex index,
      AlertIndex alerts) {
    this.settings = settings.defender();
    this.book = new PresenceBook(settings.setCap());
    this.rule = new FlaggedAddress(settings.defender());
    this.findings = new FlaggedFindings(settings, expected, book);
    this.tally = tally;
    this.pages = pages;
    this.index = index;
    this.alerts = alerts;
  }

  /** From one minute to another, both since 1970. */
  private record Minutes(long first, long last) {
    static Minutes of(Presence presence) {
      return new Minutes(presence.minute(), presence.minute());
    }

    /** Returns the hour of an event: that another is its first may matter to each minute of it. */
    static Minutes hourOf(Presence presence) {
      long first = presence.minute() - Math.floorMod(presence.minute(), 60L);
      return new Minutes(first, first + 59);
    }
  }

  /** Notes where a principal was. */
  void present(Presence said, Consumer<Contribution> out) {
    Presence presence = gated(said);
    if (presence.address() == null && presence.name() == null) {
      return;
    }
    String principal = presence.principal().getId();
    int day = presence.day();
    PresenceDay page = pages.get(day, principal);
    if (page == null) {
      page = PresenceBook.empty(presence.principal());
    }
    PresenceBook.Noted noted = book.note(page, presence);
    if (!noted.changed()) {
      return;
    }
    pages.put(day, principal, page);
    for (PresenceEntry entry : noted.added()) {
      index.add(day, entry.getHandle(), entry.getIsName(), principal);
    }
    if (!noted.gone().isEmpty()) {
      unlist(day, principal, page, noted.gone());
    }
    if (alerts.isEmpty()) {
      return;
    }
    Minutes near = noted.dated() ? Minutes.hourOf(presence) : Minutes.of(presence);
    if ((noted.address() || noted.dated()) && presence.address() != null) {
      judgeAt(principal, presence.address(), near, false, out);
    }
    if ((noted.name() || noted.dated()) && presence.name() != null) {
      judgeUnder(principal, presence.name(), near, out);
    }
    for (PresenceEntry entry : noted.gone()) {
      if (!entry.getIsName()) {
        alerts
            .byAddress(entry.getHandle())
            .forEach(id -> judge(principal, entry.getHandle(), alerts.known(id), true, out));
      }
    }
  }

  /** Leaves an address out that never matches: nothing would ask where it was seen. */
  private Presence gated(Presence presence) {
    String gate = DefenderCorroboration.gate(presence.networkClass());
    if (gate == null || presence.address() == null) {
      return presence;
    }
    for (String id : alerts.byAddress(presence.address())) {
      if (AlertBook.near(alerts.known(id), presence.minute(), settings.flagMinutes())) {
        tally.gate(DefenderCorroboration.ID, gate);
      }
    }
    return new Presence(
        presence.principal(), null, "", presence.name(), presence.cited(), presence.unclaimed());
  }

  /** Takes a call without claims back that turned out to be another's. */
  void takeBack(Principal principal, Cited call, Consumer<Contribution> out) {
    int day = Days.of(call.getEventAt());
    PresenceDay page = pages.get(day, principal.getId());
    if (page == null) {
      return;
    }
    List<PresenceEntry> before = List.copyOf(page.getEntries());
    List<PresenceEntry> lost = book.takeBack(page, call);
    List<PresenceEntry> gone = new ArrayList<>(before);
    gone.removeAll(page.getEntries());
    if (page.getEntries().isEmpty()) {
      pages.delete(day, principal.getId());
    } else {
      pages.put(day, principal.getId(), page);
    }
    unlist(day, principal.getId(), page, gone);
    for (PresenceEntry entry : lost) {
      long minute = Days.minute(call.getEventAt());
      judgeAt(principal.getId(), entry.getHandle(), new Minutes(minute, minute), true, out);
    }
  }

  /** Notes an alert, new or changed. */
  void alert(CollectedAlert alert, Consumer<Contribution> out) {
    Alert words = alert.getAlert();
    String id = words.getId();
    CollectedAlert before = alerts.get(id);
    if (!AlertBook.counts(words)) {
      if (before != null) {
        before.getAlert().getAddresses().forEach(address -> withdrawAll(before, address, out));
        alerts.remove(id);
      }
      return;
    }
    alerts.put(alert);
    for (String address : words.getAddresses()) {
      for (String principal : at(alert, address)) {
        judge(principal, address, alert, before != null, out);
      }
    }
    if (before != null) {
      for (String address : before.getAlert().getAddresses()) {
        if (!words.getAddresses().contains(address)) {
          withdrawAll(before, address, out);
        }
      }
    }
    for (String name : words.getNames()) {
      for (int day : FlaggedAddress.windows(alert, DefenderCorroboration.NAME_MINUTES).keySet()) {
        for (String principal : index.principals(day, name, true)) {
          if (FlaggedAddress.namedBy(principal, alert, pages(principal)) != null) {
            name(alert, principal, out);
          }
        }
      }
    }
  }

  /** Deletes where a principal was; returns the names that were kept for it. */
  Set<String> erase(String principal) {
    index.erase(principal);
    named = new RecentKeys<>(MOST_RECENT);
    return pages.erase(principal);
  }

  /** Puts a pseudonym in place of a principal that alerts name. */
  void eraseInAlerts(Erasing erasing) {
    alerts.erase(erasing);
  }

  void forget(int upTo, long oldest) {
    index.forget(upTo);
    pages.forget(upTo);
    alerts.forget(oldest);
  }

  private Set<String> at(CollectedAlert alert, String address) {
    TreeSet<String> principals = new TreeSet<>();
    for (int day : FlaggedAddress.windows(alert, settings.flagMinutes()).keySet()) {
      principals.addAll(index.principals(day, address, false));
    }
    return principals;
  }

  private void withdrawAll(CollectedAlert alert, String address, Consumer<Contribution> out) {
    for (String principal : at(alert, address)) {
      out.accept(FlaggedFindings.withdrawal(principal, address, alert.getAlert().getId()));
    }
  }

  private void judgeAt(
      String principal,
      String address,
      Minutes near,
      boolean mayStand,
      Consumer<Contribution> out) {
    for (String id : alerts.byAddress(address)) {
      CollectedAlert alert = alerts.known(id);
      if (AlertBook.near(alert, near.first(), near.last(), settings.flagMinutes())) {
        judge(principal, address, alert, mayStand, out);
      }
    }
  }

  private void judgeUnder(String principal, String name, Minutes near, Consumer<Contribution> out) {
    for (String id : alerts.byName(name)) {
      CollectedAlert alert = alerts.known(id);
      if (AlertBook.near(alert, near.first(), near.last(), DefenderCorroboration.NAME_MINUTES)
          && FlaggedAddress.namedBy(principal, alert, pages(principal)) != null
          && name(alert, principal, out)) {
        for (String address : alert.getAlert().getAddresses()) {
          judge(principal, address, alert, true, out);
        }
      }
    }
  }

  /** Says whom an alert means by a name; returns whether that is news. */
  private boolean name(CollectedAlert alert, String principal, Consumer<Contribution> out) {
    if (!named.add(alert.getAlert().getId() + "\n" + principal)) {
      return false;
    }
    out.accept(Findings.alerted(AlertBook.naming(alert, principal)));
    return true;
  }

  private void judge(
      String principal,
      String address,
      CollectedAlert alert,
      boolean mayStand,
      Consumer<Contribution> out) {
    FlaggedAddress.Pages pages = pages(principal);
    FlaggedAddress.Verdict verdict = rule.judge(principal, address, alert, pages);
    if (verdict.fires()) {
      out.accept(findings.finding(known(verdict, pages), address, alert, verdict));
      return;
    }
    if (verdict.namedBy() != null) {
      tally.gate(DefenderCorroboration.ID, DefenderCorroboration.ALREADY_NAMED);
    }
    if (mayStand) {
      out.accept(FlaggedFindings.withdrawal(principal, address, alert.getAlert().getId()));
    }
  }

  /** Returns the principal with the first name that the days know. */
  private static Principal known(FlaggedAddress.Verdict verdict, FlaggedAddress.Pages pages) {
    Principal known = null;
    for (FlaggedAddress.Hit hit : verdict.hits()) {
      PresenceDay page = pages.day(hit.day());
      if (page != null && (known == null || known.getName() == null)) {
        known = page.getPrincipal();
      }
    }
    if (known == null) {
      throw new IllegalStateException("a hit without a page");
    }
    return known;
  }

  /** Takes what has left a page out of the index, unless the page has it in another network. */
  private void unlist(int day, String principal, PresenceDay page, List<PresenceEntry> gone) {
    for (PresenceEntry entry : gone) {
      boolean still =
          page.getEntries().stream()
              .anyMatch(
                  other ->
                      other.getIsName() == entry.getIsName()
                          && other.getHandle().equals(entry.getHandle()));
      if (!still) {
        index.remove(day, entry.getHandle(), entry.getIsName(), principal);
      }
    }
  }

  private FlaggedAddress.Pages pages(String principal) {
    return day -> pages.get(day, principal);
  }
}
