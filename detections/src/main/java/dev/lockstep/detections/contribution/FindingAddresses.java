package dev.lockstep.detections.contribution;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Seen;
import dev.lockstep.schemas.FindingAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Addresses of a finding's events, each with its network classes. If there are too many addresses,
 * those with the smallest hashes are kept.
 */
final class FindingAddresses {
  private final Enrichment enrichment;
  private final int most;
  private final TreeMap<Hashed, TreeSet<String>> classes = new TreeMap<>();

  private record Hashed(long hash, String address) implements Comparable<Hashed> {
    @Override
    public int compareTo(Hashed other) {
      int order = Long.compare(hash, other.hash);
      return order == 0 ? address.compareTo(other.address) : order;
    }
  }

  /**
   * Creates an empty collection.
   *
   * @param most number of addresses to keep at most
   */
  FindingAddresses(Enrichment enrichment, int most) {
    this.enrichment = enrichment;
    this.most = most;
  }

  /**
   * Adds the addresses of those events of a fact that count for a verdict.
   *
   * @param place index of the fact in the verdict
   */
  void add(Fired fired, int place) {
    Fact fact = fired.fact(place);
    Location at = fact.location();
    if (at == null && fact.addresses().isEmpty()) {
      return;
    }
    // The first event of a fact that unites addresses may have none, though others have.
    NetworkClass networkClass = at == null ? NetworkClass.UNKNOWN : at.network().networkClass();
    boolean isOfOneNetwork = fact.kind().where() != FactKind.Where.NOWHERE;
    if (at != null && !fact.kind().keepsAddresses()) {
      add(at.address().text(), () -> networkClass);
      return;
    }
    for (Seen used : fact.addresses()) {
      if (CountedFacts.counts(fired, place, used)) {
        add(used.text(), () -> isOfOneNetwork ? networkClass : classOf(used, networkClass));
      }
    }
  }

  /** Adds an address at its location, unless it is there already. */
  void add(Location at) {
    String address = at.address().text();
    if (!classes.containsKey(new Hashed(Hashes.of(address), address))) {
      add(address, () -> at.network().networkClass());
    }
  }

  private NetworkClass classOf(Seen used, NetworkClass unknown) {
    Address address = Address.parse(used.text());
    return address == null ? unknown : enrichment.locate(address, null).network().networkClass();
  }

  /**
   * Adds an address with the class of its network. If there are too many addresses, the one with
   * the largest hash is dropped, which may be the new one. The supplier of the class is called only
   * if the new one stays.
   */
  private void add(String address, Supplier<NetworkClass> networkClass) {
    Hashed key = new Hashed(Hashes.of(address), address);
    if (classes.size() >= most && key.compareTo(classes.lastKey()) > 0) {
      return;
    }
    classes.computeIfAbsent(key, any -> new TreeSet<>()).add(networkClass.get().word());
    if (classes.size() > most) {
      classes.pollLastEntry();
    }
  }

  /** Returns each address with each of its network classes, sorted by address and then by class. */
  List<FindingAddress> list() {
    List<FindingAddress> all = new ArrayList<>();
    classes.forEach(
        (key, words) -> words.forEach(word -> all.add(new FindingAddress(key.address(), word))));
    all.sort(
        Comparator.comparing(FindingAddress::getAddress)
            .thenComparing(FindingAddress::getNetworkClass));
    return all;
  }
}
