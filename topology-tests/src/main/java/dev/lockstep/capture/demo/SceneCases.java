package dev.lockstep.capture.demo;

import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Cast;
import dev.lockstep.capture.record.Link;
import java.time.Instant;

/** Base of classes with cases for the demo; each case starts at a time of its own. */
abstract class SceneCases {
  final Scene scene;
  final Cast cast;
  final Expectations expect;
  final Recording recording;
  private final Scene.Slots slots;

  SceneCases(Scene scene) {
    this(scene, scene.slots());
  }

  SceneCases(Scene scene, Scene.Slots slots) {
    this.scene = scene;
    this.slots = slots;
    this.cast = scene.cast();
    this.expect = scene.expect();
    this.recording = scene.recording();
  }

  final Instant slot(int day) {
    return slots.next(day);
  }

  final Alert alert(Instant at) {
    return Alert.raised(scene.dice(), at);
  }

  /**
   * Returns a call that arrives once, uses a new token, and has the identity link in its own
   * record.
   */
  final Call call(String address, Instant at, Account who) {
    return Call.from(address, at)
        .traced(Link.of(who, recording.token(), at.minusSeconds(90)))
        .once();
  }
}
