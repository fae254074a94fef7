package dev.lockstep.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A sign-in to be written: an ordinary one unless told otherwise. */
final class SignIn {
  final Account account;
  final Site site;
  final String address;
  final Instant at;
  String category = "SignInLogs";
  boolean interactive = true;
  boolean singleFactor;
  boolean oldTokenSpelling;
  boolean americanTimes;
  boolean copies = true;
  boolean inFull;
  int errorCode;
  Device device;
  UUID token = new UUID(0, 0);
  Duration lag = Duration.ZERO;

  private SignIn(Account account, Site site, String address, Instant at) {
    this.account = account;
    this.site = site;
    this.address = address;
    this.at = at;
    this.device = account.laptop();
    if (account.workload()) {
      category = "ServicePrincipalSignInLogs";
      interactive = false;
      singleFactor = true;
    }
  }

  static SignIn of(Account account, Site site, int host, Instant at) {
    return new SignIn(account, site, site.address(host), at);
  }

  static SignIn fromAddress(Account account, Site site, String address, Instant at) {
    return new SignIn(account, site, address, at);
  }

  SignIn on(Device device) {
    this.device = device;
    return this;
  }

  SignIn nonInteractive() {
    category = "NonInteractiveUserSignInLogs";
    interactive = false;
    return this;
  }

  /** An interactive sign-in whose record says otherwise, as some do. */
  SignIn saidToBeNonInteractive() {
    interactive = false;
    return this;
  }

  SignIn singleFactor() {
    singleFactor = true;
    return this;
  }

  SignIn failed(int errorCode) {
    this.errorCode = errorCode;
    return this;
  }

  SignIn minting(UUID token) {
    this.token = token;
    return this;
  }

  SignIn oldTokenSpelling() {
    oldTokenSpelling = true;
    return this;
  }

  /** A record with every field that there is, most of them empty. */
  SignIn inFull() {
    inFull = true;
    return this;
  }

  SignIn americanTimes() {
    americanTimes = true;
    return this;
  }

  /** Sets how long after the sign-in its record arrives. */
  SignIn arriving(Duration lag) {
    this.lag = lag;
    return this;
  }

  /** Keeps chance from delivering it twice. */
  SignIn once() {
    copies = false;
    return this;
  }
}
