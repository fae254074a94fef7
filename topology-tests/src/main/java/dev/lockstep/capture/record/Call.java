package dev.lockstep.capture.record;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A call through the gateway to be written: accepted, of the portal, unless told otherwise. */
public final class Call {
  final String peer;
  public final Instant at;
  int status = 200;
  String subscription = "northwind-portal";
  String product = "internal";
  String socketAddress = "";
  String forwardedFor = "";
  public String reference = "";
  public boolean copies = true;
  @Nullable Link trace;
  public @Nullable Link message;
  public Duration messageAfter = Duration.ZERO;
  boolean messageSaysTime = true;
  boolean coded = true;
  RecordedGateway gateway = RecordedGateway.ORDERS;
  String operation = "";
  String errorSource = "";
  boolean ofAnApi = true;
  String frontDoorId = "";

  private Call(String peer, Instant at) {
    this.peer = peer;
    this.at = at;
  }

  public static Call from(String peer, Instant at) {
    return new Call(peer, at);
  }

  /** The link in the record's own trace. */
  public Call traced(Link link) {
    trace = link;
    return this;
  }

  /** The link as a message of its own, so long after the call. */
  public Call linked(Link link, Duration after) {
    message = link;
    messageAfter = after;
    return this;
  }

  /** The link as a message that says no time. */
  public Call linkedWithoutTime(Link link) {
    message = link;
    messageSaysTime = false;
    return this;
  }

  public Call answered(int status) {
    this.status = status;
    return this;
  }

  /** A record without a response code, as of a client that hung up. */
  public Call withoutCode() {
    coded = false;
    return this;
  }

  /** The gateway that is called. */
  public Call at(RecordedGateway gateway) {
    this.gateway = gateway;
    return this;
  }

  /** The operation that is called; without one chance picks it. */
  public Call of(String operation) {
    this.operation = operation;
    return this;
  }

  /** A call of a path that belongs to no API. */
  public Call ofNoApi() {
    ofAnApi = false;
    return this;
  }

  /** The policy that refuses a call. */
  public Call refusedBy(String policy) {
    this.errorSource = policy;
    return this;
  }

  /** The Front Door profiles that the request says it came through. */
  public Call frontDoor(String id) {
    this.frontDoorId = id;
    return this;
  }

  public Call by(String subscription, String product) {
    this.subscription = subscription;
    this.product = product;
    return this;
  }

  public Call headers(String socketAddress, String forwardedFor) {
    this.socketAddress = socketAddress;
    this.forwardedFor = forwardedFor;
    return this;
  }

  /** Front Door's own id of the request, as the gateway logs it. */
  public Call reference(String reference) {
    this.reference = reference;
    return this;
  }

  /** Keeps chance from delivering it twice. */
  public Call once() {
    copies = false;
    return this;
  }
}
