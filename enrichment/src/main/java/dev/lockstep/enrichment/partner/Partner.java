package dev.lockstep.enrichment.partner;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.address.RangeMap;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.NamedSystem;
import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Partner of the registry: ids by which its calls are known, networks it may call from, and its
 * change windows. The ids are of subscriptions, products and applications. Immutable.
 */
public final class Partner {

  private final String id;
  private final String name;
  private final List<String> subscriptions;
  private final List<String> products;
  private final List<String> apps;
  private final List<String> cidrs;
  private final List<NamedSystem> networks;
  private final List<ChangeWindow> changeWindows;
  private final RangeMap<Boolean> declared = new RangeMap<>();

  /**
   * Creates a partner, and checks its id and its ranges.
   *
   * @throws IllegalArgumentException if the id is blank or one of the ranges is not a CIDR range
   */
  public Partner(
      String id,
      String name,
      List<String> subscriptions,
      List<String> products,
      List<String> apps,
      List<String> cidrs,
      List<NamedSystem> networks,
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

  Partner with(List<String> moreCidrs, List<NamedSystem> moreNetworks) {
    return new Partner(
        id,
        name,
        subscriptions,
        products,
        apps,
        joined(cidrs, moreCidrs),
        joined(networks, moreNetworks),
        changeWindows);
  }

  private static <T> List<T> joined(List<T> all, List<T> more) {
    return Stream.concat(all.stream(), more.stream()).distinct().toList();
  }

  public String id() {
    return id;
  }

  /** Returns the partner's name for people. */
  public String name() {
    return name;
  }

  /** Returns the partner's API Management subscription ids. */
  public List<String> subscriptions() {
    return subscriptions;
  }

  /** Returns the partner's API Management product ids. */
  public List<String> products() {
    return products;
  }

  /** Returns the partner's application ids. */
  public List<String> apps() {
    return apps;
  }

  /** Returns the CIDR ranges that the partner declared, as the registry writes them. */
  public List<String> cidrs() {
    return cidrs;
  }

  /** Returns the autonomous systems that the registry lists as known networks of the partner. */
  public List<NamedSystem> networks() {
    return networks;
  }

  /** Returns the partner's change windows in the order of the file. */
  public List<ChangeWindow> changeWindows() {
    return changeWindows;
  }

  /** Returns whether an address lies in one of the declared ranges. */
  public boolean declares(Address address) {
    return declared.longest(address) != null;
  }

  /** Returns the declared ranges that contain an address, as written. */
  public List<String> declaring(Address address) {
    return cidrs.stream()
        .filter(
            text -> {
              IPAddress range = Cidr.parse(text).range();
              return range != null && range.contains(address.value());
            })
        .toList();
  }

  /**
   * Returns whether the registry has exactly this network for the partner, as a declared range or
   * as a known network.
   */
  public boolean has(NamedNetwork network) {
    NamedSystem known = NamedSystem.parse(network.toString());
    return known != null
        ? networks.contains(known)
        : cidrs.stream().anyMatch(cidr -> network.equals(NamedNetwork.parse(cidr)));
  }

  /** Returns whether the partner declared any ranges. */
  public boolean hasCidrs() {
    return !cidrs.isEmpty();
  }

  /**
   * Returns whether a time lies in one of the change windows.
   *
   * @param eventAtMillis time in milliseconds since 1970
   */
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
