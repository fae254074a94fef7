package dev.lockstep.capture.record;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Builder of a sign-in, by default an ordinary one that succeeds. */
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
  String browser = "Edge 142.0.0";
  String session = "";
  String binding = "";
  String resource = "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c77f0";
  String conditionalAccess = "success";
  String riskLevel = "none";
  String riskState = "none";
  String agentType = "";
  String credential;
  String keyId = "";
  String thumbprint = "";
  String federatedId = "";
  boolean withoutDevice;
  public UUID token = new UUID(0, 0);
  public Duration lag = Duration.ZERO;

  private SignIn(Account account, Site site, String address, Instant at) {
    this.account = account;
    this.site = site;
    this.address = address;
    this.at = at;
    this.device = account.laptop();
    this.credential = account.workload() ? "clientSecret" : "none";
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

  public SignIn browsing(String browser) {
    this.browser = browser;
    return this;
  }

  /** Leaves the device out of the sign-in's record. */
  public SignIn withoutDevice() {
    withoutDevice = true;
    return this;
  }

  /** Sets the session of the sign-in. By default each sign-in has a new session. */
  public SignIn in(String session) {
    this.session = session;
    return this;
  }

  /** Sets whether the session is bound to a device: {@code bound} or {@code unbound}. */
  public SignIn binding(String status) {
    this.binding = status;
    return this;
  }

  /** Sets the application that the user signs in to. */
  public SignIn to(String resource) {
    this.resource = resource;
    return this;
  }

  public SignIn conditionalAccess(String status) {
    this.conditionalAccess = status;
    return this;
  }

  public SignIn risk(String level, String state) {
    this.riskLevel = level;
    this.riskState = state;
    return this;
  }

  /** Sets the kind of agent that signs in. */
  public SignIn agent(String type) {
    this.agentType = type;
    return this;
  }

  /** Sets the kind of credential as the record spells it. An empty text leaves it out. */
  public SignIn with(String credential) {
    this.credential = credential;
    return this;
  }

  public SignIn key(String id) {
    this.keyId = id;
    return this;
  }

  public SignIn thumbprint(String thumbprint) {
    this.thumbprint = thumbprint;
    return this;
  }

  public SignIn federated(String id) {
    this.federatedId = id;
    return this;
  }

  /** Returns the sign-in of a managed identity, for which no address is logged. */
  public static SignIn managed(Account account, Instant at) {
    SignIn signIn = new SignIn(account, Site.blank(""), "", at);
    signIn.category = "ManagedIdentitySignInLogs";
    signIn.credential = "";
    return signIn;
  }

  public SignIn nonInteractive() {
    category = "NonInteractiveUserSignInLogs";
    interactive = false;
    return this;
  }

  /**
   * Makes the record say that the sign-in is not interactive, whatever its category says. Some real
   * records of interactive sign-ins say so.
   */
  public SignIn markedNonInteractive() {
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

  /** Adds the fields of a sign-in record that are usually empty, such as {@code mfaDetail}. */
  public SignIn inFull() {
    inFull = true;
    return this;
  }

  public SignIn americanTimes() {
    americanTimes = true;
    return this;
  }

  /** Sets the time from the sign-in to the arrival of its record. */
  public SignIn arriving(Duration lag) {
    this.lag = lag;
    return this;
  }

  /**
   * Makes sure that the sign-in is delivered once. Without this call it may be delivered twice, at
   * random.
   */
  public SignIn once() {
    copies = false;
    return this;
  }
}
