package dev.lockstep.capture.record;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A sign-in to be written: an ordinary one unless told otherwise. */
public final class SignIn {
  final Account account;
  final Site site;
  final String address;
  public final Instant at;
  public String category = "SignInLogs";
  boolean interactive = true;
  public boolean singleFactor;
  public boolean oldTokenSpelling;
  public boolean americanTimes;
  public boolean copies = true;
  public boolean inFull;
  int errorCode;
  Device device;
  public UUID token = new UUID(0, 0);
  public Duration lag = Duration.ZERO;

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

  public static SignIn of(Account account, Site site, int host, Instant at) {
    return new SignIn(account, site, site.address(host), at);
  }

  public static SignIn fromAddress(Account account, Site site, String address, Instant at) {
    return new SignIn(account, site, address, at);
  }

  public SignIn on(Device device) {
    this.device = device;
    return this;
  }

  public SignIn nonInteractive() {
    category = "NonInteractiveUserSignInLogs";
    interactive = false;
    return this;
  }

  /** An interactive sign-in whose record says otherwise, as some do. */
  public SignIn saidToBeNonInteractive() {
    interactive = false;
    return this;
  }

  public SignIn singleFactor() {
    singleFactor = true;
    return this;
  }

  public SignIn failed(int errorCode) {
    this.errorCode = errorCode;
    return this;
  }

  public SignIn minting(UUID token) {
    this.token = token;
    return this;
  }

  public SignIn oldTokenSpelling() {
    oldTokenSpelling = true;
    return this;
  }

  /** A record with every field that there is, most of them empty. */
  public SignIn inFull() {
    inFull = true;
    return this;
  }

  public SignIn americanTimes() {
    americanTimes = true;
    return this;
  }

  /** Sets how long after the sign-in its record arrives. */
  public SignIn arriving(Duration lag) {
    this.lag = lag;
    return this;
  }

  /** Keeps chance from delivering it twice. */
  public SignIn once() {
    copies = false;
    return this;
  }
}
