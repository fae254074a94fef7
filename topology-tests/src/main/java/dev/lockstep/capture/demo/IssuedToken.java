package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Link;
import java.time.Instant;
import java.util.UUID;

/**
 * Token of a user or workload.
 *
 * @param at time at which the token was issued
 */
record IssuedToken(Account who, UUID id, Instant at) {
  /** Returns the identity link of a call with the token. */
  Link link() {
    return Link.of(who, id, at);
  }

  Instant after(long minutes) {
    return at.plus(CaptureDays.minutes(minutes));
  }

  Subject subject() {
    return Subject.of(who, id);
  }
}
