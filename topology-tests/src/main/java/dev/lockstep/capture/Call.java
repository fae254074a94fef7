package dev.lockstep.capture;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A call through the gateway to be written: accepted, of the portal, unless told otherwise. */
final class Call {
  final String peer;
  final Instant at;
  int status = 200;
  String subscription = "northwind-portal";
  String product = "internal";
  String socketAddress = "";
  String forwardedFor = "";
  String reference = "";
  boolean copies = true;
  @Nullable Link trace;
  @Nullable Link message;
  Duration messageAfter = Duration.ZERO;
  boolean messageSaysTime = true;

  private Call(String peer, Instant at) {
    this.peer = peer;
    this.at = at;
  }

  static Call from(String peer, Instant at) {
    return new Call(peer, at);
  }

  /** The link in the record's own trace. */
  Call traced(Link link) {
    trace = link;
    return this;
  }

  /** The link as a message of its own, so long after the call. */
  Call linked(Link link, Duration after) {
    message = link;
    messageAfter = after;
    return this;
  }

  /** The link as a message that says no time. */
  Call linkedWithoutTime(Link link) {
    message = link;
    messageSaysTime = false;
    return this;
  }

  Call answered(int status) {
    this.status = status;
    return this;
  }

  Call by(String subscription, String product) {
    this.subscription = subscription;
    this.product = product;
    return this;
  }

  Call headers(String socketAddress, String forwardedFor) {
    this.socketAddress = socketAddress;
    this.forwardedFor = forwardedFor;
    return this;
  }

  /** Front Door's own id of the request, as the gateway logs it. */
  Call reference(String reference) {
    this.reference = reference;
    return this;
  }

  /** Keeps chance from delivering it twice. */
  Call once() {
    copies = false;
    return this;
  }
}
