package dev.lockstep.rules;

/** Need of a rule: what has to be configured or to come in for it to see anything. */
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

  /** Returns it as people read it. */
  public String words() {
    return words;
  }
}
