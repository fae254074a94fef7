package dev.lockstep.capture.demo;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** A sign-in or a call as the specification sees it. */
record Observed(
    boolean call,
    Instant at,
    int status,
    boolean accepted,
    String principal,
    boolean user,
    String token,
    long expiresAt,
    boolean validated,
    boolean onBehalf,
    boolean unclear,
    String device,
    boolean trustedDevice,
    String partner,
    String upn,
    String subscription,
    @Nullable Seen seen) {

  /** Where it came from; zero and empty where unknown. */
  record Seen(
      String text,
      String address,
      String prefix,
      long asn,
      String country,
      String kind,
      @Nullable Spot spot) {}

  /** Coordinates and what they are called. */
  record Spot(String country, String city, double latitude, double longitude, double radius) {
    String name() {
      return country + '/' + city;
    }
  }

  /** Returns whom it is an observation of: a call without claims is its subscription's. */
  String subject() {
    if (call && (!validated || principal.isEmpty())) {
      return subscription.isEmpty() ? "" : subscription + " subscription";
    }
    return principal + (user ? " user" : " workload");
  }

  LocalDate day() {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  /** Returns where it came from; only for those with a known address. */
  Seen where() {
    if (seen == null) {
      throw new IllegalStateException("no address");
    }
    return seen;
  }
}
