package dev.lockstep.enrichment.partner;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.address.RangeMap;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.network.KnownNetwork;
import inet.ipaddr.IPAddress;
import java.util.List;

/** A partner of the registry: what it calls with, and from where it may. Immutable. */
public final class Partner {

  private final String id;
  private final String name;
  private final List<String> subscriptions;
  private final List<String> products;
  private final List<String> apps;
  private final List<String> cidrs;
  private final List<KnownNetwork> networks;
  private final List<ChangeWindow> changeWindows;
  private final RangeMap<Boolean> declared = new RangeMap<>();

  /**
   * Makes a partner.
   *
   * @throws IllegalArgumentException if the id is blank or one of the CIDRs is none
   */
  public Partner(
      String id,
      String name,
      List<String> subscriptions,
      List<String> products,
      List<String> apps,
      List<String> cidrs,
      List<KnownNetwork> networks,
      List<ChangeWindow> changeWindows) {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a partner needs an id");
    }
    this.id = id;
    this.name = name;
    this.subscriptions = List.copyOf(subscriptions);
    this.products = List.copyOf(products);
    this.apps = List.copyOf(apps);
    this.cidrs = List.copyOf(cidrs);
    this.networks = List.copyOf(networks);
    this.changeWindows = List.copyOf(changeWindows);
    for (String text : cidrs) {
      Cidr cidr = Cidr.parse(text);
      IPAddress range = cidr.range();
      if (range == null) {
        throw new IllegalArgumentException("bad cidr " + Wording.quote(text) + "; " + cidr.fix());
      }
      declared.put(range, true);
    }
  }

  /** Returns its id in the registry. */
  public String id() {
    return id;
  }

  /** Returns its name for people; the id if it has none. */
  public String name() {
    return name;
  }

  /** Returns its API Management subscription ids. */
  public List<String> subscriptions() {
    return subscriptions;
  }

  /** Returns its API Management product ids. */
  public List<String> products() {
    return products;
  }

  /** Returns its application ids. */
  public List<String> apps() {
    return apps;
  }

  /** Returns the ranges that it declared, as written. */
  public List<String> cidrs() {
    return cidrs;
  }

  /** Returns the networks that the registry names as known. */
  public List<KnownNetwork> networks() {
    return networks;
  }

  /** Returns its change windows, as listed. */
  public List<ChangeWindow> changeWindows() {
    return changeWindows;
  }

  /** Returns whether the address is inside one of the declared ranges. */
  public boolean declares(Address address) {
    return declared.longest(address) != null;
  }

  /** Returns the declared ranges that contain the address, as written. */
  public List<String> declaring(Address address) {
    return cidrs.stream()
        .filter(
            text -> {
              IPAddress range = Cidr.parse(text).range();
              return range != null && range.contains(address.value());
            })
        .toList();
  }

  /** Returns whether ranges are declared, so that nothing else is allowed. */
  public boolean hasCidrs() {
    return !cidrs.isEmpty();
  }

  /** Returns whether the time, in milliseconds since 1970, is inside one of the change windows. */
  public boolean inChangeWindow(long eventAtMillis) {
    for (ChangeWindow window : changeWindows) {
      if (window.contains(eventAtMillis)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "Partner[" + id + "]";
  }
}
