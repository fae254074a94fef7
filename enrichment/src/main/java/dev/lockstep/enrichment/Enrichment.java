package dev.lockstep.enrichment;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.RecentAnswers;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Locator;
import dev.lockstep.enrichment.geo.Provenance;
import dev.lockstep.enrichment.geo.ProvenanceFinder;
import dev.lockstep.enrichment.geo.RecordLocation;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.RecordGeo;
import org.jspecify.annotations.Nullable;

/**
 * Snapshot of files and databases, taken once at the start, for look-ups of addresses, clients
 * behind proxies, partners, exceptions and the estate. A look-up gives the client address of a
 * call, the place and network of an address, or the partner of a call.
 *
 * <p>An answer depends on the snapshot and the arguments only. Safe for use by many threads; a new
 * snapshot is a new object.
 */
public final class Enrichment {
  private static final int CACHED_ADDRESSES = 1 << 16;
  private static final Enrichment NONE = of(Networks.none(), Partners.none(), GeoDatabases.none());

  private final Networks networks;
  private final Partners partners;
  private final GeoDatabases geo;
  private final Exceptions exceptions;
  private final Estate estate;
  private final Locator locator;
  private final RecentAnswers<Address, Answer> answers = new RecentAnswers<>(CACHED_ADDRESSES);
  private final RecentAnswers<OfRecord, Location> ofRecords = new RecentAnswers<>(CACHED_ADDRESSES);

  private Enrichment(
      Networks networks,
      Partners partners,
      GeoDatabases geo,
      Exceptions exceptions,
      Estate estate) {
    this.networks = networks;
    this.partners = partners;
    this.geo = geo;
    this.exceptions = exceptions;
    this.estate = estate;
    this.locator = new Locator(networks, geo);
  }

  /**
   * Returns an enrichment with the given networks, partners and GeoIP databases, but without
   * exceptions and estate. The caller still closes the databases.
   */
  public static Enrichment of(Networks networks, Partners partners, GeoDatabases geo) {
    return new Enrichment(networks, partners, geo, Exceptions.none(), Estate.none());
  }

  /** Returns a copy of this enrichment with other exceptions. */
  public Enrichment with(Exceptions exceptions) {
    return new Enrichment(networks, partners, geo, exceptions, estate);
  }

  /** Returns a copy of this enrichment with another estate. */
  public Enrichment with(Estate estate) {
    return new Enrichment(networks, partners, geo, exceptions, estate);
  }

  /**
   * Returns an enrichment without files and databases, which knows only what a log record itself
   * says.
   */
  public static Enrichment none() {
    return NONE;
  }

  public Networks networks() {
    return networks;
  }

  public GeoDatabases databases() {
    return geo;
  }

  public Partners partners() {
    return partners;
  }

  public Estate estate() {
    return estate;
  }

  public Exceptions exceptions() {
    return exceptions;
  }

  /**
   * Returns the place and network of an address from files, databases and one log record.
   *
   * @param geo what the record says, or null if it says nothing
   */
  public Location locate(Address address, @Nullable RecordGeo geo) {
    Answer answer = answers.get(address);
    if (answer == null) {
      answer = answer(address);
      answers.put(address, answer);
    }
    if (geo == null) {
      return answer.withoutRecord();
    }
    OfRecord asked = new OfRecord(address, RecordLocation.of(geo));
    Location location = ofRecords.get(asked);
    if (location == null) {
      location = locator.locate(address, answer.known(), asked.location());
      ofRecords.put(asked, location);
    }
    return location;
  }

  /** Key of the cache: an address, and the location that one record gives for it. */
  private record OfRecord(Address address, RecordLocation location) {
    @Override
    public int hashCode() {
      return address.hashCode(); // records mostly agree about an address
    }
  }

  /** Returns place and network of an address with the source of each part, for people. */
  public Provenance provenance(Address address, @Nullable RecordGeo geo) {
    return new ProvenanceFinder(networks, locator).of(address, RecordLocation.of(geo));
  }

  private Answer answer(Address address) {
    Locator.Known known = locator.known(address);
    return new Answer(known, locator.locate(address, known, RecordLocation.NOTHING));
  }

  /**
   * Entries for an address in the networks files and databases, and the location that follows from
   * them. The location is without the data of a log record.
   */
  private record Answer(Locator.Known known, Location withoutRecord) {}

  /**
   * Returns the address from which a call came, or null if no address can be trusted. It is the
   * peer's address, unless the peer is a trusted proxy. Then the logged request headers give it, or
   * else the identity link. A call of Graph came through no proxy of ours, so its address is as
   * logged.
   */
  public @Nullable Address clientOf(Activity call) {
    return ClientAddress.of(call, this);
  }

  /**
   * Returns the address that a call names as its client, or null if the call names none. It is to
   * be believed only if the call's peer is a trusted proxy. The address is taken from the logged
   * request headers, or from the identity link if the headers give none.
   */
  public @Nullable Address forwardedClientOf(Activity call) {
    return ClientAddress.forwarded(call, this);
  }

  /**
   * Returns whether an address is that of a trusted proxy, whose headers with the client's address
   * are believed.
   */
  public boolean trustedProxy(Address address) {
    return locate(address, null).network().networkClass() == NetworkClass.TRUSTED_PROXY;
  }
}
