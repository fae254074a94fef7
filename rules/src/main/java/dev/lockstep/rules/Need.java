package dev.lockstep.rules;

/** Configuration or log without which a rule sees nothing. */
public enum Need {
  PLACES("places"),
  NETWORKS("networks"),
  PARTNERS("partners"),
  IDENTITY_LINK("identity link"),
  ALERTS("Defender alerts"),
  ESTATE("estate");

  private final String words;

  Need(String words) {
    this.words = words;
  }

  /** Returns the words for this need in output for people. */
  public String words() {
    return words;
  }
}
