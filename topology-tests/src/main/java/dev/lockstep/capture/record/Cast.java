package dev.lockstep.capture.record;

import java.util.List;
import java.util.Locale;

/** Generator of new users and workloads of Northwind Traders. Each call gives another account. */
public final class Cast {
  private static final List<String> FIRST =
      List.of(
          "Amelie",
          "Bjarne",
          "Carlotta",
          "Dilan",
          "Enno",
          "Frauke",
          "Gesine",
          "Hauke",
          "Imke",
          "Jannis",
          "Kerstin",
          "Levke",
          "Malte",
          "Nuria",
          "Okko",
          "Paulina");
  private static final List<String> LAST =
      List.of(
          "Ahlers",
          "Brandt",
          "Claasen",
          "Dittmer",
          "Evers",
          "Fokken",
          "Gerdes",
          "Harms",
          "Iben",
          "Janssen",
          "Kruse",
          "Lorenzen",
          "Menke");

  private final Dice dice;
  private int hired;

  public Cast(Dice dice) {
    this.dice = dice;
  }

  public Account user() {
    String first = FIRST.get(hired % FIRST.size());
    String last = LAST.get(hired % LAST.size());
    hired++;
    int namesake = (hired - 1) / (FIRST.size() * LAST.size());
    String upn =
        (first + "." + last).toLowerCase(Locale.ROOT)
            + (namesake == 0 ? "" : String.valueOf(namesake + 1))
            + "@northwindtraders.example";
    Device laptop =
        new Device(
            dice.guid().toString(),
            "NW-LT-" + (1000 + hired),
            hired % 4 == 0 ? "MacOs" : "Windows10",
            true,
            true);
    return new Account(dice.guid().toString(), first + " " + last, upn, "", laptop);
  }

  /** Returns a new workload of an application. */
  public Account workload(String name, String appId) {
    return new Account(dice.guid().toString(), name, "", appId, Device.UNKNOWN);
  }

  public Account workload(String name) {
    return workload(name, dice.guid().toString());
  }
}
